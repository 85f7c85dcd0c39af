/** The piece of RAM of a VM that is made at run time: its RAM, tables, disks, all of it taken and given back at one go. Under host.lock. */
import { PAGE_SIZE } from '../abi/layout'
import { allocate, at, rangeCount, setPiece, setRangeCount } from './pages'

/** A piece adds one range when it is taken, and one when it is given back. */
const RANGES_MOST: u32 = 30

/** Takes `size` bytes, whole pages, at a multiple of `align`, out of which `allocate` gives until `closeArena`. 0: no piece is so large. */
export function openArena(size: u64, align: u64): u64 {
  tidy()
  if (rangeCount() > RANGES_MOST) return 0
  const start = allocate(size, align)
  if (start) setPiece(start, start + size)
  return start
}

export function closeArena(): void {
  setPiece(0, 0)
}

/** Free again, and one with what is free beside it. */
export function giveBack(start: u64, size: u64): void {
  let from = start
  let to = start + size
  let count = rangeCount()
  for (let i: u32 = 0; i < count; i++) {
    const range = at(i)
    if (range.end !== from && range.start !== to) continue
    from = min(from, range.start)
    to = max(to, range.end)
    range.start = range.end = 0
  }
  tidy()
  count = rangeCount()
  at(count).start = from
  at(count).end = to
  setRangeCount(count + 1)
}

/** Ranges with nothing in them go. */
function tidy(): void {
  let kept: u32 = 0
  for (let i: u32 = 0; i < rangeCount(); i++) {
    if (at(i).start === at(i).end) continue
    at(kept).start = at(i).start
    at(kept).end = at(i).end
    kept++
  }
  setRangeCount(kept)
}

export function pagesOf(bytes: u64): u64 {
  return (bytes + PAGE_SIZE - 1) & ~(<u64>(PAGE_SIZE - 1))
}
