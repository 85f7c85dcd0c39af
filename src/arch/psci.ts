/** Power State Coordination Interface. DEN 0022 "PSCI functions" and "Return error codes". */

/** Major version in bits 31:16, minor in 15:0. */
export const PSCI_1_1 = 0x1_0001

export const PSCI_VERSION = 0x8400_0000
export const PSCI_CPU_SUSPEND_32 = 0x8400_0001
export const PSCI_CPU_OFF = 0x8400_0002
export const PSCI_CPU_ON_32 = 0x8400_0003
export const PSCI_AFFINITY_INFO_32 = 0x8400_0004
export const PSCI_MIGRATE_INFO_TYPE = 0x8400_0006
export const PSCI_SYSTEM_OFF = 0x8400_0008
export const PSCI_SYSTEM_RESET = 0x8400_0009
export const PSCI_FEATURES = 0x8400_000a
export const PSCI_SYSTEM_SUSPEND_32 = 0x8400_000e
export const PSCI_SYSTEM_RESET2_32 = 0x8400_0012
export const PSCI_CPU_SUSPEND_64 = 0xc400_0001
export const PSCI_CPU_ON_64 = 0xc400_0003
export const PSCI_AFFINITY_INFO_64 = 0xc400_0004
export const PSCI_SYSTEM_SUSPEND_64 = 0xc400_000e
export const PSCI_SYSTEM_RESET2_64 = 0xc400_0012

export const PSCI_SUCCESS = 0
export const PSCI_NOT_SUPPORTED = -1
export const PSCI_INVALID_PARAMETERS = -2
export const PSCI_DENIED = -3
export const PSCI_ALREADY_ON = -4
export const PSCI_ON_PENDING = -5
export const PSCI_INVALID_ADDRESS = -9

/** AFFINITY_INFO's answers. */
export const PSCI_AFFINITY_ON = 0
export const PSCI_AFFINITY_OFF = 1
export const PSCI_AFFINITY_ON_PENDING = 2

/** MIGRATE_INFO_TYPE: no Trusted OS that would need migration. */
export const PSCI_MIGRATE_NOT_NEEDED = 2

/** CPU_SUSPEND's power_state in the original format: the reserved bits, and the one that asks for power-down. */
export const PSCI_POWER_STATE_RESERVED = 0xfcfe_0000
export const PSCI_POWER_STATE_POWERDOWN = 0x1_0000

/** SYSTEM_RESET2's only architected reset type. */
export const PSCI_SYSTEM_WARM_RESET = 0
