/** The sources' output rings: who has something to print, who has a whole line, which VM waits for room. */

import { Ring } from './ring'
import { OUTPUT_ROOM, OUTPUT_SIZE, outputOf, VMS } from './source'

/** Bytes that a source may print in one turn while another waits. */
export const TURN: u32 = 256

/** Bitmaps of sources: with bytes waiting; with a line (or a turn's worth of bytes) waiting. */
let filled: u32 = 0
let whole: u32 = 0
/** VMs that were refused a byte, and those of them whose ring has room again. */
let refused: u32 = 0
let roomy: u32 = 0

export function filledSources(): u32 {
  return filled
}

/** A line feed is among its bytes. */
export function hasLine(source: u32): bool {
  return outputOf(source).lines !== 0
}

export function wholeSources(): u32 {
  return whole
}

export function accept(source: u32, ch: u32): boolean {
  if (outputOf(source).push(ch)) {
    note(source)
    return true
  }
  if (source < VMS) refused |= 1 << source
  return false
}

/** Up to eight bytes, the first in bits 7:0; how many were taken. */
export function acceptSeveral(source: u32, bytes: u64, count: u32): u32 {
  const taken = outputOf(source).pushSeveral(bytes, count)
  note(source)
  if (taken < count && source < VMS) refused |= 1 << source
  return taken
}

/** Only when the source's bit in `filledSources` is set. */
export function takeFrom(source: u32): u32 {
  const ch = outputOf(source).pop()
  note(source)
  return ch
}

/** Printable bytes up to the next that is none, at most `limit`; how many. `to` has room for them. */
export function moveText(source: u32, to: Ring, limit: u32): u32 {
  const count = outputOf(source).moveText(to, limit)
  note(source)
  return count
}

/** Its next byte is printable. */
export function hasText(source: u32): boolean {
  const ch = outputOf(source).peek()
  return ch >= 0x20 && ch < 0x7f
}

/** Bitmap of VMs that were refused and have room again; reading clears it. */
export function takeRoom(): u32 {
  const answer = roomy
  roomy = 0
  return answer
}

export function hasRoomNews(): boolean {
  return roomy !== 0
}

/** Keeps the bitmaps true after a ring changed. */
function note(source: u32): void {
  const ring = outputOf(source)
  const bit: u32 = 1 << source
  const used = ring.used()
  filled = used !== 0 ? filled | bit : filled & ~bit
  whole = ring.lines !== 0 || used >= TURN ? whole | bit : whole & ~bit
  if ((refused & bit) === 0 || used > OUTPUT_SIZE - OUTPUT_ROOM) return
  refused &= ~bit
  roomy |= bit
}
