/** A UART that carries records and nothing else, where the config names one: then the console's has none. */

import { LINE_SERIAL } from '../../abi/control'
import { goOnSoon } from '../intake'
import { setApart, waitingOn } from '../outgoing'
import { awaitRoom, canSend, clearReceive, receive, send, wire } from '../uart'
import { initUart } from '../uart-kind'
import { hearWire } from './listen'

/** Bytes that one call moves each way: more than any FIFO holds. */
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

/** The UART interrupted, or may have: with its FIFO empty it asserts nothing. */
export function pollWire(): void {
  if (!open) return
  clearReceive(wire)
  let left = BURST
  for (; left; left--) {
    const ch = receive(wire)
    if (ch < 0) break
    hearWire(ch)
  }
  if (!left) goOnSoon()
  pumpWire()
}

/** What waits, as far as the FIFO has room; an interrupt says when it has more. */
export function pumpWire(): void {
  if (!open) return
  const waiting = waitingOn(LINE_SERIAL)
  for (let i: u32 = 0; i < BURST && waiting.used() !== 0 && canSend(wire); i++) send(wire, waiting.pop())
  awaitRoom(wire, waiting.used() !== 0)
}
