/**
 * Memory that VMs share, with a doorbell for each: a page of states that only core writes, a section that all of them write, and one
 * for each that it alone writes. Who has it stays as the bundle says. It is scrubbed once, at boot; what a VM wrote there outlasts
 * it, but its state does not. Ivshmem v2 (doc/shared-memory.md).
 */
import { EXTENSION_VIRTIO } from '../abi/extension'
import { MAX_SHARED, PAGE_SIZE, SHARED_AT } from '../abi/layout'
import { SHARED_PEERS_MOST } from '../abi/shared-memory'
import { ADDRESS } from '../arch/descriptor'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { isEmpty } from '../lib/literal'
import { acquire, release } from '../lib/lock'
import { directVa } from './address'
import { pair, serviceNode, tree } from './bundle'
import { hasExtension } from './extension'
import { allocate, NO_MEMORY } from './pages'
import { remindOfFrames } from './request'
import { mapFresh } from './stage1'
import { mapShared } from './stage2'
import { firstOn } from './vcpu'
import { Vm, vmAt, vmCount } from './vm'

@unmanaged
export class Shared {
  // Boot only, all of these:
  pa: u64
  ipa: u64
  /** Bytes of the section that all write, and of each that one writes. */
  writable: u64
  output: u64
  peers: u32
  /** A bit for each peer whose doorbell was rung and that has not looked since. Atomic. */
  rung: u32
  /** The peers' VMs, a byte each. */
  vms0: u64
  vms1: u64
}

/** Behind it the peers' states, 32 bits each, as they stand in the table. Under the states' lock. */
const STATES_AT: usize = 64
const SHARED_SHIFT: u32 = 7
if (offsetof<Shared>() > STATES_AT || STATES_AT + SHARED_PEERS_MOST * 4 > 1 << SHARED_SHIFT)
  ERROR('a shared memory has grown')
if (MAX_SHARED << SHARED_SHIFT > PAGE_SIZE) ERROR('shared memories need more room')
if (SHARED_PEERS_MOST > 16) ERROR('a byte for each peer')
const WRONG: string = 'a shared memory is wrong'
/** What the states of all peers take, and so does a cache line. */
const STATES: u64 = SHARED_PEERS_MOST * 4
const LARGEST: u64 = 1 << 30
const BLOCK: u64 = 0x20_0000
const NOBODY: u32 = u32.MAX_VALUE

/** Ticket lock: every memory's states. */
const lock = memory.data(8, 8)

let count: u32 = 0

function sharedAt(index: u32): Shared {
  return changetype<Shared>(SHARED_AT + ((<usize>index) << SHARED_SHIFT))
}

function vmOf(shared: Shared, peer: u32): u32 {
  return load<u8>(changetype<usize>(shared) + peer, offsetof<Shared>('vms0'))
}

/** The VM's ID; NOBODY if it does not share this memory. */
export function idOf(shared: Shared, vm: u32): u32 {
  for (let peer: u32 = 0; peer < shared.peers; peer++) if (vmOf(shared, peer) === vm) return peer
  return NOBODY
}

/** The VM's memory `index`, in the bundle's order; 0 if it has not so many. */
export function sharedOf(vm: Vm, index: u32): usize {
  let left = index
  for (let i: u32 = 0; i < count; i++) {
    if (idOf(sharedAt(i), vm.index) === NOBODY) continue
    if (left === 0) return changetype<usize>(sharedAt(i))
    left--
  }
  return 0
}

/** As the bundle has them, into the VMs that are there already. What is wrong, or '' if nothing is. Boot only. */
export function createShared(): string {
  const list = serviceNode('shared')
  if (!list) return ''
  // Its registers are among the devices there.
  if (!hasExtension(EXTENSION_VIRTIO)) return WRONG
  if (!mapFresh(SHARED_AT, PAGE_SIZE)) return NO_MEMORY
  for (let node = fdt.firstChild(tree, list); node; node = fdt.nextSibling(tree, node)) {
    if (count === MAX_SHARED) return WRONG
    const shared = sharedAt(count)
    const problem = read(shared, node)
    if (!isEmpty(problem)) return problem
    count++
    const refusal = share(shared)
    if (!isEmpty(refusal)) return refusal
  }
  return ''
}

