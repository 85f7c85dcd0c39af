/** Where a guest's access that stage 2 refused went. DDI 0487, "HPFAR_EL2, Hypervisor IPA Fault Address Register". */
import * as hw from '../hw'

/** HPFAR_EL2.FIPA: bits 43:4 are bits 51:12 of the IPA. */
const FIPA: u64 = 0xfff_ffff_fff0
const PAGE_OFFSET: u64 = 0xfff

/** The IPA, of a translation fault; for other aborts neither register says anything. */
export function faultIpa(): u64 {
  return ((hw.hpfar_el2() & FIPA) << 8) | (hw.far_el2() & PAGE_OFFSET)
}
