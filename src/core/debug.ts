/**
 * A VM under a debugger: it halts as a whole, as at a pause, when its debugger asks or one of its vCPUs meets a breakpoint. DDI 0487,
 * "AArch64 Self-hosted Debug". While such a vCPU has a CPU, its debug exceptions come to EL2 (MDCR_EL2.TDE), and the CPU's break- and
 * watchpoints are its debugger's; for the next vCPU without debugger they are off again.
 */
import {
  BREAK_IMMEDIATE,
  DEBUG_ATTACH,
  DEBUG_DETACH,
  DEBUG_GO,
  DEBUG_STEP,
  DEBUG_STEP_QUIET,
  HALT_BREAKPOINT,
  HALT_NONE,
  HALT_POINT,
  HALT_STEP,
  HALT_WATCH,
} from '../abi/debug'
import { EXTENSION_BREAKPOINT } from '../abi/extension'
import {
  CONTROL_DONE,
  CONTROL_UNKNOWN,
  CONTROL_UNKNOWN_VM,
  CONTROL_WRONG_STATE,
  STATE_PAUSED,
  STATE_RUNNING,
} from '../abi/life'
import { SPSR_SS } from '../arch/debug'
import { EC, ec } from '../arch/esr'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { tree, vmNode } from './bundle'
import { Cpu, thisCpu, WORK_DEBUG } from './cpu'
import { clearPoints } from './debug-point'
import { hasExtension } from './extension'
import * as inject from './inject'
import { askAll } from './life'
import { lockHost, unlockHost } from './log'
import { pause, resume } from './pause'
import { stateOf } from './state'
import { noteEnter, noteExit, openRings } from './trace'
import { Vcpu, vcpuAt } from './vcpu'
import { Vm, vmAt, vmCount } from './vm'

/** The bit of GICH_HCR and ICH_HCR_EL2 that lets virtual interrupts through: En. */
const INTERRUPTS: u32 = 1
/** The step under way wants no interrupts. */
const QUIET: u32 = 2

/** Boot: whether the config allows it; and rings for traces. False: no memory. */
export function readDebug(vm: Vm): bool {
  vm.isDebuggable = fdt.property(tree, vmNode(vm.node), 'debug') && hasExtension(EXTENSION_BREAKPOINT) ? 1 : 0
  return openRings(vm)
}

/** DEBUG_* in, CONTROL_* out; under host.lock, so one request at a time. What was asked begins at once. */
export function debug(what: u32, index: u32, vcpu: u32): u32 {
  if (index >= vmCount) return CONTROL_UNKNOWN_VM
  const vm = vmAt(index)
  if (!vm.isDebuggable) return CONTROL_UNKNOWN
  const state = stateOf(vm)
  if (what === DEBUG_ATTACH) {
    if (state !== STATE_PAUSED && state !== STATE_RUNNING) return CONTROL_WRONG_STATE
    if (!vm.isDebugged) clearPoints(vm)
    vm.isDebugged = 1
    if (state === STATE_RUNNING) halt(thisCpu(), vm)
    return CONTROL_DONE
  }
  if (!vm.isDebugged || state !== STATE_PAUSED) return CONTROL_WRONG_STATE
  if (what === DEBUG_DETACH) {
    vm.isDebugged = 0
    clearPoints(vm)
  } else if (what < <u32>DEBUG_GO || what > <u32>DEBUG_STEP_QUIET) return CONTROL_UNKNOWN
  return go(vm, what, vcpu)
}

/** Nobody runs the VM: its vCPUs' records are ours until it goes on. */
function go(vm: Vm, what: u32, stepping: u32): u32 {
  const steps = what === DEBUG_STEP || what === DEBUG_STEP_QUIET
  if (steps && stepping >= vm.vcpuCount) return CONTROL_UNKNOWN
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const vcpu = vcpuAt(vm.firstVcpu + i)
    vcpu.halt = HALT_NONE
    vcpu.steps = !steps || i !== stepping ? 0 : what === DEBUG_STEP ? 1 : 1 | QUIET
    vcpu.stepFrom = vcpu.elr
    // "Software Step exceptions": the bit is 1 for the instruction that is to be executed.
    vcpu.spsr = vcpu.steps ? vcpu.spsr | SPSR_SS : vcpu.spsr & ~SPSR_SS
    vcpu.gicControl = vcpu.steps & QUIET ? vcpu.gicControl & ~INTERRUPTS : vcpu.gicControl | INTERRUPTS
  }
  vm.stepper = steps ? stepping + 1 : 0
  if (!resume(vm)) return CONTROL_WRONG_STATE
  askAll(thisCpu(), vm)
  return CONTROL_DONE
}

function halt(cpu: Cpu, vm: Vm): void {
  if (pause(vm)) askAll(cpu, vm)
}

/** A debug exception from a guest; false: it has no debugger. The PC is the instruction's, but for a step, which is done. */
export function caught(cpu: Cpu, vcpu: Vcpu, esr: u64): bool {
  const vm = vmAt(vcpu.vm)
  if (!vm.isDebugged) return false
  switch (ec(esr)) {
    case EC.Brk64:
      // The guest's own BRK, and those of its AArch32 programs, are exceptions of its EL1, with the same syndrome.
      if ((esr & 0xffff) !== BREAK_IMMEDIATE) inject.exception(vcpu, esr)
      else stop(cpu, vcpu, vm, HALT_BREAKPOINT, vcpu.elr)
      return true
    case EC.Bkpt32:
      inject.exception(vcpu, esr)
      return true
    case EC.BreakpointLower:
      stop(cpu, vcpu, vm, HALT_POINT, vcpu.elr)
      return true
    case EC.WatchpointLower:
      stop(cpu, vcpu, vm, HALT_WATCH, hw.far_el2())
      return true
    case EC.StepLower:
      stop(cpu, vcpu, vm, HALT_STEP, vcpu.elr)
      return true
  }
  return false
}

/** A vCPU that steps, or whose core is traced, is about to enter its guest: its next exit is looked at. */
export function pass(cpu: Cpu, vcpu: Vcpu): void {
  noteEnter(cpu, vcpu)
  cpu.work |= WORK_DEBUG
}

/** It has left its guest: where it steps, an instruction that was executed for it is a step too. */
export function look(cpu: Cpu): void {
  noteExit(cpu)
  const vcpu = changetype<Vcpu>(cpu.vcpu)
  if (!cpu.isLoaded || !vcpu.steps || vcpu.elr === vcpu.stepFrom) return
  stop(cpu, vcpu, vmAt(vcpu.vm), HALT_STEP, vcpu.elr)
}

/** Its VM halts here instead of crashing; false: nobody debugs it. */
export function holds(cpu: Cpu, vcpu: Vcpu, kind: u32): bool {
  const vm = vmAt(vcpu.vm)
  if (!vm.isDebugged) return false
  stop(cpu, vcpu, vm, kind, vcpu.elr)
  return true
}

/** Not under host.lock; before the next guest runs, the vCPU is off its CPU. */
function stop(cpu: Cpu, vcpu: Vcpu, vm: Vm, kind: u32, at: u64): void {
  vcpu.halt = kind
  vcpu.haltAt = at
  vcpu.steps = 0
  lockHost()
  halt(cpu, vm)
  unlockHost()
  cpu.work |= WORK_DEBUG
}
