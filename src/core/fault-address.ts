/** Where a guest's access that stage 2 refused went. DDI 0487, "HPFAR_EL2, Hypervisor IPA Fault Address Register". */
import { DataAbort } from '../arch/esr'
import * as hw from '../hw'

/** HPFAR_EL2.FIPA: bits 43:4 are bits 51:12 of the IPA. */
const FIPA: u64 = 0xfff_ffff_fff0
const PAGE_OFFSET: u64 = 0xfff

/** The IPA, of a fault for which `DataAbort.hasIpa`; of a walk its page. For others the register is UNKNOWN: what an earlier one left. */
export function faultIpa(): u64 {
  return ((hw.hpfar_el2() & FIPA) << 8) | (hw.far_el2() & PAGE_OFFSET)
}

/** Of any abort, for reports: the IPA, or where nobody knows it, the guest's own address. It is not looked up: the guest's tables may have
 * changed since, and an AT instruction would take what goes wrong on its walk as EL2's own exception. */
export function faultPlace(esr: u64): u64 {
  if (DataAbort.isTableWalk(esr)) return faultIpa() & ~PAGE_OFFSET
  return DataAbort.hasIpa(esr) ? faultIpa() : hw.far_el2()
}
