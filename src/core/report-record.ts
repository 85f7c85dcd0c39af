/** What a fault's report and `explain` tell, as JSON for programs; doc/control.md. Only words of our own, numbers and addresses
 * stand in it, so nothing needs an escape. */
import * as hw from '../hw'
import { Cpu, thisCpu } from './cpu'
import { describeExit } from './describe-exit'
import { accessesOf, keptOf } from './history'
import { instructionAt } from './instruction'
import * as log from './log'
import { addHistory } from './report-history'
import { reportPlace } from './report-word'
import { Vcpu } from './vcpu'
import { describe } from './vcpu-state'
import { Vm, vmAt } from './vm'

/** X0 to X30. */
const REGISTERS: u32 = 31

/** A record of their own: with all else they would not fit into one. */
function recordExits(vcpu: Vcpu): void {
  if (!keptOf(vcpu) || !begin(vcpu, 'exits')) return
  addHistory(vcpu)
  end()
}

/** What a vCPU does now. */
export function recordState(cpu: Cpu, vcpu: Vcpu): void {
  recordExits(vcpu)
  if (!begin(vcpu, 'state')) return
  log.text(',"state":"')
  describe(cpu, vcpu)
  log.text('"')
  end()
}

/** `cause` in a word. `hasExit`: ESR_EL2 still says why the guest exited. */
export function recordFault(vcpu: Vcpu, cause: string, hasExit: bool): void {
  recordExits(vcpu)
  if (!begin(vcpu, cause)) return
  addVcpu(vcpu, hasExit)
  end()
}

/** The VM's own device models failed, there. */
export function recordModels(vcpu: Vcpu, code: u32, file: u64, line: u32, pc: u64, far: u64): void {
  recordExits(vcpu)
  if (!begin(vcpu, 'device-models')) return
  log.text(',"place":"')
  reportPlace(code, file, line, pc, far)
  log.text('"')
  addVcpu(vcpu, file !== 0)
  end()
}

function begin(vcpu: Vcpu, kind: string): bool {
  if (!log.beginRecord(vcpu.vm)) return false
  log.text(',"kind":"')
  log.text(kind)
  log.text('"')
  addCount('vcpu', vcpu.index)
  addCount('cpu', vcpu.cpu)
  return true
}

function end(): void {
  log.end()
}

function addVcpu(vcpu: Vcpu, hasExit: bool): void {
  const vm = vmAt(vcpu.vm)
  addWord('pc', vcpu.elr)
  addWord('pstate', vcpu.spsr)
  addRegisters(vcpu)
  addCount('hypercalls', vcpu.hypercalls)
  addCount('accesses', accessesOf(vcpu))
  addCount('interrupts', vcpu.interrupts)
  addCount('traps', vcpu.traps)
  if (thisCpu().isLoaded) addLoaded(vm, vcpu, hasExit) // else it has not run yet
}

function addLoaded(vm: Vm, vcpu: Vcpu, hasExit: bool): void {
  addWord('instruction', instructionAt(vm, vcpu.elr))
  addWord('before', instructionAt(vm, vcpu.elr - 4))
  addWord('vbar', hw.vbar_el1())
  addWord('elr', hw.elr_el1())
  if (hasExit) {
    addWord('esr', hw.esr_el2())
    log.text(',"exit":"')
    describeExit(vm, vcpu, hw.esr_el2())
    log.text('"')
  }
  log.text(',"state":"')
  describe(thisCpu(), vcpu)
  log.text('"')
}

function addRegisters(vcpu: Vcpu): void {
  log.text(',"x":[')
  for (let i: u32 = 0; i < REGISTERS; i++) {
    log.text(i ? ',"' : '"')
    log.hex(load<u64>(changetype<usize>(vcpu) + ((<usize>i) << 3)))
    log.text('"')
  }
  log.text(']')
}

/** JSON's numbers lose what is above 53 bits: addresses and registers are texts. */
function addWord(name: string, value: u64): void {
  beginField(name)
  log.text('"')
  log.hex(value)
  log.text('"')
}

function addCount(name: string, value: u64): void {
  beginField(name)
  log.decimal(value)
}

function beginField(name: string): void {
  log.text(',"')
  log.text(name)
  log.text('":')
}
