/** The protocol's clock, and how it begins. */

import { LINES } from '../../abi/control'
import { ticks } from '../core'
import { forgetOutgoing } from '../outgoing'
import { initRate } from './rate'

/** Hz of the board's counter. */
export let frequency: u64 = 0

export function initSession(hertz: u32): void {
  for (let line: u32 = 0; line < <u32>LINES; line++) forgetOutgoing(line)
  frequency = hertz
  initRate(hertz)
}

/** Of the board's counter. */
export function milliseconds(): u64 {
  return ticks() / (frequency / 1000)
}
