/** A UART that carries records and nothing else, where the config names one: then the console's has none. What it says. */

import { LINE_SERIAL } from '../../abi/control'
import { setApart, waitingOn } from '../outgoing'
import { awaitRoom, canSend, send, wire } from '../uart'
import { initUart } from '../uart-kind'

/** Bytes that one call sends: more than any FIFO holds. */
const BURST: u32 = 64

let open = false

/** core mapped its registers at `offset` from WINDOW_DEVICE on. */
export function openWire(kind: u32, offset: u32): void {
  open = initUart(wire, kind, offset)
  setApart(open)
}

export function isWired(): boolean {
  return open
}

/** What waits, as far as the FIFO has room; an interrupt says when it has more. */
export function pumpWire(): void {
  if (!open) return
  const waiting = waitingOn(LINE_SERIAL)
  for (let i: u32 = 0; i < BURST && waiting.used() !== 0 && canSend(wire); i++) send(wire, waiting.pop())
  awaitRoom(wire, waiting.used() !== 0)
}
