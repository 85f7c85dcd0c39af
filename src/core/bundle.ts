/** The system in the initrd slot: a FIT image whose node `/bulkhead` says which VMs there are (doc/bundle.md). Boot only.
 * Each function returns what is wrong, or '' if nothing is. */

import { DEVICE_SIGNS, DEVICE_WATCHDOG } from '../abi/compartment'
import { EXTENSION_BOARD, EXTENSION_LIFE, EXTENSION_NETWORK, EXTENSION_VIRTIO } from '../abi/extension'
import { RAM_IPA, VIRTIO_SLOTS } from '../abi/guest-machine'
import { BUNDLE_AT, MAX_VM_VCPUS, MAX_VMS, PAGE_SIZE } from '../abi/layout'
import { MAX_SETTINGS } from '../abi/setting'
import { VIRTIO_NETWORK, VIRTIO_SOCKET } from '../arch/virtio'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { isEmpty } from '../lib/literal'
import { lengthWithin } from '../lib/text'
import { noteBoard } from './board-name'
import { readDisk } from './bundle-disk'
import { findImage } from './bundle-image'
import { readLife } from './bundle-life'
import { cpuCount } from './cpu'
import { hasExtension } from './extension'
import { bundlePa, bundleSize, gicVersion, isBoard } from './machine'
import { KASLR_SEED_SIZE, RNG_SEED_SIZE } from './seed'
import { IPA_LIMIT } from './stage2'
import { Vcpu } from './vcpu'
import { Load, loadAt, MAX_LOADS, NAME_SIZE, nameOf, ramHolds, settingAt, setVmCount, slotsOf, Vm, vmAt } from './vm'
import { openWindow, TREE_LIMIT } from './window'

const ABI: u32 = 1
export const NO_EXTENSION: string = 'the bundle lacks an extension that its VMs need'
const MICROSECONDS: u64 = 1_000_000
/** Below, a VM's machine has its devices (src/abi/guest-machine.ts). */
const IDENTITY_LOWEST: u64 = 0x1000_0000

export let tree: usize = 0
export let treeSize: u32 = 0
export let bulkhead: usize = 0

/** Finds the tree and whether it is for us. */
export function openBundle(): string {
  if (!bundleSize) return 'no bundle: the boot loader passed no initrd'
  tree = openWindow(BUNDLE_AT, bundlePa)
  if (!tree) return 'the bundle cannot be mapped'
  const limit = bundleSize < TREE_LIMIT ? <u32>bundleSize : TREE_LIMIT
  if (limit < 8 || fdt.word(tree) != 0xd00dfeed) return 'the initrd is not a bundle: wrong magic'
  if (fdt.word(tree + 4) > limit) return 'the bundle is truncated'
  treeSize = fdt.size(tree, limit)
  bulkhead = treeSize ? fdt.child(tree, fdt.root(tree), 'bulkhead') : 0
  if (!bulkhead) return 'the initrd is not a bundle: it has no /bulkhead node'
  if (fdt.cell(tree, bulkhead, 'abi', 0, 0) != ABI) return 'the bundle was made for another version of Bulkhead'
  const board = fdt.property(tree, bulkhead, 'board')
  if (!board || !isBoard(fdt.propertyData(board), fdt.propertySize(board)))
    return 'the bundle was made for another board'
  noteBoard(fdt.propertyData(board), fdt.propertySize(board))
  return ''
}

/** Where extension `index` in the bundle's order lies, and its hash; length 0: there are no more. */
export function readExtension(index: u32, load: Load): string {
  load.length = 0
  const images = fdt.child(tree, fdt.root(tree), 'images')
  const list = fdt.child(tree, bulkhead, 'extensions')
  let node = images && list ? fdt.firstChild(tree, list) : 0
  for (let i: u32 = 0; i < index && node; i++) node = fdt.nextSibling(tree, node)
  return node ? findImage(load, tree, treeSize, node, images) : ''
}

/** Cell `index` of a property of the system as a whole. */
export function systemCell(name: string, index: u32, fallback: u32): u32 {
  return fdt.cell(tree, bulkhead, name, index, fallback)
}

