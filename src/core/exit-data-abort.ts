/** A guest's access that stage 2 does not map: a device of its VM, or nothing. */

import { EXTENSION_CONTROL } from '../abi/extension'
import { DataAbort, EXTERNAL_ABORT } from '../arch/esr'
import * as hw from '../hw'
import * as compartment from './compartment'
import { thisCpu, WORK_REFUSED } from './cpu'
import { hasExtension } from './extension'
import { faultIpa, faultPlace } from './fault-address'
import { noteExit, noteWhereto } from './history'
import * as inject from './inject'
import { tellFirst } from './report-touch'
import { settle } from './schedule'
import { isBack } from './touch'
import { readX, Vcpu, writeX } from './vcpu'
import { CONTINUE, FIRST_PRESERVED, INSTRUCTION, LAST_PRESERVED, step } from './way-back'

/** DFSC of an external abort on a stage-1 walk, level in bits 1:0. */
const WALK_ABORT: u64 = 0x14

/** One with a syndrome, as vectors.S has seen. */
export function onDataAbort(at: usize, esr: u64, pc: u64): usize {
  const vcpu = changetype<Vcpu>(at)
  const count = vcpu.exits + 1
  vcpu.exits = count
  noteExit(vcpu, count, esr, pc)
  const ipa = faultIpa()
  noteWhereto(vcpu, count, ipa)
  if (!DataAbort.isTranslation(esr)) return refuse(vcpu, esr)
  const size = DataAbort.size(esr)
  if (DataAbort.isWrite(esr)) {
    compartment.mmioWrite(vcpu, ipa, size, readX(vcpu, DataAbort.register(esr)))
    if (thisCpu().work) return settleAccess(vcpu, esr)
    step(vcpu)
    return at | CONTINUE
  }
  const value = compartment.mmioRead(vcpu, ipa, size)
  const register = DataAbort.register(esr)
  const isPreserved = register - FIRST_PRESERVED <= LAST_PRESERVED - FIRST_PRESERVED
  if (thisCpu().work || isPreserved || DataAbort.signExtends(esr)) return finishRead(vcpu, esr, value)
  const next = vcpu.elr + INSTRUCTION
  // x31 is nothing, and its place is the PC's, which is written next.
  store<u64>(at + ((<usize>register) << 3), value)
  vcpu.elr = next
  hw.set_elr_el2(next)
  return at | CONTINUE
}

/** A read that was refused, or left the CPU something to do, or whose value goes where `CONTINUE` does not reach. */
function finishRead(vcpu: Vcpu, esr: u64, value: u64): usize {
  if (!(thisCpu().work & WORK_REFUSED)) {
    writeX(vcpu, DataAbort.register(esr), DataAbort.signExtends(esr) ? extend(value, esr) : value)
  }
  return settleAccess(vcpu, esr)
}

/** An access that was refused, or that left the CPU something to do. */
function settleAccess(vcpu: Vcpu, esr: u64): usize {
  const cpu = thisCpu()
  if (!(cpu.work & WORK_REFUSED)) step(vcpu)
  else {
    cpu.work &= ~WORK_REFUSED
    refuse(vcpu, esr)
  }
  return settle(cpu)
}

/** A pair, a write-back, SIMD, or of AArch32's 16-bit instructions. */
export function accessWithoutSyndrome(vcpu: Vcpu, esr: u64): usize {
  return refuse(vcpu, esr)
}

/** No device, or an access that leaves no syndrome (a pair, a write-back, SIMD): the bus answers with an abort. */
function refuse(vcpu: Vcpu, esr: u64): usize {
  noteWhereto(vcpu, vcpu.exits, faultPlace(esr))
  if (isBack(vcpu, esr)) return changetype<usize>(vcpu)
  if (DataAbort.isCacheMaintenance(esr))
    step(vcpu) // nothing is cached there
  else if (DataAbort.isTableWalk(esr)) inject.abort(vcpu, esr, WALK_ABORT | (esr & 3))
  else {
    if (hasExtension(EXTENSION_CONTROL)) tellFirst(vcpu, esr, faultIpa())
    inject.abort(vcpu, esr, EXTERNAL_ABORT)
  }
  return changetype<usize>(vcpu)
}

function extend(value: u64, esr: u64): u64 {
  const shift = <u64>(64 - (DataAbort.size(esr) << 3))
  const wide = <u64>(<i64>(value << shift) >> shift)
  return DataAbort.is64Bit(esr) ? wide : wide & 0xffff_ffff
}
