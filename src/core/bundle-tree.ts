/** The system in the initrd slot: a FIT image whose node `/bulkhead` says which VMs there are (doc/bundle.md). Boot only, but that the tree
 * comes back for as long as a template's VM is made. Returns what is wrong, or '' if nothing is. */
import { BUNDLE_AT, MAX_VMS } from '../abi/layout'
import * as fdt from '../lib/fdt'
import { noteBoard } from './board-name'
import { findImage } from './bundle-image'
import { bundlePa, bundleSize, isBoard } from './machine'
import { Load, setVmCount, vmAt } from './vm'
import { openWindow, TREE_LIMIT } from './window'

const ABI: u32 = 1

export let tree: usize = 0
export let treeSize: u32 = 0
let bulkhead: usize = 0

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

/** VMs and templates in the bundle. */
let listed: u32 = 0

export function isListed(index: u32): bool {
  return index < listed
}

/** What run-time VMs are made of: boot makes none. */
export function isTemplate(index: u32): bool {
  return fdt.property(tree, nodeAt(index), 'template') != 0
}

/** How many VMs there may be; 0 if none or too many. */
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

/** 64-bit number `index` of a property of two-cell numbers in a VM's node. */
export function vmPair(vm: u32, name: string, index: u32): u64 {
  return pair(vmNode(vm), name, index)
}

/** 64-bit number `index` of a property of two-cell numbers. */
export function pair(node: usize, name: string, index: u32): u64 {
  const high = fdt.cell(tree, node, name, index << 1, 0)
  return ((<u64>high) << 32) | <u64>fdt.cell(tree, node, name, (index << 1) + 1, 0)
}
