/** SMC Calling Convention. DEN 0028 "Function Identifiers" and "Arm Architecture Calls". */

/** Major version in bits 31:16, minor in 15:0. */
export const SMCCC_1_2 = 0x1_0002

export const SMCCC_VERSION = 0x8000_0000
export const SMCCC_ARCH_FEATURES = 0x8000_0001
export const SMCCC_ARCH_SOC_ID = 0x8000_0002

/** Fast call, calling convention (SMC64), and the service that owns the function: bits of a function identifier. */
export const SMCCC_FAST = 0x8000_0000
export const SMCCC_64 = 0x4000_0000

export const SMCCC_SUCCESS = 0
export const SMCCC_NOT_SUPPORTED = -1

/** Paravirtualized time, DEN 0057A. */
export const PV_TIME_FEATURES: u32 = 0xc500_0020
export const PV_TIME_ST: u32 = 0xc500_0021

/** Bulkhead's own: vendor-specific hypervisor service. x1 = STAT_*; returns the figure. */
export const BULKHEAD_STATISTIC: u32 = 0xc600_0000
/** A sign of life: 0, or NOT_SUPPORTED where nobody waits for one. */
export const BULKHEAD_ALIVE: u32 = 0xc600_0001
