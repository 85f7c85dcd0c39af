/** From the UART's receive FIFO to the keyboard. What finds no room stays in the FIFO, where a line with flow control waits for it. */

import { inputDeadline, NO_INPUT } from './input'
import { hear } from './remote'
import { awaitInput, clearReceive, console, hasReceived, receive } from './uart'

/** Bytes that one call takes: more than any FIFO holds, yet QEMU's is filled again while it is read. */
const BURST: u32 = 64

/** Read from the FIFO, and not taken. */
let held: u32 = NO_INPUT
/** The last call ended before the FIFO was empty, or there has been none: no interrupt announces what is left. */
let unfinished = false

export function initIntake(): void {
  unfinished = hasReceived(console)
}

export function takeReceived(): void {
  clearReceive(console)
  unfinished = false
  if (held !== NO_INPUT && !hear(held)) return
  held = NO_INPUT
  for (let i: u32 = 0; i < BURST; i++) {
    const ch = receive(console)
    if (ch < 0) {
      awaitInput(console, true)
      return
    }
    if (hear(ch)) continue
    held = ch
    // Its level would interrupt without end.
    awaitInput(console, false)
    return
  }
  unfinished = true
}

/** Another UART's FIFO was not emptied either: no interrupt announces the rest. */
export function goOnSoon(): void {
  unfinished = true
}

/** Physical count at which to call again, interrupt or not. */
export function intakeDeadline(): u64 {
  return unfinished ? 0 : inputDeadline()
}
