/** uplink: drives the board's network card. What core calls: src/core/uplink.ts is the other side. */
import { setFrequency } from '../drive/clock'
import * as card from './virtio'

export { interrupt, receive, reclaim, refill, send, transmit } from './virtio'

/** Over memory that is zero. 1: the card works. */
export function init(frequency: u64): u32 {
  setFrequency(frequency)
  return card.begin() ? 1 : 0
}
