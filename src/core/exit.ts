/** Every way out of a guest comes in here, from boot/vectors.S, and goes back there with the vCPU to run. The commonest have
 * entries of their own, whose frames are small. */
import { HALT_CRASH } from '../abi/debug'
import { EC, ec } from '../arch/esr'
import { SMCCC_NOT_SUPPORTED } from '../arch/smccc'
import * as hw from '../hw'
import * as compartment from './compartment'
import { Cpu, thisCpu, WORK_DUE } from './cpu'
import { caught, holds } from './debug'
import { accessWithoutSyndrome } from './exit-data-abort'
import { instructionAbort } from './exit-instruction-abort'
import { faultPlace } from './fault-address'
import * as gic from './gic'
import { noteExit, noteWhereto } from './history'
import * as inject from './inject'
import { handleInterrupt, isKick, isTimer } from './interrupt'
import { stopVm } from './life'
import { reportSystemError } from './report-fault'
import { takeRequests } from './request'
import { settle, tell } from './schedule'
import { block } from './suspend'
import { Vcpu } from './vcpu'
import { Stop, vmAt } from './vm'
import { CONTINUE, step } from './way-back'

export { onDataAbort } from './exit-data-abort'
export { onSystemRegister } from './exit-system-register'

export function onHypercall(at: usize): usize {
  changetype<Vcpu>(at).hypercalls++
  compartment.hypercall(changetype<Vcpu>(at))
  return thisCpu().work ? settle(thisCpu()) : at | CONTINUE
}

/** A trapped SMC has not been executed, its own address is the PC; vectors.S goes on with onHypercall. */
export function onSmc(at: usize): usize {
  step(changetype<Vcpu>(at))
  return at
}

export function onIrq(at: usize, _pstate: u64, pc: u64): usize {
  const count = changetype<Vcpu>(at).exits + 1
  const interrupts = changetype<Vcpu>(at).interrupts + 1
  changetype<Vcpu>(at).exits = count
  changetype<Vcpu>(at).interrupts = interrupts
  const iar = gic.take()
  noteExit(changetype<Vcpu>(at), count, iar, pc)
  if (isTimer(iar)) compartment.interrupt(changetype<Vcpu>(at), iar)
  else if (isKick(iar)) answer(thisCpu(), changetype<Vcpu>(at), iar)
  else handleInterrupt(thisCpu(), iar)
  return thisCpu().work ? settle(thisCpu()) : at | CONTINUE
}

/** Another CPU asks for something: most often that this vCPU, which owns the CPU, looks at its interrupts. There is nothing to
 * decide then. */
function answer(cpu: Cpu, vcpu: Vcpu, iar: u32): void {
  gic.deactivate(iar)
  const work = takeRequests(cpu)
  if (work === WORK_DUE && !vcpu.isShared) tell(vcpu)
  else cpu.work |= work
}

/** Every other synchronous exception; `esr` is its syndrome. */
export function onSync(at: usize, esr: u64, pc: u64): usize {
  const vcpu = changetype<Vcpu>(at)
  const cpu = thisCpu()
  const count = ++vcpu.exits
  noteExit(vcpu, count, esr, pc)
  if (ec(esr) === EC.DataAbortLower) return accessWithoutSyndrome(vcpu, esr)
  vcpu.traps++
  switch (ec(esr)) {
    case EC.Wfx:
      step(vcpu)
      if (block(cpu, vcpu)) return settle(cpu)
      break
    case EC.InstructionAbortLower:
      noteWhereto(vcpu, count, faultPlace(esr))
      instructionAbort(cpu, vcpu, esr)
      break
    case EC.Hvc64:
      refuseCall(vcpu, count)
      break
    case EC.Smc64:
      step(vcpu)
      refuseCall(vcpu, count)
      break
    default:
      if (!vmAt(vcpu.vm).isDebugged || !caught(cpu, vcpu, esr)) inject.undefined(vcpu)
  }
  return cpu.work ? settle(cpu) : at
}

/** Calls with an immediate other than 0 belong to no convention that anyone here knows: answered as an unknown function is. */
function refuseCall(vcpu: Vcpu, count: u64): void {
  noteWhereto(vcpu, count, vcpu.x0)
  vcpu.x0 = <u64>(<i64>SMCCC_NOT_SUPPORTED)
}

/** An asynchronous external abort while the guest ran: its own doing as far as anyone can tell. */
export function onSerror(at: usize): usize {
  const vcpu = changetype<Vcpu>(at)
  const cpu = thisCpu()
  reportSystemError(vcpu, hw.esr_el2())
  if (!vmAt(vcpu.vm).isDebugged || !holds(cpu, vcpu, HALT_CRASH)) stopVm(cpu, vcpu.vm, Stop.Crash)
  return settle(cpu)
}
