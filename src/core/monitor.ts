/** What only a Secure access sets up, where we were entered at EL3 and so are the firmware: boot/entry.S does it for EL2. */
import { MONITOR_WRITE32 } from '../abi/monitor'
import * as hw from '../hw'

const EL3: u32 = 3

/** No firmware but us is at EL3. Boot only. */
export let isOurs = false

/** `level`: the exception level that the loader entered us at. */
export function setEntry(level: u32): void {
  isOurs = level === EL3
}

/** A 32-bit write as Secure; nothing where EL3 is not ours. */
export function write32(pa: u64, value: u32): void {
  if (isOurs) hw.smc(MONITOR_WRITE32, pa, value, 0)
}
