/** A guest's access that stage 2 does not map: a device of its VM, or nothing. */
import { DataAbort, EXTERNAL_ABORT } from '../arch/esr'
import * as hw from '../hw'
import * as compartment from './compartment'
import { Cpu, thisCpu } from './cpu'
import * as inject from './inject'
import { settle } from './schedule'
import { readX, Vcpu, writeX } from './vcpu'
import { CONTINUE, FIRST_PRESERVED, LAST_PRESERVED, step } from './way-back'

/** HPFAR_EL2.FIPA: bits 43:4 are bits 51:12 of the IPA. */
const FIPA: u64 = 0xfff_ffff_fff0
const PAGE_OFFSET: u64 = 0xfff
/** DFSC of an external abort on a stage-1 walk, level in bits 1:0. */
const WALK_ABORT: u64 = 0x14

export function onDataAbort(at: usize, esr: u64): usize {
  const vcpu = changetype<Vcpu>(at)
  const cpu = thisCpu()
  const settled = emulate(cpu, vcpu, esr)
  if (cpu.work) return settle(cpu)
  return settled ? at | CONTINUE : at
}

/** True if the CPU itself holds the guest's state: nothing but x0 to x18, x30 and the PC changed. */
function emulate(cpu: Cpu, vcpu: Vcpu, esr: u64): bool {
  if ((<u32>esr & DataAbort.SHAPE) !== DataAbort.EMULATED) return refuse(vcpu, esr)
  const ipa = ((hw.hpfar_el2() & FIPA) << 8) | (hw.far_el2() & PAGE_OFFSET)
  const size = DataAbort.size(esr)
  const register = DataAbort.register(esr)
  if (DataAbort.isWrite(esr)) {
    compartment.mmioWrite(vcpu, ipa, size, truncate(readX(vcpu, register), size))
    if (cpu.refused) return refuseDevice(cpu, vcpu, esr)
    step(vcpu)
    return true
  }
  const value = compartment.mmioRead(vcpu, ipa, size)
  if (cpu.refused) return refuseDevice(cpu, vcpu, esr)
  writeX(vcpu, register, DataAbort.signExtends(esr) ? extend(value, size, DataAbort.is64Bit(esr)) : value)
  step(vcpu)
  return register < FIRST_PRESERVED || register > LAST_PRESERVED
}

function refuseDevice(cpu: Cpu, vcpu: Vcpu, esr: u64): bool {
  cpu.refused = 0
  return refuse(vcpu, esr)
}

/** No device, or an access that leaves no syndrome (a pair, a write-back, SIMD): the bus answers with an abort. */
function refuse(vcpu: Vcpu, esr: u64): bool {
  if (DataAbort.isCacheMaintenance(esr))
    step(vcpu) // nothing is cached there
  else if (DataAbort.isTableWalk(esr)) inject.abort(vcpu, esr, WALK_ABORT | (esr & 3))
  else inject.abort(vcpu, esr, EXTERNAL_ABORT)
  return false
}

function truncate(value: u64, size: u32): u64 {
  return size == 8 ? value : value & (((<u64>1) << (size << 3)) - 1)
}

function extend(value: u64, size: u32, is64Bit: bool): u64 {
  const shift = <u64>(64 - (size << 3))
  const wide = <u64>(<i64>(value << shift) >> shift)
  return is64Bit ? wide : wide & 0xffff_ffff
}
