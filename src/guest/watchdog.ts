/** The watchdog of QEMU `virt`'s map as Bulkhead completes it: SP805 (DDI 0270). And the call that says "I am alive" without one. */

import { UART_CLOCK, WATCHDOG_IPA } from '../abi/guest-machine'
import { BULKHEAD_ALIVE } from '../arch/smccc'
import { INTEN, RESEN, UNLOCK, WdogControl, WdogIntClr, WdogLoad, WdogLock } from '../arch/sp805'
import { hvc, write32 } from './hw'

/** Its interrupt comes `milliseconds` after the last feeding, and the VM's end as long after that. */
export function startWatchdog(milliseconds: u32): void {
  write32(WATCHDOG_IPA + WdogLock, UNLOCK)
  write32(WATCHDOG_IPA + WdogLoad, milliseconds * (UART_CLOCK / 1000))
  write32(WATCHDOG_IPA + WdogControl, INTEN | RESEN)
}

export function feedWatchdog(): void {
  write32(WATCHDOG_IPA + WdogIntClr, 1)
}

/** A sign of life. False: nobody waits for one. */
export function alive(): bool {
  return hvc(BULKHEAD_ALIVE, 0, 0, 0) === 0
}
