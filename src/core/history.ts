/**
 * The last exits of a vCPU, in a ring of its own record, always written: what came before a fault, for its report
 * (src/core/report-history.ts). HVC #0 is counted and not kept: there is no instruction left for it (doc/why/last-exits.md).
 */
import { HISTORY_AT, HISTORY_SIZE, Vcpu } from './vcpu'

/** Exits that are kept. */
export const HISTORY: u32 = 16
const SLOT_SHIFT: u32 = 5
/** The bits of a slot's place in the ring, which in the address of a record, a page of its own, are 0. */
const SLOTS: usize = (HISTORY - 1) << SLOT_SHIFT
if (HISTORY << SLOT_SHIFT != HISTORY_SIZE) ERROR('the ring of exits is laid out wrong')
/** Words of a slot. */
const WHAT: usize = HISTORY_AT
const PC: usize = HISTORY_AT + 8
const WHERETO: usize = HISTORY_AT + 16
const INTID: u64 = 0x3ff
/** What interrupts leave is less, a syndrome is not: IL or its class is in each. */
const LEAST_SYNDROME: u64 = 1 << 24

/** The exit that `Vcpu.exits` counted up to `count`; `what` is its ESR_EL2, of an interrupt what GICC_IAR or ICC_IAR1_EL1 read. */
export function noteExit(vcpu: Vcpu, count: u64, what: u64, pc: u64): void {
  const at = slotOf(vcpu, count)
  store<u64>(at, what, WHAT)
  store<u64>(at, pc, PC)
}

/** Besides: of an abort the IPA, of a call x0, with which a guest has said what it wants. */
export function noteWhereto(vcpu: Vcpu, count: u64, whereto: u64): void {
  store<u64>(slotOf(vcpu, count), whereto, WHERETO)
}

function slotOf(vcpu: Vcpu, count: u64): usize {
  return (changetype<usize>(vcpu) & ~SLOTS) | (((<usize>count) << SLOT_SHIFT) & SLOTS)
}

/** How many are kept. */
export function keptOf(vcpu: Vcpu): u32 {
  return vcpu.exits < <u64>HISTORY ? <u32>vcpu.exits : HISTORY
}

/** Of the exit `back` before the last. */
export function whatWas(vcpu: Vcpu, back: u32): u64 {
  return load<u64>(slotOf(vcpu, vcpu.exits - back), WHAT)
}

export function pcWas(vcpu: Vcpu, back: u32): u64 {
  return load<u64>(slotOf(vcpu, vcpu.exits - back), PC)
}

export function wheretoWas(vcpu: Vcpu, back: u32): u64 {
  return load<u64>(slotOf(vcpu, vcpu.exits - back), WHERETO)
}

/** GICv2 has an SGI's sender above it. */
export function intidOf(what: u64): u64 {
  return what & INTID
}

export function isInterrupt(what: u64): bool {
  return what < LEAST_SYNDROME
}

/** Accesses to what stage 2 does not map, since the VM started. What another CPU reads of these counts may be a moment apart. */
export function accessesOf(vcpu: Vcpu): u64 {
  const others = vcpu.interrupts + vcpu.traps
  const all = vcpu.exits
  return all > others ? all - others : 0
}
