/**
 * Stream connections between VMs that the config joins: which there are, so that one VM's end is told to the others, connection by
 * connection, and nobody gets packets of none. Two joined VMs share a table of them, a _pair_; what neither knows any more is free
 * again. A connection that ended while a driver could not be told waits there for its RST. doc/why/socket.md.
 */
import { MAX_VMS, PAGE_SHIFT, PAGE_SIZE, PAIR_AT, PAIR_SHIFT, PAIRS_SHIFT } from '../abi/layout'
import { CID_FIRST, OP_REQUEST } from '../arch/virtio-socket'
import { acquire, release } from '../lib/lock'
import { close, Port, portAt } from './port'
import { portCount } from './port-number'
import { remindOfFrames } from './request'
import { mapFresh } from './stage1'

/** Of two VMs with each other. */
export const CONNECTIONS: u32 = 100
/** Whether a connection lives; or ended, and whose driver is to hear of it: of the VM with the lower index, or the higher. */
const FREE: u32 = 0
const LIVE: u32 = 1
const TELL_LOWER: u32 = 2
const TELL_HIGHER: u32 = 4

/** A pair: where the last search ended; behind it for each connection the ports, the lower VM's first, then its state. */
const PORTS_AT: usize = 64
const STATES_AT: usize = PORTS_AT + (CONNECTIONS << 3)
if (STATES_AT + CONNECTIONS > 1 << PAIR_SHIFT) ERROR('a pair is too large')
if (MAX_VMS << PAIR_SHIFT > 1 << PAIRS_SHIFT) ERROR('a VM has too many pairs')
const PAIRS_PAGE: u32 = 1 << (PAGE_SHIFT - PAIR_SHIFT)

/** Ticket lock: every pair. */
const lock = memory.data(8, 8)

/** Those with VMs of lower indices. False: there is no memory for them. Boot only. */
export function mapPairs(port: Port): bool {
  for (let i: u32 = 0; i < port.vm; i += PAIRS_PAGE) {
    const joined = (port.peers >> i) & ((1 << PAIRS_PAGE) - 1)
    if (joined && !mapFresh(<u64>pairAt(i, port.vm), PAGE_SIZE)) return false
  }
  return true
}

function pairAt(lower: u32, higher: u32): usize {
  return PAIR_AT + ((<usize>higher) << PAIRS_SHIFT) + ((<usize>lower) << PAIR_SHIFT)
}

function pairOf(a: Port, b: Port): usize {
  return pairAt(min(a.vm, b.vm), max(a.vm, b.vm))
}

/** The port whose CID this is, of a VM that is joined with the port's, and it with that; 0 if there is none. */
export function peerOf(port: Port, cid: u64): usize {
  if (cid === port.known0) return <usize>port.known1
  if (cid < CID_FIRST) return 0
  for (let i: u32 = 0; i < portCount; i++) {
    const other = portAt(i)
    if (other.mac !== cid || !areJoined(port, other)) continue
    port.known0 = cid
    port.known1 = changetype<usize>(other)
    return changetype<usize>(other)
  }
  return 0
}

function areJoined(port: Port, other: Port): bool {
  if (!other.isSocket || other.vm === port.vm) return false
  return ((port.peers >> other.vm) & (other.peers >> port.vm) & 1) !== 0
}

/** Whether a packet may go on its way; a request begins a connection. `ports`: source, and from bit 32 on destination. */
export function admit(from: Port, to: Port, ports: u64, op: u32): bool {
  acquire(lock)
  const pair = pairOf(from, to)
  const key = keyOf(from, to, ports)
  let index = find(pair, key)
  if (index === CONNECTIONS && op === OP_REQUEST && ports) {
    index = vacant(pair)
    if (index !== CONNECTIONS) {
      store<u64>(pair + PORTS_AT + (index << 3), key)
      setState(pair, index, LIVE)
    }
  }
  const isLive = index !== CONNECTIONS && stateOf(pair, index) === LIVE
  release(lock)
  return isLive
}

/** The connection is over: its receiver is to hear of that later, or knows it. */
export function end(from: Port, to: Port, ports: u64, isToBeTold: bool): void {
  acquire(lock)
  const pair = pairOf(from, to)
  const index = find(pair, keyOf(from, to, ports))
  if (index !== CONNECTIONS && stateOf(pair, index) === LIVE) {
    setState(pair, index, isToBeTold ? tellOf(to, from) : FREE)
    if (isToBeTold) remindOf(to)
  }
  release(lock)
}

