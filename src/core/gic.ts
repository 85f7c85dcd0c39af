/** The physical interrupt controller, whichever of the two the board has: interrupts for EL2, list registers for vCPUs. */
import * as hw from '../hw'
import { Cpu } from './cpu'
import * as v2 from './gicv2'
import * as v3 from './gicv3'
import { gicVersion } from './machine'

/** INTIDs from here on are not interrupts: spurious. */
export const SPECIAL: u32 = 1020
/** The SGI that core sends itself across CPUs. */
export const KICK_SGI: u32 = 0

export function init(): bool {
  return gicVersion == 3 ? v3.init() : gicVersion == 2 ? v2.init() : false
}

export function initCpu(cpu: Cpu): bool {
  return gicVersion == 3 ? v3.initCpu(cpu) : v2.initCpu(cpu)
}

export function listRegisters(): u32 {
  return gicVersion == 3 ? v3.listRegisters : v2.listRegisters
}

export function enableSpi(intid: u32, cpu: Cpu): void {
  if (gicVersion == 3) v3.enableSpi(intid, cpu)
  else v2.enableSpi(intid, cpu)
}

/** What IAR says: the INTID in bits 9:0, on GICv2 an SGI's sender above it. */
export function acknowledge(): u32 {
  if (gicVersion == 3) return <u32>hw.icc_iar1_el1()
  return v2.acknowledge()
}

export function dropPriority(iar: u32): void {
  if (gicVersion == 3) hw.set_icc_eoir1_el1(<u64>iar)
  else v2.dropPriority(iar)
}

export function deactivate(iar: u32): void {
  if (gicVersion == 3) hw.set_icc_dir_el1(<u64>iar)
  else v2.deactivate(iar)
}

/** Interrupts another CPU; what it is to see is written before. */
export function kick(cpu: Cpu): void {
  hw.dsb_ish() // the request before the interrupt
  if (gicVersion == 3) {
    hw.set_icc_sgi1r_el1(cpu.sgi)
    hw.isb()
  } else v2.sendSgi(cpu.sgi)
}

/** Ends the active state of a private interrupt that a vCPU left behind; on its own CPU. */
export function forget(cpu: Cpu, intid: u32): void {
  if (gicVersion == 3) v3.forget(cpu, intid)
  else v2.forget(intid)
}

export function resetVcpu(): void {
  if (gicVersion == 3) v3.resetVcpu()
  else v2.resetVcpu()
}

export function writeListRegister(i: u32, lr: u64): void {
  if (gicVersion == 3) hw.set_ich_lr_el2(i, lr)
  else v2.writeListRegister(i, lr)
}

/** Fills list register `i` as `lr` says, and with the end of the physical interrupt that it stands for. */
export function writeTimer(i: u32, lr: u64, intid: u32): void {
  if (gicVersion == 3) hw.set_ich_lr_el2(i, (lr & ~((<u64>0x3ff) << 32)) | ((<u64>1) << 61) | ((<u64>intid) << 32))
  else v2.writeTimer(i, <u32>(lr >> 32), intid)
}

export function readListRegister(i: u32): u64 {
  return gicVersion == 3 ? hw.ich_lr_el2(i) : v2.readListRegister(i)
}

/** A list register holds a pending interrupt for the current vCPU. */
export function hasListedPending(): bool {
  for (let i: u32 = 0; i < listRegisters(); i++) if ((readListRegister(i) >> 62) & 1) return true
  return false
}

export function emptyListRegisters(): u32 {
  return gicVersion == 3 ? <u32>hw.ich_elrsr_el2() : v2.emptyListRegisters()
}

export function endedListRegisters(): u32 {
  return gicVersion == 3 ? <u32>hw.ich_eisr_el2() : v2.endedListRegisters()
}

export function maintenanceStatus(): u32 {
  return gicVersion == 3 ? <u32>hw.ich_misr_el2() : v2.status()
}

export function hypervisorControl(): u32 {
  return gicVersion == 3 ? <u32>hw.ich_hcr_el2() : v2.control()
}

export function setHypervisorControl(bits: u32): void {
  if (gicVersion == 3) hw.set_ich_hcr_el2(<u64>bits | v3.ICH_HCR_EN)
  else v2.setControl(bits)
}
