/** A guest's access that stage 2 does not map: a device of its VM, or nothing. */
import { DataAbort } from '../arch/esr'
import * as hw from '../hw'
import * as compartment from './compartment'
import { Cpu } from './cpu'
import * as inject from './inject'
import { readX, Vcpu, writeX } from './vcpu'

/** HPFAR_EL2.FIPA: bits 43:4 are bits 51:12 of the IPA. */
const FIPA: u64 = 0xfff_ffff_fff0
const PAGE_OFFSET: u64 = 0xfff
/** DFSC of an external abort on a stage-1 walk, level in bits 1:0. */
const WALK_ABORT: u64 = 0x14
const INSTRUCTION: u64 = 4

export function dataAbort(cpu: Cpu, vcpu: Vcpu, esr: u64): void {
  if (!DataAbort.hasSyndrome(esr) || !DataAbort.isTranslation(esr) || DataAbort.isTableWalk(esr)) {
    refuse(vcpu, esr)
    return
  }
  const ipa = ((hw.hpfar_el2() & FIPA) << 8) | (hw.far_el2() & PAGE_OFFSET)
  const size = DataAbort.size(esr)
  const register = DataAbort.register(esr)
  if (DataAbort.isWrite(esr)) {
    compartment.mmioWrite(vcpu, ipa, size, truncate(readX(vcpu, register), size))
    if (cpu.refused) {
      cpu.refused = 0
      refuse(vcpu, esr)
      return
    }
  } else {
    const value = truncate(compartment.mmioRead(vcpu, ipa, size), size)
    if (cpu.refused) {
      cpu.refused = 0
      refuse(vcpu, esr)
      return
    }
    writeX(vcpu, register, DataAbort.signExtends(esr) ? extend(value, size, DataAbort.is64Bit(esr)) : value)
  }
  vcpu.elr += INSTRUCTION
}

/** No device, or an access that leaves no syndrome (a pair, a write-back, SIMD): the bus answers with an abort. */
function refuse(vcpu: Vcpu, esr: u64): void {
  if (DataAbort.isCacheMaintenance(esr)) {
    vcpu.elr += INSTRUCTION // nothing is cached there
    return
  }
  if (DataAbort.isTableWalk(esr)) inject.abort(vcpu, esr, WALK_ABORT | (esr & 3))
  else inject.abort(vcpu, esr)
}

function truncate(value: u64, size: u32): u64 {
  return size == 8 ? value : value & (((<u64>1) << (size << 3)) - 1)
}

function extend(value: u64, size: u32, is64Bit: bool): u64 {
  const shift = <u64>(64 - (size << 3))
  const wide = <u64>(<i64>(value << shift) >> shift)
  return is64Bit ? wide : wide & 0xffff_ffff
}
