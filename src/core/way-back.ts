/** The two ways back into a guest; boot/vectors.S has the other half. */
import * as hw from '../hw'
import { Vcpu } from './vcpu'

/** In an exit's result: the same vCPU goes on with x19 to x29, ELR_EL2 and SPSR_EL2 as they are in the CPU; only the other
 * registers are read from its page. Without it everything is. */
export const CONTINUE: usize = 1

/** Instructions are four bytes: AArch32 state exists at EL0 only, whose traps become EL1's. */
export const INSTRUCTION: u64 = 4

/** Past the instruction that trapped, in the record and in the CPU. */
export function step(vcpu: Vcpu): void {
  const next = vcpu.elr + INSTRUCTION
  vcpu.elr = next
  hw.set_elr_el2(next)
}

/** The first register that a C call preserves, and so the first that CONTINUE does not read back. */
export const FIRST_PRESERVED: u32 = 19
/** x30 and, as an operand, the zero register are above the preserved ones. */
export const LAST_PRESERVED: u32 = 29
