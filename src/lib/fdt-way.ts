/**
 * The way from a device tree's root to a node, bus by bus, and by it where the node's registers are for the CPU: `reg`
 * translated outwards through every bus's `ranges`. Devicetree Specification, "reg", "ranges". One way at a time. Boot only.
 */
import * as fdt from './fdt'

/** Buses within each other; those further in are not followed. */
const MOST: u32 = 8
const buses = memory.data(8 * 4, 4)
let depth: u32 = 0
let tree: usize = 0
/** What no translation gives. */
const NOWHERE: u64 = u64.MAX_VALUE

/** At the root of the tree at `at`: its first child. */
export function begin(at: usize): usize {
  tree = at
  depth = 0
  return enter(fdt.root(at))
}

/** Whether the addresses of the node's children are memory's: it has `ranges`, of cells that we can add. */
export function isBus(node: usize): bool {
  if (depth == MOST || !fdt.property(tree, node, 'ranges')) return false
  const address = fdt.cell(tree, node, '#address-cells', 0, 2)
  const size = fdt.cell(tree, node, '#size-cells', 0, 1)
  return address - 1 < 2 && size - 1 < 2
}

export function isAtRoot(): bool {
  return depth == 1
}

/** Into a bus: its first child, or 0. */
export function enter(bus: usize): usize {
  store<usize>(slot(depth++), bus)
  return fdt.firstChild(tree, bus)
}

/** Out of the bus: the bus itself, 0 if it was the root. */
export function leave(): usize {
  depth--
  return depth ? load<usize>(slot(depth)) : 0
}

/** The node that the absolute path of `length` bytes names, with the way to it; 0 if there is none, or no way. */
export function follow(at: usize, path: usize, length: u32): usize {
  begin(at)
  const root = fdt.root(at)
  let node = root
  let from: u32 = 0
  while (node && from < length) {
    if (load<u8>(path + from) == 0x2f) {
      from++
      continue
    }
    if (node != root) {
      if (!isBus(node)) return 0
      enter(node)
    }
    let to = from
    while (to < length && load<u8>(path + to) != 0x2f) to++
    node = fdt.childNamed(at, node, path + from, to - from)
    from = to
  }
  return node
}

/** How many ranges the `reg` of a node here has. */
export function regCount(node: usize): u32 {
  const reg = fdt.property(tree, node, 'reg')
  return reg ? fdt.propertySize(reg) / ((addressCells(depth - 1) + sizeCells(depth - 1)) << 2) : 0
}

/** The CPU's address of range `i` of the node's `reg`; 0 if there is none, or a bus does not carry it. */
export function address(node: usize, i: u32): u64 {
  if (i >= regCount(node)) return 0
  const cells = addressCells(depth - 1)
  let at = fdt.cells(regAt(node, i), cells)
  for (let level = depth - 1; level && at != NOWHERE; level--) at = outwards(level, at)
  return at == NOWHERE ? 0 : at
}

export function length(node: usize, i: u32): u64 {
  if (i >= regCount(node)) return 0
  return fdt.cells(regAt(node, i) + ((<usize>addressCells(depth - 1)) << 2), sizeCells(depth - 1))
}

function regAt(node: usize, i: u32): usize {
  const stride = (addressCells(depth - 1) + sizeCells(depth - 1)) << 2
  return fdt.propertyData(fdt.property(tree, node, 'reg')) + <usize>i * stride
}

/** An address on the bus at `level` as the bus around it has it. Without `ranges`, or with empty ones: the same. */
function outwards(level: u32, at: u64): u64 {
  const ranges = fdt.property(tree, load<usize>(slot(level)), 'ranges')
  if (!ranges || !fdt.propertySize(ranges)) return at
  const inner = addressCells(level)
  const outer = addressCells(level - 1)
  const size = sizeCells(level)
  const stride = (<usize>(inner + outer + size)) << 2
  const count = fdt.propertySize(ranges) / <u32>stride
  let entry = fdt.propertyData(ranges)
  for (let i: u32 = 0; i < count; i++) {
    const offset = at - fdt.cells(entry, inner)
    if (offset < fdt.cells(entry + ((<usize>(inner + outer)) << 2), size))
      return fdt.cells(entry + ((<usize>inner) << 2), outer) + offset
    entry += stride
  }
  return NOWHERE
}

/** Of the addresses on the bus at `level`; what cannot be counts as the specification's default. */
function addressCells(level: u32): u32 {
  const count = fdt.cell(tree, load<usize>(slot(level)), '#address-cells', 0, 2)
  return count - 1 < 2 ? count : 2
}

function sizeCells(level: u32): u32 {
  const count = fdt.cell(tree, load<usize>(slot(level)), '#size-cells', 0, 1)
  return count - 1 < 2 ? count : 1
}

function slot(level: u32): usize {
  return buses + ((<usize>level) << 2)
}
