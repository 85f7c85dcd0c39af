/** The board's free RAM: ranges of physical addresses, handed out at boot. Later only src/core/arena.ts takes and gives, under
 * host.lock. */
import { PAGE_SIZE } from '../abi/layout'
import * as hw from '../hw'
import { directVa } from './address'

export const NO_MEMORY: string = 'no memory is left for the hypervisor itself'

const MAX_RANGES: u32 = 32

@unmanaged
export class Range {
  start: u64
  end: u64
}

const pool = memory.data(<i32>MAX_RANGES * 16, 16)
let count: u32 = 0
/** So many, from the first on, can be given away: those that the direct map reaches. */
let reachable: u32 = 0

export function at(i: u32): Range {
  return changetype<Range>(pool + ((<usize>i) << 4))
}

export function setRangeCount(ranges: u32): void {
  count = ranges
}

/** While a VM is made at run time, what is left of its own piece: everything it has comes out of that. 0: out of the ranges. */
let pieceAt: u64 = 0
let pieceEnd: u64 = 0

export function setPiece(start: u64, end: u64): void {
  pieceAt = start
  pieceEnd = end
}

function allocateFromPiece(size: u64, align: u64): u64 {
  const start = (pieceAt + align - 1) & ~(align - 1)
  if (start < pieceAt || start > pieceEnd || pieceEnd - start < size) return 0
  pieceAt = start + size
  return start
}

/** Adds RAM; whole pages only. False if there are more ranges than we keep. */
export function addRam(start: u64, size: u64): bool {
  const first = (start + PAGE_SIZE - 1) & ~(<u64>(PAGE_SIZE - 1))
  const last = (start + size) & ~(<u64>(PAGE_SIZE - 1))
  if (last <= first) return true
  if (count == MAX_RANGES) return false
  at(count).start = first
  at(count).end = last
  count++
  return true
}

/** Takes a range away: used by the image, the bundle, the firmware. False if there are more ranges than we keep. */
export function reserve(start: u64, size: u64): bool {
  const from = start & ~(<u64>(PAGE_SIZE - 1))
  const to = (start + size + PAGE_SIZE - 1) & ~(<u64>(PAGE_SIZE - 1))
  for (let i: u32 = 0; i < count; i++) {
    const range = at(i)
    if (to <= range.start || range.end <= from) continue
    const above = range.end
    range.end = from > range.start ? from : range.start
    if (to >= above) continue
    if (range.end == range.start) range.start = range.end = to
    if (range.start == to) range.end = above
    else {
      if (count == MAX_RANGES) return false
      at(count).start = to
      at(count).end = above
      count++
    }
  }
  return true
}

/** Whether a range is RAM, all of it, and free. */
export function holds(start: u64, size: u64): bool {
  for (let i: u32 = 0; i < count; i++) {
    const range = at(i)
    if (start >= range.start && start < range.end && size <= range.end - start) return true
  }
  return false
}

/** Until `reachAll` only the largest range is given away: it comes first now. */
export function reachLargest(): void {
  for (let i: u32 = 1; i < count; i++) if (at(i).end - at(i).start > at(0).end - at(0).start) exchangeFirst(i)
  reachable = 1
}

export function reachAll(): void {
  reachable = MAX_RANGES
}

function exchangeFirst(i: u32): void {
  const start = at(i).start
  const end = at(i).end
  at(i).start = at(0).start
  at(i).end = at(0).end
  at(0).start = start
  at(0).end = end
}

/** RAM for a VM: `size` and `align` are multiples of the page size. 0 if no range holds it. Not zeroed. */
export function allocate(size: u64, align: u64): u64 {
  if (pieceAt) return allocateFromPiece(size, align)
  let best: u64 = 0
  let bestLeft = u64.MAX_VALUE
  for (let i: u32 = 0; i < count && i < reachable; i++) {
    const range = at(i)
    const start = (range.start + align - 1) & ~(align - 1)
    if (start < range.start || start > range.end || range.end - start < size) continue
    const left = range.end - range.start - size
    if (left < bestLeft) {
      best = start
      bestLeft = left
    }
  }
  if (best) reserve(best, size)
  return best
}

/** RAM for a VM at one place. False: not all of it is free. */
export function take(start: u64, size: u64): bool {
  return size != 0 && !((start | size) & (PAGE_SIZE - 1)) && holds(start, size) && reserve(start, size)
}

let pagesTaken: u32 = 0

/** A zeroed page for core itself, for ever, whatever VM is being made. */
export function allocateOwn(): u64 {
  const piece = pieceAt
  pieceAt = 0
  const page = allocatePage()
  pieceAt = piece
  return page
}

/** A zeroed page for core's account of a VM, 0 if RAM is used up. Only once the direct map stands. */
export function allocatePage(): u64 {
  const page = allocate(PAGE_SIZE, PAGE_SIZE)
  if (page) {
    hw.scrub(directVa(page), PAGE_SIZE)
    pagesTaken++
  }
  return page
}

/** Pages that core took for itself. */
export function pageCount(): u32 {
  return pagesTaken
}

export function rangeCount(): u32 {
  return count
}

export function rangeStart(i: u32): u64 {
  return at(i).start
}

export function rangeEnd(i: u32): u64 {
  return at(i).end
}

/** In whatever pieces. */
export function freeBytes(): u64 {
  let sum: u64 = 0
  for (let i: u32 = 0; i < count; i++) sum += at(i).end - at(i).start
  return sum
}

export function largestFree(): u64 {
  let largest: u64 = 0
  for (let i: u32 = 0; i < count; i++) if (at(i).end - at(i).start > largest) largest = at(i).end - at(i).start
  return largest
}
