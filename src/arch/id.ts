/** What a guest's ID registers say: the CPU's own answer less what a VM does not have. DDI 0487, "ID_AA64..." registers. */

const CRM_PFR: u32 = 4
const CRM_DFR: u32 = 5
const CRM_MMFR: u32 = 7

/** ID_AA64PFR0_EL1: kept are EL0, EL1, FP, AdvSIMD, GIC, DIT, CSV2, CSV3; no EL2, EL3, RAS, SVE, SEL2, MPAM, AMU. */
const PFR0_KEPT: u64 = 0xff0f_0000_0fff_00ff
const PFR0_GIC: u64 = 0xf << 24
/** ID_AA64PFR1_EL1: BT and SSBS; no MTE, RAS fraction, MPAM fraction, SME. */
const PFR1_KEPT: u64 = 0xff
/** ID_AA64DFR0_EL1: DebugVer (Armv8), and the counts of break- and watchpoints, which the architecture wants above 0. No
 * PMU, trace, profiling. */
const DFR0_KEPT: u64 = 0xf0f0_f00f
/** ID_AA64MMFR1_EL1 without VH; ID_AA64MMFR2_EL1 without NV, FWB and EVT: they are EL2's. */
const MMFR1_KEPT: u64 = ~((<u64>0xf) << 8)
const MMFR2_KEPT: u64 = 0xf0ff_00ff_f0ff_ffff

/** The value of register op0 3, op1 0, CRn 0, `crm`, `op2` for a guest, given the CPU's own. */
export function idRegister(crm: u32, op2: u32, value: u64, hasGicRegisters: bool): u64 {
  if (crm == CRM_PFR) {
    if (op2 == 0) return value & (hasGicRegisters ? PFR0_KEPT : PFR0_KEPT & ~PFR0_GIC)
    return op2 == 1 ? value & PFR1_KEPT : 0
  }
  if (crm == CRM_DFR) return op2 == 0 ? value & DFR0_KEPT : 0
  if (crm == CRM_MMFR) {
    if (op2 == 1) return value & MMFR1_KEPT
    if (op2 == 2) return value & MMFR2_KEPT
  }
  return value
}
