/** Work that one CPU asks of another. */
import { Cpu, cpuAt, cpuCount, isOpened, thisCpu, WORK_DUE } from './cpu'
import * as gic from './gic'
import { DUE_DELIVER, DUE_FRAMES, firstOn, Vcpu } from './vcpu'
import { vmAt } from './vm'

/** Asks `cpu` to do `work` (WORK_*) before it next runs its guest; interrupts it if that is another CPU. */
export function ask(from: Cpu, cpu: Cpu, work: u32): void {
  if (cpu == from) {
    cpu.work |= work
    return
  }
  atomic.or<u32>(changetype<usize>(cpu), work, offsetof<Cpu>('request'))
  gic.kick(cpu)
}

/** Asks every other CPU that may run. */
export function askOthers(from: Cpu, work: u32): void {
  for (let i: u32 = 0; i < cpuCount; i++) {
    if (isOpened(i) && cpuAt(i) != from) ask(from, cpuAt(i), work)
  }
}

/** What others asked of this CPU since it last looked. */
export function takeRequests(cpu: Cpu): u32 {
  return atomic.xchg<u32>(changetype<usize>(cpu), 0, offsetof<Cpu>('request'))
}

/** Makes a vCPU's compartment hear of `due` (DUE_*) soon, on the CPU that runs it. */
export function remind(from: Cpu, vcpu: Vcpu, due: u32): void {
  atomic.or<u32>(changetype<usize>(vcpu), due, offsetof<Vcpu>('due'))
  ask(from, cpuAt(vcpu.cpu), WORK_DUE)
}

/** Makes the compartment of a VM look at what others brought, or made room for; of one that is off nobody looks. */
export function remindOfFrames(vm: u32): void {
  const vcpu = firstOn(vmAt(vm))
  if (vcpu) remind(thisCpu(), changetype<Vcpu>(vcpu), DUE_FRAMES)
}

/** Makes the compartment of the current vCPU run `deliver` once more: not before this CPU has left its guest again, so that whatever
 * waits for the CPU goes first. */
export function askAgain(cpu: Cpu, vcpu: Vcpu): void {
  atomic.or<u32>(changetype<usize>(vcpu), DUE_DELIVER, offsetof<Vcpu>('due'))
  atomic.or<u32>(changetype<usize>(cpu), WORK_DUE, offsetof<Cpu>('request'))
  gic.kick(cpu)
}

/** Its compartment is to hear something. */
export function isDue(vcpu: Vcpu): bool {
  return atomic.load<u32>(changetype<usize>(vcpu), offsetof<Vcpu>('due')) !== 0
}

/** What the vCPU's compartment is to hear; on its own CPU. */
export function takeDue(vcpu: Vcpu): u32 {
  return atomic.xchg<u32>(changetype<usize>(vcpu), 0, offsetof<Vcpu>('due'))
}