function read(shared: Shared, node: usize): string {
  const property = fdt.property(tree, node, 'peers')
  const peers = property ? fdt.propertySize(property) >> 2 : 0
  if (peers < 2 || peers > <u32>SHARED_PEERS_MOST) return WRONG
  for (let i: u32 = 0; i < peers; i++) {
    const vm = fdt.cell(tree, node, 'peers', i, NOBODY)
    if (vm >= vmCount || idOf(shared, vm) !== NOBODY) return WRONG
    store<u8>(changetype<usize>(shared) + i, <u8>vm, offsetof<Shared>('vms0'))
    shared.peers = i + 1
  }
  shared.ipa = pair(node, 'address', 0)
  shared.writable = pair(node, 'sizes', 0)
  shared.output = pair(node, 'sizes', 1)
  const wrong = (shared.ipa | shared.writable | shared.output) & (PAGE_SIZE - 1)
  return wrong || shared.writable > LARGEST || shared.output > LARGEST ? WRONG : ''
}

/** Memory for it, which nobody has seen, and its place in each of the VMs. */
function share(shared: Shared): string {
  const size = <u64>PAGE_SIZE + shared.writable + shared.output * shared.peers
  shared.pa = allocate(size, size < BLOCK ? PAGE_SIZE : BLOCK)
  if (!shared.pa) return "the board's free RAM does not hold a memory that VMs share"
  hw.scrub(directVa(shared.pa), size)
  for (let peer: u32 = 0; peer < shared.peers; peer++) {
    const vm = vmAt(vmOf(shared, peer))
    if (!mapFor(shared, vm.vttbr & ADDRESS, peer)) return 'a memory that VMs share lies where a VM has something else'
    vm.sharedCount++
  }
  return ''
}

function mapFor(shared: Shared, root: u64, peer: u32): bool {
  if (!mapShared(root, shared.ipa, shared.pa, PAGE_SIZE, false)) return false
  let at: u64 = PAGE_SIZE
  if (shared.writable && !mapShared(root, shared.ipa + at, shared.pa + at, shared.writable, true)) return false
  at += shared.writable
  for (let i: u32 = 0; i < shared.peers && shared.output; i++) {
    if (!mapShared(root, shared.ipa + at, shared.pa + at, shared.output, i === peer)) return false
    at += shared.output
  }
  return true
}

export function stateOf(shared: Shared, peer: u32): u32 {
  return load<u32>(changetype<usize>(shared) + STATES_AT + ((<usize>peer) << 2))
}

/** Shown to all; where it differs from what it was, the others' doorbells ring. */
export function setState(shared: Shared, peer: u32, state: u32): void {
  if (stateOf(shared, peer) === state) return
  const states = changetype<usize>(shared) + STATES_AT
  const pair = (peer >> 1) << 3 // two peers' words are one store
  acquire(lock)
  store<u32>(states + ((<usize>peer) << 2), state)
  hw.store64(directVa(shared.pa) + pair, load<u64>(states + pair))
  hw.clean(directVa(shared.pa), STATES) // guests look past the caches
  release(lock)
  for (let i: u32 = 0; i < shared.peers; i++) if (i !== peer) ring(shared, i)
}

/** A peer that is not there, or not on, hears nothing; one that has not looked since the last time is not told again. */
export function ring(shared: Shared, peer: u32): void {
  if (peer >= shared.peers) return
  const vm = vmOf(shared, peer)
  if (!firstOn(vmAt(vm))) return
  const bit: u32 = 1 << peer
  if (atomic.or<u32>(changetype<usize>(shared), bit, offsetof<Shared>('rung')) & bit) return
  remindOfFrames(vm)
}

export function isRung(shared: Shared, peer: u32): bool {
  return ((atomic.load<u32>(changetype<usize>(shared), offsetof<Shared>('rung')) >> peer) & 1) !== 0
}

/** It has looked, or looks now. */
export function answerRing(shared: Shared, peer: u32): void {
  const bit: u32 = 1 << peer
  atomic.and<u32>(changetype<usize>(shared), ~bit, offsetof<Shared>('rung'))
}

/** The VM has ended: "the state must be 0 when the peer is gone". */
export function leaveShared(vm: Vm): void {
  for (let i: u32 = 0; i < vm.sharedCount; i++) {
    const shared = changetype<Shared>(sharedOf(vm, i))
    const peer = idOf(shared, vm.index)
    answerRing(shared, peer)
    setState(shared, peer, 0)
  }
}
