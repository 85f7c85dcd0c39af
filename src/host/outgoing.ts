/** Records of the control protocol that wait for their line, whole ones. The console's go between any two bytes of the human text. */

import { LINE_SERIAL, LINES } from '../abi/control'
import { RING_HEADER, Ring } from './ring'

const SIZE: u32 = 4096
const STRIDE: u32 = 4112
const WAITING = memory.data(2 * 4112, 16)

if (LINES !== 2 || RING_HEADER + SIZE !== STRIDE) ERROR('outgoing: WAITING is a ring and its bytes for each line')

export function waitingOn(line: u32): Ring {
  return changetype<Ring>(WAITING + line * STRIDE)
}

export function forgetOutgoing(line: u32): void {
  waitingOn(line).init(SIZE)
}

/** A UART of their own has them, not the console's. */
let apart = false

export function setApart(isApart: boolean): void {
  apart = isApart
}

export function hasOutgoing(): boolean {
  return !apart && waitingOn(LINE_SERIAL).used() !== 0
}

export function roomForOutgoing(line: u32): u32 {
  return SIZE - waitingOn(line).used()
}

/** Up to `limit` bytes; `to` has room for them. */
export function moveOutgoing(to: Ring, limit: u32): void {
  const waiting = waitingOn(LINE_SERIAL)
  for (let i: u32 = 0; i < limit && waiting.used() !== 0; i++) to.push(waiting.pop())
}
