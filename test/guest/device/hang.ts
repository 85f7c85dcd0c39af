/** Is ready, gives signs of life for a while, and then hangs with its interrupts masked. */

import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { initGic } from '../../../src/guest/gic'
import { frequency, now } from '../../../src/guest/timer'
import { alive } from '../../../src/guest/watchdog'

export { onSync } from '../../../src/guest/entry'

const SIGNS: u32 = 4
/** Of a second: the time between two. */
const RATE: u64 = 50

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  print('hang: begins\n')
  for (let i: u32 = 0; i < SIGNS; i++) {
    if (!alive()) print('hang: nobody listens\n')
    const until = now() + frequency() / RATE
    while (now() < until) {}
  }
  print('hang: hangs after ')
  printDecimal((now() * 1000) / frequency())
  print(' ms\n')
  for (;;) {}
}

export function onIrq(_count: u64): void {}
