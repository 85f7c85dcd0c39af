/** Exceptions that a guest takes at its own EL1: the architecture's answer to what it may not do. */
import { EC, IL } from '../arch/esr'
import { isEl0, onEntry, vectorOffset } from '../arch/pstate'
import * as hw from '../hw'
import { Vcpu } from './vcpu'

/** ID_AA64MMFR1_EL1.PAN. */
const PAN_SHIFT: u64 = 20

/** Undefined instruction; the PC is the instruction's. */
export function undefined(vcpu: Vcpu): void {
  exception(vcpu, ((<u64>EC.Unknown) << 26) | IL)
}

/** Synchronous external abort for the access that trapped with `esr`; `fault` is its DFSC or IFSC. */
export function abort(vcpu: Vcpu, esr: u64, fault: u64): void {
  const isData = <u32>esr >> 26 == EC.DataAbortLower
  const lower: u32 = isData ? EC.DataAbortLower : EC.InstructionAbortLower
  // The class of an abort that EL1 takes from itself is one above that from EL0.
  const code = isEl0(vcpu.spsr) ? lower : lower + 1
  const write = isData ? esr & (1 << 6) : 0
  hw.set_far_el1(hw.far_el2())
  exception(vcpu, ((<u64>code) << 26) | IL | write | fault)
}

/** An exception that EL1 would have taken itself, had EL2 not been in front. */
export function exception(vcpu: Vcpu, esr: u64): void {
  const hasPan = ((hw.id_aa64mmfr1_el1() >> PAN_SHIFT) & 15) != 0
  hw.set_esr_el1(esr)
  hw.set_elr_el1(vcpu.elr)
  hw.set_spsr_el1(vcpu.spsr)
  vcpu.elr = hw.vbar_el1() + vectorOffset(vcpu.spsr)
  vcpu.spsr = onEntry(vcpu.spsr, hw.sctlr_el1(), hasPan)
}
