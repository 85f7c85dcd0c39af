/** A guest that runs where it has no memory: it gets the abort that a bus would give, unless its own vectors are there. */
import { HALT_CRASH } from '../abi/debug'
import { DataAbort, EXTERNAL_ABORT } from '../arch/esr'
import * as hw from '../hw'
import { Cpu } from './cpu'
import { holds } from './debug'
import * as inject from './inject'
import { stopVm } from './life'
import { reportNoVectors } from './report-fault'
import { isBack } from './touch'
import { Vcpu } from './vcpu'
import { Stop, vmAt } from './vm'

const WALK_ABORT: u64 = 0x14

export function instructionAbort(cpu: Cpu, vcpu: Vcpu, esr: u64): void {
  if (isBack(vcpu, esr)) return
  // A fetch from the vector itself would abort into the same vector for ever.
  const vector = vcpu.elr - hw.vbar_el1()
  if (vector < 0x800 && (vector & 0x7f) == 0) {
    if (vmAt(vcpu.vm).isDebugged && holds(cpu, vcpu, HALT_CRASH)) return
    reportNoVectors(vcpu)
    stopVm(cpu, vcpu.vm, Stop.Crash)
    return
  }
  if (DataAbort.isTableWalk(esr)) inject.abort(vcpu, esr, WALK_ABORT | (esr & 3))
  else inject.abort(vcpu, esr, EXTERNAL_ABORT)
}
