/** The physical interrupt controller, whichever of the two the board has: interrupts for EL2, list registers for vCPUs. */
import * as hw from '../hw'
import { Cpu } from './cpu'
import * as v2 from './gicv2'
import * as v3 from './gicv3'
import { gicVersion } from './machine'
import { Vcpu } from './vcpu'

/** INTIDs from here on are not interrupts: spurious. */
export const SPECIAL: u32 = 1020
/** The INTID in what `take` returns. */
export const INTID: u32 = 0x3ff

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

/** Which CPU a shared interrupt goes to. One CPU at a time. */
export function routeSpi(intid: u32, cpu: Cpu): void {
  if (gicVersion == 3) v3.routeSpi(intid, cpu)
  else v2.routeSpi(intid, cpu)
}

/** GICv2: physical address of the CPU interface that guests use, 8 KiB. */
export function guestInterface(): u64 {
  return v2.guestInterface()
}

/** Takes an interrupt: acknowledged, and its priority dropped so that others may come while it is active. What IAR says: the
 * INTID in bits 9:0, SPECIAL or above if there is none; on GICv2 an SGI's sender above it. */
export function take(): u32 {
  if (gicVersion == 3) {
    const iar = <u32>hw.icc_iar1_el1()
    if (iar < SPECIAL) hw.set_icc_eoir1_el1(<u64>iar)
    return iar
  }
  return v2.take()
}

export function deactivate(iar: u32): void {
  if (gicVersion == 3) hw.set_icc_dir_el1(<u64>iar)
  else v2.deactivate(iar)
}

/** No interrupt ends this CPU's WFI any more: neither a physical nor a listed one. */
export function silence(): void {
  if (gicVersion == 3) v3.silence()
  else v2.silence()
}

/** Interrupts another CPU; what it is to see is written before. */
export function kick(cpu: Cpu): void {
  hw.dsb_ish() // the request before the interrupt
  if (gicVersion == 3) {
    hw.set_icc_sgi1r_el1(cpu.sgi)
    hw.isb()
  } else v2.sendSgi(cpu.sgi)
}

/** Which of these private interrupts (a bitmap) are active on this CPU; they are no more. */
export function takeActive(cpu: Cpu, bits: u32): u32 {
  return gicVersion == 3 ? v3.takeActive(cpu, bits) : v2.takeActive(bits)
}

export function setActive(cpu: Cpu, bits: u32): void {
  if (gicVersion == 3) v3.setActive(cpu, bits)
  else v2.setActive(bits)
}

/** The virtual CPU interface and its list registers, to and from a vCPU's record. */
export function saveVcpu(vcpu: Vcpu): void {
  if (gicVersion == 3) v3.saveVcpu(vcpu)
  else v2.saveVcpu(vcpu)
}

export function loadVcpu(vcpu: Vcpu): void {
  if (gicVersion == 3) v3.loadVcpu(vcpu)
  else v2.loadVcpu(vcpu)
}

export function resetVcpu(): void {
  if (gicVersion == 3) v3.resetVcpu()
  else v2.resetVcpu()
}

/** An interrupt that no physical one stands behind. */
export function writeListRegister(i: u32, lr: u64): void {
  if (gicVersion == 3) hw.set_ich_lr_el2(i, lr)
  else v2.writeListRegister(i, lr)
}

/** Fills list register `i` as `lr` says, and with the end of the physical interrupt that it stands for. */
export function writeLinked(i: u32, lr: u64, intid: u32): void {
  if (gicVersion == 3) hw.set_ich_lr_el2(i, (lr & ~((<u64>0x3ff) << 32)) | ((<u64>1) << 61) | ((<u64>intid) << 32))
  else v2.writeLinked(i, <u32>(lr >> 32), intid)
}

export function readListRegister(i: u32): u64 {
  return gicVersion == 3 ? hw.ich_lr_el2(i) : v2.readListRegister(i)
}

/** A list register holds a pending interrupt for the current vCPU. */
export function hasListedPending(): bool {
  let used = ~emptyListRegisters() & ((1 << listRegisters()) - 1)
  while (used) {
    if ((readListRegister(ctz(used)) >> 62) & 1) return true
    used &= used - 1
  }
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
