/**
 * Waits for interrupts and events as fast as it can, with something pending so that no wait is long, and with nothing
 * but a timer so that each is. It comes back from every one, and nobody else notices.
 */

import { initGuest } from '../../../src/guest/entry'
import { acknowledge, enableInterrupt, endInterrupt, initGic } from '../../../src/guest/gic'
import { hint_yield, irq_off, irq_on, isb, sev, wfe, wfi } from '../../../src/guest/hw'
import { frequency, now, setDeadline, stopTimer, TIMER_INTID } from '../../../src/guest/timer'
import { fail, pass } from './verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'wait-storm'
const STORM = 50_000
const NAPS: u32 = 100

let woken: u32 = 0

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(TIMER_INTID)
  // An event of its own before each WFE.
  for (let i = 0; i < STORM; i++) {
    sev()
    wfe()
    hint_yield()
  }
  // A pending interrupt, masked at the CPU: WFI is over at once, and the interrupt is not taken.
  setDeadline(0)
  for (let i = 0; i < STORM; i++) wfi()
  if (woken !== 0) fail(NAME, 'a masked interrupt was taken, times', woken)
  stopTimer()
  // A hypervisor may have handed the interrupt over before its level went away: then it comes once, and only now.
  irq_on()
  isb()
  irq_off()
  nap()
  pass(NAME)
}

export function onIrq(_count: u64): void {
  const acknowledged = acknowledge()
  woken += 1
  stopTimer()
  endInterrupt(acknowledged)
}

/** Nothing pending: only the timer ends these, never early, each once. */
function nap(): void {
  woken = 0
  for (let i: u32 = 0; i < NAPS; i++) {
    const deadline = now() + frequency() / 2000
    setDeadline(deadline)
    // Masked while it looks, so that the wake-up cannot fall between look and wait.
    while (woken <= i) {
      wfi()
      irq_on()
      irq_off()
    }
    if (now() < deadline) fail(NAME, 'woken before the deadline in nap', i)
  }
  if (woken !== NAPS) fail(NAME, 'naps and wakes differ, wakes', woken)
}
