/** Process state as SPSR holds it. DDI 0487, "SPSR_EL2, Saved Program Status Register (EL2)". */

/** EL1h, DAIF masked: how a CPU starts and how it takes an exception. */
export const EL1H_MASKED: u64 = 0x3c5

const MODE: u64 = 0x1f
const MODE_EL1T: u64 = 4
const MODE_EL1H: u64 = 5
const PAN: u64 = 1 << 22
/** N, Z, C, V, DIT and PAN outlive the entry to an exception. */
const KEPT: u64 = (0xf << 28) | (1 << 24) | PAN
/** SCTLR_EL1.SPAN: 0 sets PAN on entry. */
const SCTLR_SPAN: u64 = 1 << 23

/** Offset from VBAR_EL1 of the synchronous vector for an exception from this state. */
export function vectorOffset(spsr: u64): u64 {
  const mode = spsr & MODE
  if (mode == MODE_EL1T) return 0
  if (mode == MODE_EL1H) return 0x200
  return mode & 0x10 ? 0x600 : 0x400
}

export function isEl0(spsr: u64): bool {
  return (spsr & MODE) != MODE_EL1T && (spsr & MODE) != MODE_EL1H
}

/** The state in which EL1 takes an exception from `spsr`. DDI 0487, "Process state, PSTATE": what changes on entry. */
export function onEntry(spsr: u64, sctlr: u64, hasPan: bool): u64 {
  const state = (spsr & KEPT) | EL1H_MASKED
  return hasPan && !(sctlr & SCTLR_SPAN) ? state | PAN : state
}
