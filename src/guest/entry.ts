/**
 * A guest program's first and last words. Its entry file exports `main(dtb, start, level)`, `onIrq(count)` and `onSync`;
 * most hand on this file's `onSync`. boot/guest.S calls them: interrupts masked, MMU and caches on, one CPU.
 */

import { print, printHex } from './console'
import { initPsci, systemOff } from './psci'

/** Call first in `main`. `level` is the exception level that the machine entered the program at. */
export function initGuest(level: u32): void {
  initPsci(level)
}

/** A synchronous exception or SError that nobody expects: says what the CPU says and ends the machine. Else: where to go on. */
export function onSync(esr: u64, far: u64, elr: u64): u64 {
  print('unexpected exception: esr ')
  printHex(esr)
  print(' far ')
  printHex(far)
  print(' elr ')
  printHex(elr)
  print('\n')
  systemOff()
  return elr
}
