/** Computes for a second on a core of its own, and prints how often that made it leave for the hypervisor: `bench exits N`. */

import { STAT_ACCESSES, STAT_HYPERCALLS, STAT_INTERRUPTS, STAT_TRAPS } from '../../../src/abi/compartment'
import { BULKHEAD_STATISTIC } from '../../../src/arch/smccc'
import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { hvc } from '../../../src/guest/hw'
import { systemOff } from '../../../src/guest/psci'
import { frequency, now } from '../../../src/guest/timer'
import { compute } from './compute'

export { onSync } from '../../../src/guest/entry'

const TURN: u32 = 10_000
/** What `exits` reads with, each a call: so many lie between the first reading of one counter and its second. */
const CALLS: u64 = 4

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  const before = exits()
  const end = now() + frequency()
  while (now() < end) compute(TURN)
  const caused = exits() - before - CALLS
  print('bench exits ')
  printDecimal(caused)
  print('\n')
  systemOff()
}

function exits(): u64 {
  return statistic(STAT_HYPERCALLS) + statistic(STAT_ACCESSES) + statistic(STAT_INTERRUPTS) + statistic(STAT_TRAPS)
}

function statistic(which: u64): u64 {
  return hvc(BULKHEAD_STATISTIC, which, 0, 0)
}

/** No interrupt is enabled. */
export function onIrq(_count: u64): void {}
