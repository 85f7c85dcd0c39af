/** The protocol's clock, and how it begins. */

import { ticks } from '../core'
import { initRate } from './rate'

/** Hz of the board's counter. */
export let frequency: u64 = 0

export function initSession(hertz: u32): void {
  frequency = hertz
  initRate(hertz)
}

/** Of the board's counter. */
export function milliseconds(): u64 {
  return ticks() / (frequency / 1000)
}
