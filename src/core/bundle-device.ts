/** The board's devices that a VM of the bundle has to itself (doc/bundle.md). Boot only. */
import * as fdt from '../lib/fdt'
import { isListed, nodeAt, pair, tree, vmNode } from './bundle'
import { take } from './pages'

/** Cells of a range, of an interrupt, of a write. */
const RANGE_CELLS: u32 = 4
const INTERRUPT_CELLS: u32 = 2
const WRITE_CELLS: u32 = 3

/** Sets RAM aside for VMs that must have it at one place, before others take it. False: it is not free. */
export function keepIdentities(): bool {
  for (let i: u32 = 0; isListed(i); i++) {
    const node = nodeAt(i)
    if (fdt.property(tree, node, 'identity') && !take(pair(node, 'memory', 0), pair(node, 'memory', 1))) return false
  }
  return true
}

/** VM `index`'s first device, 0 if it has none. */
export function firstDevice(index: u32): usize {
  return deviceFrom(fdt.firstChild(tree, vmNode(index)))
}

export function nextDevice(node: usize): usize {
  return deviceFrom(fdt.nextSibling(tree, node))
}

function deviceFrom(first: usize): usize {
  let node = first
  while (node && !isDevice(node)) node = fdt.nextSibling(tree, node)
  return node
}

/** Else the node is an image or a disk. */
export function isDevice(node: usize): bool {
  return fdt.property(tree, node, 'device') != 0
}

/** Ranges of whole pages. */
export function pageCount(node: usize): u32 {
  return cellCount(node, 'reg') / RANGE_CELLS
}

export function pageAddress(node: usize, i: u32): u64 {
  return pair(node, 'reg', i << 1)
}

export function pageSize(node: usize, i: u32): u64 {
  return pair(node, 'reg', (i << 1) + 1)
}

/** Of each its INTID, and 1 if it is triggered by an edge. */
export function interruptCount(node: usize): u32 {
  return cellCount(node, 'interrupts') / INTERRUPT_CELLS
}

export function interruptId(node: usize, i: u32): u32 {
  return fdt.cell(tree, node, 'interrupts', i * INTERRUPT_CELLS, 0)
}

export function isEdge(node: usize, i: u32): bool {
  return fdt.cell(tree, node, 'interrupts', i * INTERRUPT_CELLS + 1, 0) == 1
}

/** Writes that turn it on, in order: 32 bits each. */
export function writeCount(node: usize): u32 {
  return cellCount(node, 'enable') / WRITE_CELLS
}

export function writeAddress(node: usize, i: u32): u64 {
  const at = i * WRITE_CELLS
  return ((<u64>fdt.cell(tree, node, 'enable', at, 0)) << 32) | <u64>fdt.cell(tree, node, 'enable', at + 1, 0)
}

export function writeValue(node: usize, i: u32): u32 {
  return fdt.cell(tree, node, 'enable', i * WRITE_CELLS + 2, 0)
}

/** Pins of the board's GPIO that the VM has as lines, where the node is of those. */
export function lineCount(node: usize): u32 {
  return cellCount(node, 'lines')
}

export function lineAt(node: usize, i: u32): u32 {
  return fdt.cell(tree, node, 'lines', i, u32.MAX_VALUE)
}

/** It reads and writes memory by itself. */
export function isMaster(node: usize): bool {
  return fdt.property(tree, node, 'dma') != 0
}

/** Where its name stands, and how long it may be. */
export function nameAt(node: usize): usize {
  return fdt.propertyData(fdt.property(tree, node, 'device'))
}

export function nameSize(node: usize): u32 {
  return fdt.propertySize(fdt.property(tree, node, 'device'))
}

function cellCount(node: usize, name: string): u32 {
  const property = fdt.property(tree, node, name)
  return property ? fdt.propertySize(property) >> 2 : 0
}
