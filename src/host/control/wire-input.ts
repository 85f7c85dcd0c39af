/** What the UART that carries records alone hears. */
import { clearReceive, receive, wire } from '../uart'
import { hearWire } from './listen'
import { isWired, pumpWire } from './wire'

/** Bytes that one call takes: more than any FIFO holds. */
const BURST: u32 = 64

/** The UART interrupted, or may have: with its FIFO empty it asserts nothing. False: the FIFO was not emptied. */
export function pollWire(): bool {
  if (!isWired()) return true
  clearReceive(wire)
  let left = BURST
  for (; left; left--) {
    const ch = receive(wire)
    if (ch < 0) break
    hearWire(ch)
  }
  pumpWire()
  return left !== 0
}
