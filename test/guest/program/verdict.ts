/** How an isolation guest in AssemblyScript ends: `PASS name` or `FAIL name why number`, and the machine is off. */

import { print, printDecimal } from '../../../src/guest/console'
import { systemOff } from '../../../src/guest/psci'

export function pass(name: string): void {
  print('PASS ')
  print(name)
  print('\n')
  systemOff()
}

export function fail(name: string, why: string, number: u64): void {
  print('FAIL ')
  print(name)
  print(' ')
  print(why)
  print(' ')
  printDecimal(number)
  print('\n')
  systemOff()
}
