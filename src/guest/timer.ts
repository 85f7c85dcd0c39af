/** The virtual timer, INTID 27. DDI 0487, "The Generic Timer in AArch64 state". */

import { TIMER_VIRTUAL_INTID } from '../abi/guest-machine'
import { cntfrq_el0, cntvct_el0, set_cntv_ctl_el0, set_cntv_cval_el0 } from './hw'

export const TIMER_INTID: u32 = TIMER_VIRTUAL_INTID

/** Ticks per second. */
export function frequency(): u64 {
  return cntfrq_el0()
}

export function now(): u64 {
  return cntvct_el0()
}

/** The interrupt is asserted from count `deadline` on, until the timer is set anew or stopped. */
export function setDeadline(deadline: u64): void {
  set_cntv_cval_el0(deadline)
  set_cntv_ctl_el0(1)
}

export function stopTimer(): void {
  set_cntv_ctl_el0(0)
}
