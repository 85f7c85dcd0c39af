/** The lines that programs speak on: each has a request in the making and a bucket of its own, so that none starves another. */

import { LINE_SERIAL, LINES, REQUEST_MOST } from '../../abi/control'

@unmanaged
export class Line {
  /** How far the record that comes is: src/host/control/listen.ts. Bytes of it so far, those that found no room too. */
  state: u32
  length: u32
  /** The count at which its bucket would be empty of debts: src/host/control/rate.ts. */
  paidAt: u64
  // REQUEST_MOST bytes of the record follow.
}

const STRIDE: usize = offsetof<Line>() + REQUEST_MOST
const POOL = memory.data(2 * 528, 8)
if (LINES !== 2 || STRIDE !== 528) ERROR('line: POOL holds LINES records')

/** Whose bytes are looked at: answers go there. */
let current: u32 = LINE_SERIAL

export function turnTo(number: u32): void {
  current = number
}

export function currentLine(): u32 {
  return current
}

export function lineAt(number: u32): Line {
  return changetype<Line>(POOL + number * STRIDE)
}

export function requestOf(line: Line): usize {
  return changetype<usize>(line) + offsetof<Line>()
}

export function forgetLine(number: u32): void {
  memory.fill(POOL + number * STRIDE, 0, STRIDE)
}