/** Closes a port: no packet is written to its VM's RAM any more, and whoever it was connected with hears of the end. */
export function shut(port: Port): void {
  close(port)
  if (!port.isSocket) return
  acquire(lock)
  for (let i: u32 = 0; i < portCount; i++) if (areJoined(port, portAt(i))) part(port, portAt(i))
  release(lock)
}

function part(port: Port, other: Port): void {
  const pair = pairOf(port, other)
  const tell = tellOf(other, port)
  let any = false
  for (let i: u32 = 0; i < CONNECTIONS; i++) {
    const state = stateOf(pair, i)
    // What its own driver was to hear of went with that.
    if (state === FREE) continue
    const isKnown = state === LIVE || (state & tell) !== 0
    setState(pair, i, isKnown ? tell : FREE)
    if (isKnown) any = true
  }
  if (any) remindOf(other)
}

/** Its VM looks for connections that ended, on a CPU of its own. */
function remindOf(port: Port): void {
  atomic.store<u32>(changetype<usize>(port), 1, offsetof<Port>('hasResets'))
  remindOfFrames(port.vm)
}

/** Whether there are connections that the port's driver is to hear the end of; asks for each once. */
export function takeResets(port: Port): bool {
  const at = changetype<usize>(port)
  return (
    atomic.load<u32>(at, offsetof<Port>('hasResets')) !== 0 &&
    atomic.xchg<u32>(at, 0, offsetof<Port>('hasResets')) !== 0
  )
}

/** There are more. */
export function keepResets(port: Port): void {
  atomic.store<u32>(changetype<usize>(port), 1, offsetof<Port>('hasResets'))
}

/** One of those with `other`: its ports, the other's first, as in a packet from there; 0 if there is none. */
export function nextReset(port: Port, other: Port): u64 {
  if (!areJoined(port, other)) return 0
  acquire(lock)
  const pair = pairOf(port, other)
  const tell = tellOf(port, other)
  let ports: u64 = 0
  for (let i: u32 = 0; i < CONNECTIONS && !ports; i++) {
    if (stateOf(pair, i) & tell) ports = keyOf(other, port, load<u64>(pair + PORTS_AT + (i << 3)))
  }
  release(lock)
  return ports
}

/** The port's driver has heard of it. `ports` as `nextReset` had them. */
export function told(port: Port, other: Port, ports: u64): void {
  acquire(lock)
  const pair = pairOf(port, other)
  const index = find(pair, keyOf(other, port, ports))
  if (index !== CONNECTIONS && stateOf(pair, index) & tellOf(port, other)) {
    setState(pair, index, stateOf(pair, index) & ~tellOf(port, other))
  }
  release(lock)
}

function tellOf(port: Port, other: Port): u32 {
  return port.vm < other.vm ? TELL_LOWER : TELL_HIGHER
}

/** A packet's ports in the order of the pair; the same the other way round. */
function keyOf(from: Port, to: Port, ports: u64): u64 {
  return from.vm < to.vm ? ports : rotr<u64>(ports, 32)
}

/** The connection with these ports, CONNECTIONS if there is none: first where the last search ended. */
function find(pair: usize, key: u64): u32 {
  const last = load<u32>(pair)
  if (load<u64>(pair + PORTS_AT + (last << 3)) === key && stateOf(pair, last) !== FREE) return last
  for (let i: u32 = 0; i < CONNECTIONS; i++) {
    if (load<u64>(pair + PORTS_AT + (i << 3)) !== key || stateOf(pair, i) === FREE) continue
    store<u32>(pair, i)
    return i
  }
  return CONNECTIONS
}

function vacant(pair: usize): u32 {
  for (let i: u32 = 0; i < CONNECTIONS; i++) if (stateOf(pair, i) === FREE) return i
  return CONNECTIONS
}

function stateOf(pair: usize, index: u32): u32 {
  return load<u8>(pair + STATES_AT + index)
}

function setState(pair: usize, index: u32, state: u32): void {
  store<u8>(pair + STATES_AT + index, <u8>state)
}
