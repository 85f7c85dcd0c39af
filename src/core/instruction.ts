/** What a guest executes. */
import * as hw from '../hw'
import { ramHolds, ramVa, Vm } from './vm'

/** What `instructionAt` answers where the VM has no RAM: permanently undefined as an instruction. */
export const NO_INSTRUCTION: u32 = 0
/** PAR_EL1: F, and the address. */
const PAR_FAULT: u64 = 1
const PAR_ADDRESS: u64 = 0xf_ffff_ffff_f000
const PAGE_OFFSET: u64 = 0xfff

/** The guest's instruction at a virtual address of the vCPU that this CPU holds. */
export function instructionAt(vm: Vm, va: u64): u32 {
  const par = hw.at_s1e1r(va)
  if (par & PAR_FAULT || va & 3) return NO_INSTRUCTION
  const ipa = (par & PAR_ADDRESS) | (va & PAGE_OFFSET)
  if (!ramHolds(vm, ipa, 4)) return NO_INSTRUCTION
  const word = hw.load64(ramVa(vm, ipa & ~7))
  return <u32>(ipa & 4 ? word >> 32 : word)
}
