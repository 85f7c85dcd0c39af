/**
 * Wants all of its core and measures what it gets of ten seconds: it computes, and looks at the clock now and then. The clock goes
 * on while others run, so a gap between two readings is time that was theirs. Prints `bench share N` in hundredths of a percent.
 */

import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { frequency, now } from '../../../src/guest/timer'
import { compute } from './compute'

export { onSync } from '../../../src/guest/entry'

const SECONDS: u64 = 10
/** Of a second: longer than a turn below or an exit takes, shorter than anybody's budget. */
const GAP_PARTS: u64 = 40_000
/** Steps between two looks at the clock. */
const TURN: u32 = 500
const WHOLE: u64 = 10_000

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  const share = measure(frequency() * SECONDS, frequency() / GAP_PARTS)
  print('bench share ')
  printDecimal(share)
  print('\n')
  for (;;) compute(TURN) // the other has not measured its last second yet
}

function measure(duration: u64, gap: u64): u64 {
  const start = now()
  let last = start
  let own: u64 = 0
  while (last - start < duration) {
    compute(TURN)
    const time = now()
    if (time - last < gap) own += time - last
    last = time
  }
  const total = last - start
  return (own * WHOLE + total / 2) / total
}

/** No interrupt is enabled. */
export function onIrq(_count: u64): void {}