/** How many VMs there are; 0 if none or too many. */
export function countVms(): u32 {
  const vms = fdt.child(tree, bulkhead, 'vms')
  if (!vms) return 0
  let count: u32 = 0
  for (let node = fdt.firstChild(tree, vms); node; node = fdt.nextSibling(tree, node)) count++
  if (count > <u32>MAX_VMS) return 0
  setVmCount(count)
  return count
}

/** Fills the record of VM `index`, whose page is mapped. */
export function readVm(index: u32): string {
  const node = vmNode(index)
  const vm = vmAt(index)
  const name = fdt.nodeName(node)
  const length = lengthWithin(name, name + NAME_SIZE)
  if (length <= 0) return 'a VM of the bundle has no name or too long a one'
  memory.copy(nameOf(vm), name, length)
  vm.index = index
  vm.vcpuCount = fdt.cell(tree, node, 'vcpus', 0, 0)
  if (vm.vcpuCount == 0 || vm.vcpuCount > <u32>MAX_VM_VCPUS) return 'a VM has no vCPU or too many'
  vm.ramIpa = pair(node, 'memory', 0)
  vm.ramSize = pair(node, 'memory', 1)
  readLife(tree, node, vm)
  vm.isIdentity = fdt.property(tree, node, 'identity') ? 1 : 0
  if (vm.isCritical | vm.isIdentity && !hasExtension(EXTENSION_BOARD)) return NO_EXTENSION
  if (
    vm.ramIpa < (vm.isIdentity ? IDENTITY_LOWEST : <u64>RAM_IPA) ||
    !vm.ramSize ||
    (vm.ramIpa | vm.ramSize) & (PAGE_SIZE - 1)
  )
    return "a VM's memory is wrong"
  if (vm.ramIpa + vm.ramSize < vm.ramIpa || vm.ramIpa + vm.ramSize > IPA_LIMIT) return "a VM's memory is wrong"
  vm.entry = pair(node, 'entry', 0)
  vm.x0 = pair(node, 'x0', 0)
  vm.devices = fdt.cell(tree, node, 'devices', 0, 0)
  const needsLife = (vm.devices & (DEVICE_WATCHDOG | DEVICE_SIGNS)) | vm.awaits
  if (needsLife && !hasExtension(EXTENSION_LIFE)) return NO_EXTENSION
  if (!readSlots(vm, node)) return NO_EXTENSION
  if (!readSettings(vm, node)) return 'a VM has too many settings'
  return readLoads(vm, node)
}

/** Device types that the VM's compartment does not know leave their slots empty. False: nobody here knows any. */
function readSlots(vm: Vm, node: usize): bool {
  let any: u32 = 0
  const property = fdt.property(tree, node, 'virtio')
  const count = property ? min<u32>(fdt.propertySize(property) >> 2, VIRTIO_SLOTS) : 0
  for (let i: u32 = 0; i < count; i++) {
    const type = fdt.cell(tree, node, 'virtio', i, 0)
    store<u8>(slotsOf(vm) + i, <u8>type)
    any |= type
    if (type == VIRTIO_NETWORK || type == VIRTIO_SOCKET) vm.portCount++
  }
  return (!any || hasExtension(EXTENSION_VIRTIO)) && (!vm.portCount || hasExtension(EXTENSION_NETWORK))
}

function readSettings(vm: Vm, node: usize): bool {
  const settings = fdt.property(tree, node, 'settings')
  vm.settingCount = settings ? fdt.propertySize(settings) >> 3 : 0
  if (vm.settingCount > <u32>MAX_SETTINGS) return false
  for (let i: u32 = 0; i < vm.settingCount; i++) store<u64>(settingAt(vm, i), pair(node, 'settings', i))
  return true
}

/** The CPU that runs vCPU `vcpu` of VM `index`, or -1 if the board lacks it. */
export function coreOf(index: u32, vcpu: u32): i32 {
  const core = fdt.cell(tree, vmNode(index), 'cores', vcpu, u32.MAX_VALUE)
  return core < cpuCount ? <i32>core : -1
}

