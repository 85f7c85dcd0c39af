/** From what waits to the UART's transmit FIFO. */

import { step } from './mux'
import { hasRoomNews } from './output'
import { staged } from './screen'
import { awaitRoom, canSend, console, send } from './uart'

/** Bytes that one call hands to the UART: more than any FIFO holds, so that a full one, not this, ends the call on a board. */
export const BURST: u32 = 64
/** After a whole line of the hypervisor's own: that line, on a UART that takes it. */
export const LINE_BURST: u32 = 512

/**
 * Hands the UART what it takes now. Asks for an interrupt only if more is ready than it took, or if a VM is to be told
 * that it has room again: core asks for that after each interrupt.
 */
export function fill(burst: u32): void {
  let sent: u32 = 0
  while (sent < burst) {
    if (staged().used() === 0) {
      if (step()) continue
      awaitRoom(console, hasRoomNews())
      return
    }
    if (!canSend(console)) break
    send(console, staged().pop())
    sent += 1
  }
  awaitRoom(console, true)
}
