/** What a guest's ID registers say: the CPU's own answer less what a VM does not have. DDI 0487, "ID_AA64..." registers.
 *
 * Kept is what EL1 and EL0 have by themselves. What needs a register of EL2's to let it (HCRX_EL2: MOPS, LS64), has registers that no
 * world switch moves (SCXTNUM, LORegions, those of ID_AA64MMFR3_EL1), or an exit that nobody answers (WFIT's time limit) is not. */

const CRM_AARCH32: u32 = 1
const CRM_PFR: u32 = 4
const CRM_DFR: u32 = 5
const CRM_ISAR: u32 = 6
const CRM_MMFR: u32 = 7

/** ID_AA64PFR0_EL1: kept are EL0, FP, AdvSIMD, GIC, DIT, CSV3; no EL2, EL3, RAS, SVE, SEL2, MPAM, AMU, RME. */
const PFR0_KEPT: u64 = 0xf00f_0000_0fff_000f
const PFR0_GIC: u64 = 0xf << 24
/** EL1 is AArch64 only: HCR_EL2.RW. */
const PFR0_EL1: u64 = 1 << 4
/** CSV2 at most 1: SCXTNUM_EL1 of 2 is not enabled (HCR_EL2.EnSCXT). */
const PFR0_CSV2_SHIFT: u64 = 56
/** ID_AA64PFR1_EL1: BT and SSBS; no MTE, RAS fraction, MPAM fraction, SME. */
const PFR1_KEPT: u64 = 0xff
/** ID_AA64DFR0_EL1: the counts of break- and watchpoints, which the architecture wants above 0, of Armv8. No PMU, trace, profiling. */
const DFR0_KEPT: u64 = 0xf0f0_f000
const DFR0_ARMV8: u64 = 6
/** ID_DFR0_EL1: CopDbg alone. */
const DFR0_32_KEPT: u64 = 0xf
/** ID_AA64ISAR1_EL1 without LS64; ID_AA64ISAR2_EL1 without WFxT, MOPS, the 128-bit instructions, ATS1A. */
const ISAR1_KEPT: u64 = ~((<u64>0xf) << 60)
const ISAR2_KEPT: u64 = 0x0fff_0f00_fff0_fff0
/** ID_AA64MMFR1_EL1 without VH, LO, TWED, HCX; ID_AA64MMFR2_EL1 without NV, FWB and EVT: all but LO are EL2's. */
const MMFR1_KEPT: u64 = ~(((<u64>0xf) << 8) | ((<u64>0xf) << 16) | ((<u64>0xf) << 32) | ((<u64>0xf) << 40))
const MMFR2_KEPT: u64 = 0xf0ff_00ff_f0ff_ffff

/** The value of register op0 3, op1 0, CRn 0, `crm`, `op2` for a guest, given the CPU's own. */
export function idRegister(crm: u32, op2: u32, value: u64, hasGicRegisters: bool): u64 {
  if (crm == CRM_PFR) {
    if (op2 == 0) return processorFeatures(value, hasGicRegisters)
    return op2 == 1 ? value & PFR1_KEPT : 0
  }
  if (crm == CRM_DFR) return op2 == 0 ? (value & DFR0_KEPT) | DFR0_ARMV8 : 0
  if (crm == CRM_ISAR) {
    if (op2 == 1) return value & ISAR1_KEPT
    if (op2 == 2) return value & ISAR2_KEPT
  }
  if (crm == CRM_MMFR) {
    if (op2 == 1) return value & MMFR1_KEPT
    if (op2 == 2) return value & MMFR2_KEPT
  }
  return crm == CRM_AARCH32 && op2 == 2 ? value & DFR0_32_KEPT : value
}

function processorFeatures(value: u64, hasGicRegisters: bool): u64 {
  const gic = hasGicRegisters ? 0 : PFR0_GIC
  return (value & PFR0_KEPT & ~gic) | PFR0_EL1 | ((<u64>(((value >> PFR0_CSV2_SHIFT) & 15) != 0)) << PFR0_CSV2_SHIFT)
}
