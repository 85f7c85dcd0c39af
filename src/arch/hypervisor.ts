/** What EL2 lets a guest do by itself: values of the configuration registers while a guest runs. DDI 0487, each register. */

/** HCR_EL2: VM, SWIO, PTW, FMO, IMO, AMO; FB and BSU so that maintenance and barriers reach the other vCPUs' CPUs; TID3
 * (ID registers), TSC, TIDCP, TACR; RW; TLOR and TERR (LORegions, error records of the board); APK and API so that pointer authentication is the guest's own. Set/way maintenance
 * is not trapped: SWIO makes invalidation also clean, and a pinned vCPU's caches are its CPU's. */
export const GUEST_HCR: u64 =
  (1 << 0) |
  (1 << 1) |
  (1 << 2) |
  (1 << 3) |
  (1 << 4) |
  (1 << 5) |
  (1 << 9) |
  (1 << 10) |
  (1 << 18) |
  (1 << 19) |
  (1 << 20) |
  (1 << 21) |
  ((<u64>1) << 31) |
  ((<u64>1) << 35) |
  ((<u64>1) << 36) |
  ((<u64>1) << 40) |
  ((<u64>1) << 41)

/** The same with TWI: a vCPU that shares its CPU gives it away in WFI. */
export const SHARED_HCR: u64 = GUEST_HCR | (1 << 13)

/** CPTR_EL2: RES1 bits, TZ (SVE), TSM (SME), TTA (trace), TAM (activity monitors, which count for all VMs); FP/SIMD is the
 * guest's. */
export const GUEST_CPTR: u64 = 0x32ff | (1 << 8) | (1 << 20) | (1 << 30)

/** MDCR_EL2: TPM and TPMCR (PMU), TDA, TDOSA, TDRA (debug), TPMS (profiling), TTRF (trace filter). */
const GUEST_MDCR: u64 = (1 << 5) | (1 << 6) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 14) | (1 << 19)

/** MDCR_EL2 given the CPU's ID_AA64DFR0_EL1 and its count of PMU counters: HPMN below that count would be CONSTRAINED
 * UNPREDICTABLE at 0, so all counters stay on the guest's side, where they are trapped. */
export function guestMdcr(dfr0: u64, counters: u64): u64 {
  const pmu = (dfr0 >> 8) & 15
  return pmu == 0 || pmu == 15 ? GUEST_MDCR : GUEST_MDCR | counters
}

/** CNTHCTL_EL2: EL1PCTEN, EL1PCEN: the physical counter and timer are the guest's, as the virtual ones are. */
export const GUEST_CNTHCTL: u64 = 3
