/** Whether somebody at the other end speaks the protocol: a person without the tool shall see no records. */

import { ticks } from '../core'
import { initRate } from './rate'
import { initRecords } from './record'

let isOpen = false
let frequency: u64 = 0

export function initSession(hertz: u32): void {
  isOpen = false
  frequency = hertz
  initRecords()
  initRate(hertz)
}

/** With the first request that is one. */
export function openSession(): void {
  isOpen = true
}

export function hasSession(): boolean {
  return isOpen
}

/** Of the board's counter. */
export function milliseconds(): u64 {
  return ticks() / (frequency / 1000)
}
