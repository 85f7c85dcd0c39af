/**
 * The way from a device tree's root to a node, bus by bus, and by it where the node's registers are for the CPU: `reg`
 * translated outwards through every bus's `ranges`. Devicetree Specification, "reg", "ranges". One way at a time. Boot only.
 */
import * as fdt from './fdt'

@unmanaged
export class Bus {
  node: usize
  /** Cells of an address and of a size on it. */
  address: u32
  size: u32
}

/** Buses within each other; those further in are not followed. */
const MOST: u32 = 8
const buses = memory.data(8 * 12, 4)
let depth: u32 = 0
let tree: usize = 0
/** What no translation gives. */
export const NOWHERE: u64 = u64.MAX_VALUE

/** At the root of the tree at `at`: its first child. */
export function begin(at: usize): usize {
  tree = at
  depth = 0
  return enter(fdt.root(at))
}

/** Whether the addresses of the node's children are memory's: it has `ranges`, of cells that we can add. */
export function isBus(node: usize): bool {
  if (depth == MOST || !fdt.firstChild(tree, node) || !fdt.property(tree, node, 'ranges')) return false
  const address = fdt.cell(tree, node, '#address-cells', 0, 2)
  const size = fdt.cell(tree, node, '#size-cells', 0, 1)
  return address - 1 < 2 && size - 1 < 2
}

export function isAtRoot(): bool {
  return depth == 1
}

/** Into a bus: its first child, or 0. Cells that cannot be count as the specification's default. */
export function enter(node: usize): usize {
  const bus = busAt(depth++)
  const address = fdt.cell(tree, node, '#address-cells', 0, 2)
  const size = fdt.cell(tree, node, '#size-cells', 0, 1)
  bus.node = node
  bus.address = address - 1 < 2 ? address : 2
  bus.size = size - 1 < 2 ? size : 1
  return fdt.firstChild(tree, node)
}

/** Out of the bus: the bus itself, 0 if it was the root. */
export function leave(): usize {
  depth--
  return depth ? busAt(depth).node : 0
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
  return reg ? fdt.propertySize(reg) / regStride() : 0
}

/** The CPU's address of range `i` of the node's `reg`; 0 if there is none, or a bus does not carry it. */
export function address(node: usize, i: u32): u64 {
  const reg = regAt(node, i)
  if (!reg) return 0
  let at = fdt.cells(reg, busAt(depth - 1).address)
  for (let level = depth - 1; level && at != NOWHERE; level--) at = outwards(busAt(level), busAt(level - 1), at)
  return at == NOWHERE ? 0 : at
}

export function length(node: usize, i: u32): u64 {
  const reg = regAt(node, i)
  const bus = busAt(depth - 1)
  return reg ? fdt.cells(reg + ((<usize>bus.address) << 2), bus.size) : 0
}

function regAt(node: usize, i: u32): usize {
  const reg = fdt.property(tree, node, 'reg')
  const stride = regStride()
  return reg && i < fdt.propertySize(reg) / stride ? fdt.propertyData(reg) + <usize>(i * stride) : 0
}

function regStride(): u32 {
  const bus = busAt(depth - 1)
  return (bus.address + bus.size) << 2
}

/** An address on a bus as the bus around it has it. Without `ranges`, or with empty ones: the same. */
function outwards(bus: Bus, around: Bus, at: u64): u64 {
  const ranges = fdt.property(tree, bus.node, 'ranges')
  if (!ranges || !fdt.propertySize(ranges)) return at
  const stride = (bus.address + around.address + bus.size) << 2
  const count = fdt.propertySize(ranges) / stride
  let entry = fdt.propertyData(ranges)
  for (let i: u32 = 0; i < count; i++) {
    const outer = entry + ((<usize>bus.address) << 2)
    const offset = at - fdt.cells(entry, bus.address)
    if (offset < fdt.cells(outer + ((<usize>around.address) << 2), bus.size))
      return fdt.cells(outer, around.address) + offset
    entry += <usize>stride
  }
  return NOWHERE
}

/** Buses on the way, the root first: those that `begin`, `enter` and `follow` went into. */
export function wayLength(): u32 {
  return depth
}

export function busAt(level: u32): Bus {
  return changetype<Bus>(buses + <usize>level * 12)
}
