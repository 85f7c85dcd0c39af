/** Records of the control protocol that wait for the UART, whole ones. They go between any two bytes of the human text. */

import { RING_HEADER, Ring } from './ring'

const SIZE: u32 = 4096
const WAITING = memory.data(4112, 16)

if (RING_HEADER + SIZE !== 4112) ERROR('outgoing: WAITING is a ring and its bytes')

function waiting(): Ring {
  return changetype<Ring>(WAITING)
}

export function initOutgoing(): void {
  waiting().init(SIZE)
}

export function hasOutgoing(): boolean {
  return waiting().used() !== 0
}

export function roomForOutgoing(): u32 {
  return SIZE - waiting().used()
}

/** Only as much as there is room for. */
export function pushOutgoing(ch: u32): void {
  waiting().push(ch)
}

/** Up to `limit` bytes; `to` has room for them. */
export function moveOutgoing(to: Ring, limit: u32): void {
  for (let i: u32 = 0; i < limit && waiting().used() !== 0; i++) to.push(waiting().pop())
}
