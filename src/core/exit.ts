/** Every way out of a guest comes in here, from boot/vectors.S, and goes back there with the vCPU to run. */
import { EC, ec } from '../arch/esr'
import * as hw from '../hw'
import * as compartment from './compartment'
import { Cpu, thisCpu } from './cpu'
import { dataAbort } from './exit-data-abort'
import { instructionAbort } from './exit-instruction-abort'
import { systemRegister } from './exit-system-register'
import * as inject from './inject'
import { handleInterrupt } from './interrupt'
import { stopVm } from './life'
import { reportSystemError } from './report'
import { settle } from './schedule'
import { Vcpu } from './vcpu'
import { Stop } from './vm'

/** Instructions are four bytes: AArch32 state exists at EL0 only, whose traps become EL1's. */
const INSTRUCTION: u64 = 4

export function onSync(at: usize): usize {
  const vcpu = changetype<Vcpu>(at)
  const esr = hw.esr_el2()
  const cpu = thisCpu()
  switch (ec(esr)) {
    case EC.Hvc64:
      compartment.hypercall(vcpu)
      break
    case EC.DataAbortLower:
      dataAbort(cpu, vcpu, esr)
      break
    case EC.SystemRegister:
      systemRegister(vcpu, esr)
      break
    case EC.Smc64:
      // A trapped SMC has not been executed: its own address is the PC.
      vcpu.elr += INSTRUCTION
      compartment.hypercall(vcpu)
      break
    case EC.InstructionAbortLower:
      instructionAbort(cpu, vcpu, esr)
      break
    default:
      inject.undefined(vcpu)
  }
  return cpu.work ? settle(cpu) : at
}

export function onIrq(at: usize): usize {
  const cpu: Cpu = thisCpu()
  handleInterrupt(cpu)
  return cpu.work ? settle(cpu) : at
}

/** An asynchronous external abort while the guest ran: its own doing as far as anyone can tell. */
export function onSerror(at: usize): usize {
  const vcpu = changetype<Vcpu>(at)
  reportSystemError(vcpu, hw.esr_el2())
  stopVm(thisCpu(), vcpu.vm, Stop.Crash)
  return settle(thisCpu())
}
