/** Leaf entries of either stage's tables: how large a block fits, and a run of them. */
import { PAGE, shiftOf, VALID } from '../arch/descriptor'
import * as hw from '../hw'

const ENTRIES: u64 = 512

/** The highest level, `from` or below, whose block fits `size` bytes where the low bits of both addresses are `addresses`. */
export function levelFor(addresses: u64, size: u64, from: u32): u32 {
  let level = from
  while (level < 3) {
    const block = (<u64>1) << shiftOf(level)
    if (!(addresses & (block - 1)) && size >= block) return level
    level++
  }
  return 3
}

/** Fills leaves from the entry at `va` to the end of its table, or of `size`. Bytes mapped; 0 if one was in use. */
export function fill(va: u64, pa: u64, size: u64, attributes: u64, level: u32): u64 {
  const step = (<u64>1) << shiftOf(level)
  const flags = attributes | (level === 3 ? PAGE : VALID)
  const room = ENTRIES - ((va >> 3) & (ENTRIES - 1))
  const wanted = size >> shiftOf(level)
  const count = wanted < room ? wanted : room
  let entry = va
  let to = pa
  for (let i: u64 = 0; i < count; i++) {
    if (hw.load64(entry) & VALID) return 0
    hw.store64(entry, to | flags)
    entry += 8
    to += step
  }
  return count * step
}
