/** Power calls to the firmware or hypervisor. DEN 0022, "Function definitions". */

import { entered_at, hvc, smc, wfi } from './hw'

export const PSCI_VERSION: u64 = 0x8400_0000
export const PSCI_SYSTEM_OFF: u64 = 0x8400_0008
export const PSCI_SYSTEM_RESET: u64 = 0x8400_0009

let bySmc = false

/** A program that was entered at EL2 has nobody there any more: firmware answers SMC. */
export function initPsci(level: u32): void {
  bySmc = level === 2
  entered_at(level)
}

export function psci(id: u64, a1: u64 = 0, a2: u64 = 0, a3: u64 = 0): u64 {
  return bySmc ? smc(id, a1, a2, a3) : hvc(id, a1, a2, a3)
}

export function systemOff(): void {
  psci(PSCI_SYSTEM_OFF)
  for (;;) wfi()
}

export function systemReset(): void {
  psci(PSCI_SYSTEM_RESET)
  for (;;) wfi()
}
