/**
 * How much of its core does this program get? It reads the clock without a pause: the clock goes on while others run, so a gap
 * between two readings is time that was theirs. Every second it prints the rest.
 */

import { print, printDecimal } from '../../src/guest/console'
import { initGuest } from '../../src/guest/entry'
import { frequency, now } from '../../src/guest/timer'

export { onSync } from '../../src/guest/entry'

/** Of a second: longer than an exit to the hypervisor takes, and half of the shortest budget that there is. */
const GAP_PARTS: u64 = 40_000

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  print('share: measuring\n')
  for (;;) measure(frequency())
}

/** One line for one second, or a little more where the end of it was not ours. */
function measure(second: u64): void {
  const gap = second / GAP_PARTS
  // Printing is not measured: the clock starts anew behind it.
  const start = now()
  let last = start
  let own: u64 = 0
  while (last - start < second) {
    const time = now()
    const step = time - last
    if (step < gap) own += step
    last = time
  }
  const total = last - start
  print('share: ')
  printTenths((own * 1000 + total / 2) / total)
  print(' % of ')
  printTenths((total * 10 + second / 2) / second)
  print(' s\n')
}

function printTenths(tenths: u64): void {
  printDecimal(tenths / 10)
  print('.')
  printDecimal(tenths % 10)
}

/** No interrupt is enabled. */
export function onIrq(_count: u64): void {}
