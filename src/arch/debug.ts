/** Self-hosted debug. DDI 0487, "Debug registers", and "AArch64 Self-hosted Debug". */

/** MDSCR_EL1. */
export namespace MDSCR {
  /** Software step, and monitor debug events: break- and watchpoints. */
  export const SS: u64 = 1
  export const MDE: u64 = 1 << 15
}

/** MDCR_EL2.TDE: debug exceptions of EL1 and EL0 are taken to EL2. */
export const TDE: u64 = 1 << 8
/** MDCR_EL2.TDA: debug registers are trapped, but for those that TDOSA and TDRA trap. */
export const TDA: u64 = 1 << 9
/** SPSR_EL2.SS. */
export const SPSR_SS: u64 = 1 << 21

/** DBGBCR<n>_EL1: E, PMC for EL1 and EL0, BAS for an A64 instruction; an unlinked address match. */
export const BREAKPOINT_CONTROL: u64 = 1 | (3 << 1) | (0xf << 5)

/** DBGWCR<n>_EL1: E, PAC for EL1 and EL0, LSC, and BAS: a bit for each byte of the doubleword. */
export function watchpointControl(loadStore: u32, first: u32, length: u32): u64 {
  const bytes: u64 = ((1 << length) - 1) << first
  return 1 | (3 << 1) | ((<u64>loadStore) << 3) | ((bytes & 0xff) << 5)
}

/** ID_AA64DFR0_EL1: BRPs and WRPs, one less than there are. */
export function breakpointsOf(dfr0: u64): u32 {
  return ((<u32>dfr0 >> 12) & 15) + 1
}

export function watchpointsOf(dfr0: u64): u32 {
  return ((<u32>dfr0 >> 20) & 15) + 1
}
