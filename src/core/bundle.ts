/** The system in the initrd slot: a FIT image whose node `/bulkhead` says which VMs there are (doc/bundle.md). Boot only.
 * Each function returns what is wrong, or '' if nothing is. */

import { BUNDLE_AT, MAX_VMS } from '../abi/layout'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { noteBoard } from './board-name'
import { findImage } from './bundle-image'
import { cpuCount } from './cpu'
import { bundlePa, bundleSize, isBoard } from './machine'
import { Vcpu } from './vcpu'
import { loadAt, MAX_LOADS, setVmCount, Vm, vmAt } from './vm'
import { Load } from './vm-part'
import { openWindow, TREE_LIMIT } from './window'

const ABI: u32 = 1
export const NO_EXTENSION: string = 'the bundle lacks an extension that its VMs need'
const MICROSECONDS: u64 = 1_000_000

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

/** VMs and templates in the bundle. */
let listed: u32 = 0

export function isListed(index: u32): bool {
  return index < listed
}

/** What run-time VMs are made of: boot makes none. */
export function isTemplate(index: u32): bool {
  return fdt.property(tree, nodeAt(index), 'template') != 0
}

/** How many VMs and templates there are; 0 if none or too many. */
export function countVms(): u32 {
  const vms = fdt.child(tree, bulkhead, 'vms')
  if (!vms) return 0
  let hasTemplate = false
  listed = 0
  for (let node = fdt.firstChild(tree, vms); node; node = fdt.nextSibling(tree, node)) {
    if (fdt.property(tree, node, 'template')) hasTemplate = true
    listed++
  }
  if (listed > <u32>MAX_VMS) return 0
  setVmCount(hasTemplate ? MAX_VMS : listed)
  return listed
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

/** Of a VM, which is a template's where that was made of one. */
export function vmNode(index: u32): usize {
  return nodeAt(vmAt(index).node)
}

/** In the order of the bundle. */
export function nodeAt(index: u32): usize {
  let node = fdt.firstChild(tree, fdt.child(tree, bulkhead, 'vms'))
  for (let i: u32 = 0; i < index; i++) node = fdt.nextSibling(tree, node)
  return node
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
