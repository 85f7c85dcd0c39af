/** Is ready, gives signs of life for a while, by calls and then by its watchdog, and hangs with its interrupts masked. */

import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { initGic } from '../../../src/guest/gic'
import { frequency, now } from '../../../src/guest/timer'
import { alive, feedWatchdog, startWatchdog } from '../../../src/guest/watchdog'

export { onSync } from '../../../src/guest/entry'

const SIGNS: u32 = 4
/** Of a second: the time between two. */
const RATE: u64 = 50
/** Long enough for the heart-beat to be missed first. */
const WATCHDOG: u32 = 1000

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  print('hang: begins\n')
  for (let i: u32 = 0; i < SIGNS; i++) {
    sign(i)
    const until = now() + frequency() / RATE
    while (now() < until) {}
  }
  print('hang: hangs after ')
  printDecimal((now() * 1000) / frequency())
  print(' ms\n')
  for (;;) {}
}

function sign(round: u32): void {
  if (round === SIGNS / 2) startWatchdog(WATCHDOG)
  if (round >= SIGNS / 2) feedWatchdog()
  else if (!alive()) print('hang: nobody listens\n')
}

export function onIrq(_count: u64): void {}
