/** What a person reads of a VM that its fault ends: what it did, where, to whom, and how its vCPU stood. What happens next comes
 * as the VM's end (report.ts). */
import { EXTENSION_CONTROL } from '../abi/extension'
import * as hw from '../hw'
import { thisCpu } from './cpu'
import { describeExit } from './describe-exit'
import { hasExtension } from './extension'
import { accessesOf } from './history'
import { instructionAt } from './instruction'
import * as log from './log'
import { recordFault, recordModels } from './report-record'
import { beginLine, reportPlace, vmName } from './report-word'
import { Vcpu } from './vcpu'
import { sayState } from './vcpu-state'
import { Vm, vmAt } from './vm'

/** The VM's own compartment failed. `file` is a C string, 0 if the MMU found the fault. */
export function reportCompartmentFault(vm: Vm, vcpu: Vcpu, code: u32, file: u64, line: u32, pc: u64, far: u64): void {
  log.begin()
  vmName(vm)
  log.text(': its device models failed: ')
  reportPlace(code, file, line, pc, far)
  log.end()
  // The MMU's fault took the place of the guest's exit in ESR_EL2.
  reportVcpu(vcpu, file !== 0)
  if (hasExtension(EXTENSION_CONTROL)) recordModels(vcpu, code, file, line, pc, far)
}

export function reportSystemError(vcpu: Vcpu, esr: u64): void {
  log.begin()
  vmName(vmAt(vcpu.vm))
  log.text(' caused a system error, syndrome ')
  log.hex(esr)
  log.end()
  reportVcpu(vcpu, true)
  if (hasExtension(EXTENSION_CONTROL)) recordFault(vcpu, 'system-error', true)
}

export function reportNoVectors(vcpu: Vcpu): void {
  log.begin()
  vmName(vmAt(vcpu.vm))
  log.text(' took an exception, but nothing is mapped at its vectors (VBAR_EL1 ')
  log.hex(hw.vbar_el1())
  log.text('); the exception came from ')
  log.hex(hw.elr_el1())
  log.end()
  reportVcpu(vcpu, true)
  if (hasExtension(EXTENSION_CONTROL)) recordFault(vcpu, 'no-vectors', true)
}

/** `hasExit`: ESR_EL2 still says why the guest exited. */
export function reportVcpu(vcpu: Vcpu, hasExit: bool): void {
  const vm = vmAt(vcpu.vm)
  vm.culprit = vcpu.index
  beginLine(vcpu)
  log.text('guest pc ')
  log.hex(vcpu.elr)
  log.text(', lr ')
  log.hex(vcpu.x30)
  log.text(', pstate ')
  log.hex(vcpu.spsr)
  log.text(', x0 ')
  log.hex(vcpu.x0)
  log.text(', x1 ')
  log.hex(vcpu.x1)
  log.end()
  if (!thisCpu().isLoaded) return // it has not run yet
  beginLine(vcpu)
  log.text('instruction ')
  log.hex(instructionAt(vm, vcpu.elr))
  log.text(', the one before ')
  log.hex(instructionAt(vm, vcpu.elr - 4))
  if (hasExit) {
    log.text('; last exit: ')
    describeExit(vm, vcpu, hw.esr_el2())
  }
  log.end()
  if (hasExtension(EXTENSION_CONTROL)) sayState(thisCpu(), vcpu)
  beginLine(vcpu)
  log.decimal(vcpu.hypercalls)
  log.text(' hypercalls, ')
  log.decimal(accessesOf(vcpu))
  log.text(' device accesses, ')
  log.decimal(vcpu.interrupts)
  log.text(' interrupts, ')
  log.decimal(vcpu.traps)
  log.text(' other traps since its VM started')
  log.end()
}
