/**
 * What a device that masters its bus calls a place in memory: the CPU's address, translated inwards through every bus's `dma-ranges`
 * on the way to the node (src/lib/fdt-way.ts). Devicetree Specification, "dma-ranges". Boot only.
 */
import * as fdt from './fdt'
import { Bus, busAt, NOWHERE, wayLength } from './fdt-way'

/** Of the `size` bytes at `pa`, for what stands where the last `follow` led in the tree at `tree`; NOWHERE if it does not reach all of
 * them, or not in one piece. A bus without `dma-ranges` hands addresses on as they are, as one with empty ones does. */
export function masterAddress(tree: usize, pa: u64, size: u64): u64 {
  let at = pa
  for (let level: u32 = 1; level < wayLength() && at != NOWHERE; level++)
    at = inwards(tree, busAt(level), busAt(level - 1), at, size)
  return at
}

function inwards(tree: usize, bus: Bus, around: Bus, at: u64, size: u64): u64 {
  const ranges = fdt.property(tree, bus.node, 'dma-ranges')
  if (!ranges || !fdt.propertySize(ranges)) return at
  const stride = (bus.address + around.address + bus.size) << 2
  let entry = fdt.propertyData(ranges)
  for (let left = fdt.propertySize(ranges) / stride; left; left--) {
    const outer = entry + ((<usize>bus.address) << 2)
    const offset = at - fdt.cells(outer, around.address)
    const length = fdt.cells(outer + ((<usize>around.address) << 2), bus.size)
    if (offset < length && size <= length - offset) return fdt.cells(entry, bus.address) + offset
    entry += <usize>stride
  }
  return NOWHERE
}
