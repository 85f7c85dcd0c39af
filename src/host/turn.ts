/** Whose byte is next on the one screen: whole lines in turn, or one VM alone when the user gave it the screen. */

import { ticks } from './core'
import { filterAt } from './escape'
import { filledSources, TURN, wholeSources } from './output'
import { leaveRaw, openLine } from './screen'
import { CONSOLE, HYPERVISOR, NOBODY } from './source'

const NEVER: u64 = u64.MAX_VALUE
const OWN: u32 = (1 << HYPERVISOR) | (1 << CONSOLE)

/** Whose turn it is or was last, and how many bytes of it are used. */
let turnOf: u32 = 0
let used: u32 = 0
/** The VM that has the screen to itself. */
let focus: u32 = NOBODY
/** Everything goes out now, Bulkhead's own words first: nobody waits for the end of another's line. */
let urgent = false

/** Ticks that an unfinished line must have been quiet, or others must have waited, before it is broken up. */
let quiet: u64 = 0
let patience: u64 = 0
let spokenAt: u64 = 0
let waitingSince: u64 = NEVER
let behindSince: u64 = NEVER
let due: u64 = NEVER

export function initTurns(frequency: u32): void {
  // A guest whose CPU is shared, as QEMU's threads are, may stop for 100 ms in the middle of a line.
  quiet = (frequency / 8) as u64
  patience = (frequency / 3) as u64
}

/**
 * Physical count at which what waits for the end of another's line may be printed, u64.MAX_VALUE if nothing does. Who does not
 * ask then will see it with the next byte that anyone prints or types.
 */
export function lineDeadline(): u64 {
  return due
}

export function setUrgent(on: boolean): void {
  urgent = on
}

export function focusOf(): u32 {
  return focus
}

/** Gives the screen to one VM, or with NOBODY back to all. */
export function setFocus(vm: u32): void {
  leaveRaw(focus !== NOBODY)
  focus = vm
}

/** The source that may print a byte now; the caller prints it, or the hypervisor's several, and calls `spoke`. */
export function nextSource(): u32 {
  due = NEVER
  const filled = filledSources()
  if (urgent && (filled & OWN) !== 0) return begin(after(NOBODY, filled & OWN))
  if (focus !== NOBODY && !urgent) return nextFocused(filled)
  if (used < TURN && (filled & (1 << turnOf)) !== 0) return turnOf
  const whole = after(turnOf, overdue(filled))
  const next = whole !== NOBODY ? whole : after(turnOf, filled)
  if (next === NOBODY) return NOBODY
  const line = openLine()
  if (line === NOBODY || line === next || urgent || mayBreak(whole !== NOBODY)) return begin(next)
  return (filled & (1 << line)) !== 0 ? begin(line) : NOBODY
}

export function spoke(source: u32, count: u32): void {
  used += count
  if (openLine() === source) spokenAt = ticks()
}

export function endTurn(): void {
  used = TURN
}

/** The focused VM's bytes and, between its control sequences, whole lines of Bulkhead's own. */
function nextFocused(filled: u32): u32 {
  const line = openLine()
  if ((line === HYPERVISOR || line === CONSOLE) && (filled & (1 << line)) !== 0) return line
  const more = (filled & (1 << focus)) !== 0
  const inside = more && turnOf === focus && filterAt(focus).isOpen()
  const own = wholeSources() & OWN
  if (own !== 0 && !(inside && used < TURN)) return begin(after(turnOf, own))
  if (!more) return NOBODY
  return inside ? focus : begin(focus)
}

function begin(source: u32): u32 {
  turnOf = source
  used = 0
  waitingSince = NEVER
  return source
}

/** The next of `map` behind `source`, in a circle; `source` itself comes last. */
function after(source: u32, map: u32): u32 {
  if (map === 0) return NOBODY
  const later: u32 = source < CONSOLE ? map & (0xffff_fffe << source) : 0
  return ctz<u32>(later !== 0 ? later : map)
}

/** Sources with whole lines; or those without, once the others' lines have kept them waiting too long. */
function overdue(filled: u32): u32 {
  const whole = wholeSources()
  const behind = filled & ~whole
  if (behind === 0 || whole === 0) {
    behindSince = NEVER
    return whole
  }
  const now = ticks()
  if (behindSince === NEVER) behindSince = now
  if (now - behindSince < patience) return whole
  behindSince = NEVER
  return behind
}

/** May the unfinished line on the screen be broken up for another's line, or for its prompt? Else `due` says when to ask again. */
function mayBreak(whole: boolean): bool {
  if (whole && used >= TURN) return true
  const now = ticks()
  if (waitingSince === NEVER) waitingSince = now
  const at = min<u64>(spokenAt + quiet, waitingSince + patience)
  if (now >= at) return true
  due = at
  return false
}
