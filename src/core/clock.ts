/** The time of day, where the board has a PL031 (DDI 0224): read once at boot, kept by the counter. */
import * as hw from '../hw'
import { deviceVa } from './address'
import { rtcPa } from './machine'
import { mapDevice, unmap } from './stage1'

const RTCDR: u64 = 0

/** Seconds since 1970 when the counter read 0; 0: unknown. Boot only. */
let start: u64 = 0

export function read(): void {
  if (!rtcPa || !mapDevice(rtcPa, 0x1000)) return
  const now = <u64>hw.read32(deviceVa(rtcPa) + RTCDR)
  unmap(deviceVa(rtcPa), 0x1000)
  const up = hw.cntpct_el0() / hw.cntfrq_el0()
  if (now > up) start = now - up
}

/** Seconds since 1970 at the given physical count, 0 if the board has no clock. */
export function epochAt(count: u64): u64 {
  return start ? start + count / hw.cntfrq_el0() : 0
}