/** The vCPU's time server, in ticks; without one its CPU is its own. Counts of microseconds come checked by `admit`. */
export function readServer(index: u32, vcpu: Vcpu): void {
  const node = vmNode(index)
  const first = vcpu.index << 2
  const scale = hw.cntfrq_el0()
  vcpu.priority = fdt.cell(tree, node, 'servers', first, 0)
  vcpu.budget = <i64>((<u64>fdt.cell(tree, node, 'servers', first + 1, 0) * scale) / MICROSECONDS)
  // Rounded up, as the budget is down: a core that is promised wholly must not become more than whole.
  vcpu.period = (<u64>fdt.cell(tree, node, 'servers', first + 2, 0) * scale + MICROSECONDS - 1) / MICROSECONDS
  vcpu.takesSpare = fdt.cell(tree, node, 'servers', first + 3, 0)
  vcpu.isShared = vcpu.budget ? 1 : 0
}

/** What the bundle says of a service's device, 0: nothing. */
export function serviceNode(name: string): usize {
  return fdt.child(tree, bulkhead, name)
}

export function vmNode(index: u32): usize {
  let node = fdt.firstChild(tree, fdt.child(tree, bulkhead, 'vms'))
  for (let i: u32 = 0; i < index; i++) node = fdt.nextSibling(tree, node)
  return node
}

function readLoads(vm: Vm, node: usize): string {
  const images = fdt.child(tree, fdt.root(tree), 'images')
  if (!images) return 'the bundle has no images'
  for (let at = fdt.firstChild(tree, node); at; at = fdt.nextSibling(tree, at)) {
    const forGic = fdt.cell(tree, at, 'gic', 0, gicVersion)
    if (forGic != gicVersion) continue
    if (fdt.property(tree, at, 'device')) {
      if (!hasExtension(EXTENSION_BOARD)) return NO_EXTENSION
      vm.hasDevices = 1 // src/core/bundle-device.ts
      continue
    }
    const isDisk = fdt.property(tree, at, 'pool') != 0
    if (isDisk && !hasExtension(EXTENSION_VIRTIO)) return NO_EXTENSION
    const problem = isDisk ? readDisk(vm, at, images) : readLoad(vm, at, images)
    if (!isEmpty(problem)) return problem
  }
  return ''
}

/** An image that is copied into RAM. */
function readLoad(vm: Vm, node: usize, images: usize): string {
  const problem = readImage(vm, node, images)
  if (!isEmpty(problem)) return problem
  const load = loadAt(vm, vm.loadCount - 1)
  load.ipa = pair(node, 'address', 0)
  const size = pair(node, 'size', 0)
  load.rngSeed = pair(node, 'rng-seed', 0)
  load.kaslrSeed = pair(node, 'kaslr-seed', 0)
  if (!holdsSeed(load, load.rngSeed, RNG_SEED_SIZE) || !holdsSeed(load, load.kaslrSeed, KASLR_SEED_SIZE))
    return 'a seed has no room in its image'
  return ramHolds(vm, load.ipa, size > load.length ? size : load.length) ? '' : "an image does not fit its VM's RAM"
}

function holdsSeed(load: Load, spot: u64, size: u32): bool {
  return !spot || (spot >> 32) + <u64>size <= load.length
}

/** Where an image of the VM lies, and its hash. */
export function readImage(vm: Vm, node: usize, images: usize): string {
  if (vm.loadCount == MAX_LOADS) return 'a VM has too many images'
  return findImage(loadAt(vm, vm.loadCount++), tree, treeSize, node, images)
}

/** 64-bit number `index` of a property of two-cell numbers in a VM's node. */
export function vmPair(vm: u32, name: string, index: u32): u64 {
  return pair(vmNode(vm), name, index)
}

/** 64-bit number `index` of a property of two-cell numbers. */
export function pair(node: usize, name: string, index: u32): u64 {
  const high = fdt.cell(tree, node, name, index << 1, 0)
  return ((<u64>high) << 32) | <u64>fdt.cell(tree, node, name, (index << 1) + 1, 0)
}
