/** Every way out of a guest comes in here, from boot/vectors.S, and goes back there with the vCPU to run. The commonest have
 * entries of their own, whose frames are small. */
import { EC, ec } from '../arch/esr'
import { SMCCC_NOT_SUPPORTED } from '../arch/smccc'
import * as hw from '../hw'
import * as compartment from './compartment'
import { thisCpu } from './cpu'
import { instructionAbort } from './exit-instruction-abort'
import { systemRegister } from './exit-system-register'
import * as gic from './gic'
import * as inject from './inject'
import { handleInterrupt, isTimer } from './interrupt'
import { stopVm } from './life'
import { reportSystemError } from './report'
import { settle } from './schedule'
import { block } from './suspend'
import { Vcpu } from './vcpu'
import { Stop } from './vm'
import { CONTINUE, step } from './way-back'

export { onDataAbort } from './exit-data-abort'

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

export function onIrq(at: usize): usize {
  changetype<Vcpu>(at).interrupts++
  const iar = gic.take()
  if (isTimer(iar)) compartment.interrupt(changetype<Vcpu>(at), iar)
  else handleInterrupt(thisCpu(), iar)
  return thisCpu().work ? settle(thisCpu()) : at | CONTINUE
}

/** Every other synchronous exception; `esr` is its syndrome. */
export function onSync(at: usize, esr: u64): usize {
  const vcpu = changetype<Vcpu>(at)
  const cpu = thisCpu()
  vcpu.traps++
  switch (ec(esr)) {
    case EC.Wfx:
      step(vcpu)
      if (block(cpu, vcpu)) return settle(cpu)
      break
    case EC.SystemRegister:
      systemRegister(vcpu, esr)
      break
    case EC.InstructionAbortLower:
      instructionAbort(cpu, vcpu, esr)
      break
    case EC.Hvc64:
      refuseCall(vcpu)
      break
    case EC.Smc64:
      step(vcpu)
      refuseCall(vcpu)
      break
    default:
      inject.undefined(vcpu)
  }
  return cpu.work ? settle(cpu) : at
}

/** Calls with an immediate other than 0 belong to no convention that anyone here knows: answered as an unknown function is. */
function refuseCall(vcpu: Vcpu): void {
  vcpu.x0 = <u64>(<i64>SMCCC_NOT_SUPPORTED)
}

/** An asynchronous external abort while the guest ran: its own doing as far as anyone can tell. */
export function onSerror(at: usize): usize {
  const vcpu = changetype<Vcpu>(at)
  reportSystemError(vcpu, hw.esr_el2())
  stopVm(thisCpu(), vcpu.vm, Stop.Crash)
  return settle(thisCpu())
}
