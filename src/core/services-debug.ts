/** What core does for a debugger, by way of host. Under host.lock, so nothing here prints or waits; a VM that does not halt under its
 * debugger has neither registers nor memory here. */
import {
  REGISTER_FPCR,
  REGISTER_FPSR,
  REGISTER_HALT,
  REGISTER_HALT_AT,
  REGISTER_ON,
  REGISTER_PC,
  REGISTER_PSTATE,
  REGISTER_SP,
  REGISTER_V,
} from '../abi/debug'
import { STATE_PAUSED } from '../abi/life'
import { SPSR_SS } from '../arch/debug'
import { isEl0 } from '../arch/pstate'
import * as hw from '../hw'
import * as point from './debug-point'
import { NOWHERE, placeOf, read } from './debug-walk'
import { stateOf } from './state'
import { recorded, recordWord, setTracing } from './trace'
import { EL1_AT, Power, powerOf, Vcpu, vcpuAt } from './vcpu'
import { ramHolds, ramVa, vmAt, vmCount } from './vm'

export { debug } from './debug'

/** In what hw.save_el1 wrote: boot/world.S. */
const SP_EL0: usize = EL1_AT + 120
const SP_EL1: usize = EL1_AT + 128
const FPCR: usize = EL1_AT + 184
const FPSR: usize = EL1_AT + 192
const V: usize = EL1_AT + 208
/** SPSR_EL2.M[0]: EL1 with its own stack pointer. */
const OWN_STACK: u64 = 1
/** SPSR_EL2 as a debugger may set it: N, Z, C, V, D, A, I, F; the exception level stays. */
const FLAGS: u64 = (0xf << 28) | (0xf << 6)

function halted(index: u32): bool {
  return index < vmCount && vmAt(index).isDebugged !== 0 && stateOf(vmAt(index)) === STATE_PAUSED
}

/** The vCPU of a VM that halts, or 0. */
function haltedVcpu(vm: u32, index: u32): usize {
  return halted(vm) && index < vmAt(vm).vcpuCount ? changetype<usize>(vcpuAt(vmAt(vm).firstVcpu + index)) : 0
}

export function debugHalts(vm: u32): u32 {
  return halted(vm) ? 1 : 0
}

export function debugVcpus(vm: u32): u32 {
  return halted(vm) ? vmAt(vm).vcpuCount : 0
}

/** REGISTER_*, x0 to x30 from 0 on. */
export function debugRegister(vm: u32, index: u32, which: u32): u64 {
  const at = haltedVcpu(vm, index)
  if (!at) return 0
  const vcpu = changetype<Vcpu>(at)
  switch (which) {
    case REGISTER_PC:
      return vcpu.elr
    case REGISTER_PSTATE:
      return vcpu.spsr & ~SPSR_SS
    case REGISTER_HALT:
      return vcpu.halt
    case REGISTER_HALT_AT:
      return vcpu.haltAt
    case REGISTER_ON:
      return powerOf(vcpu) === Power.Off ? 0 : 1
  }
  const register = registerAt(vcpu, which)
  return register ? load<u64>(register) : 0
}

/** 1: it is done. */
export function debugSetRegister(vm: u32, index: u32, which: u32, value: u64): u32 {
  const at = haltedVcpu(vm, index)
  if (!at) return 0
  const vcpu = changetype<Vcpu>(at)
  if (which === REGISTER_PC) vcpu.elr = value
  else if (which === REGISTER_PSTATE) vcpu.spsr = (vcpu.spsr & ~FLAGS) | (value & FLAGS)
  else {
    const register = registerAt(vcpu, which)
    if (!register) return 0
    store<u64>(register, value)
  }
  return 1
}

/** Where the record has it, 0 if nowhere. */
function registerAt(vcpu: Vcpu, which: u32): usize {
  const at = changetype<usize>(vcpu)
  if (which < <u32>REGISTER_SP) return at + ((<usize>which) << 3)
  if (which === REGISTER_SP) return at + (isEl0(vcpu.spsr) || !(vcpu.spsr & OWN_STACK) ? SP_EL0 : SP_EL1)
  if (which >= <u32>REGISTER_V && which < <u32>REGISTER_FPSR) return at + V + ((<usize>(which - REGISTER_V)) << 3)
  if (which === REGISTER_FPSR) return at + FPSR
  return which === REGISTER_FPCR ? at + FPCR : 0
}

/** IPA of a guest's address, all ones where there is no RAM of its own. */
export function debugPlace(vm: u32, index: u32, va: u64): u64 {
  const at = haltedVcpu(vm, index)
  if (!at) return NOWHERE
  const ipa = placeOf(changetype<Vcpu>(at), va)
  return ramHolds(vmAt(vm), ipa, 1) ? ipa : NOWHERE
}

/** The 8 bytes of RAM that hold `ipa`, aligned. RAM is whole pages: no such 8 bytes are partly its own. */
export function debugRead(vm: u32, ipa: u64): u64 {
  return halted(vm) && ramHolds(vmAt(vm), ipa, 1) ? read(vmAt(vm), ipa & ~(<u64>7)) : 0
}

/** 1: it is done. No CPU holds what was fetched there before. */
export function debugWrite(vm: u32, ipa: u64, value: u32): u32 {
  if (!halted(vm) || !ramHolds(vmAt(vm), ipa, 1)) return 0
  const va = ramVa(vmAt(vm), ipa)
  // The guest may have written past the caches: they take what memory has before a line of it becomes dirty.
  hw.clean(va, 1)
  hw.store8(va, value)
  // DDI 0487, "Synchronization and coherency issues between data and instruction accesses".
  hw.clean(va, 1)
  hw.ic_ialluis()
  return 1
}

/** `kind`: POINT_*; 0 frees point `i`, watchpoints from POINTS on. 1: it is done. */
export function debugPoint(vm: u32, i: u32, kind: u32, va: u64, length: u32): u32 {
  if (!halted(vm)) return 0
  if (kind) return point.setPoint(vmAt(vm), i, kind, va, length) ? 1 : 0
  point.clearPoint(vmAt(vm), i)
  return 1
}

export function traceBegin(isOn: u32): void {
  setTracing(isOn ? 1 : 0)
}

/** src/core/trace.ts. */
export function traceCount(core: u32): u64 {
  return recorded(core)
}

export function traceWord(core: u32, number: u32, half: u32): u64 {
  return recordWord(core, number, half)
}

/** Breakpoints, and from bit 8 on watchpoints. */
export function debugPoints(): u32 {
  return point.breakpoints() | (point.watchpoints() << 8)
}
