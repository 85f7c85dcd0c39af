/**
 * A VM that stands still. An operator's request is a number in `Vm.pause`; each CPU takes the VM's vCPUs off at its next look, and
 * the last that leaves notes the count at which the VM's clock stands and makes it paused. Resuming moves the clock's offset by the
 * time that has passed: neither its count nor its virtual timers saw it. Interrupts that are pending stay in each vCPU's record.
 */
import { PAUSE_FROM, PAUSE_TO, RESUME_FROM, RESUME_TO, STATE_PAUSED, STATE_RUNNING } from '../abi/life'
import * as hw from '../hw'
import { giveUp } from './choose'
import { Cpu } from './cpu'
import { reportPaused } from './report'
import { wake } from './server'
import { move, stateOf } from './state'
import { DUE_CONSOLE, DUE_DELIVER, Run, Vcpu } from './vcpu'
import { LIVE, liveIn, PRESENT, pauseOf, presentIn, Vm, vmAt } from './vm'
import * as world from './world'

/** False: the VM does not run, or is about to pause already. One request at a time; the caller has its CPUs look. */
export function pause(vm: Vm): bool {
  if (stateOf(vm) !== STATE_RUNNING || pauseOf(vm)) return false
  vm.pauses++
  atomic.store<u32>(changetype<usize>(vm), vm.pauses | (1 << 31), offsetof<Vm>('pause'))
  vm.stepper = 0
  return true
}

/** False: the VM is not paused. One request at a time. Nobody runs it, so its record is ours until the state says running. */
export function resume(vm: Vm): bool {
  if (stateOf(vm) !== STATE_PAUSED) return false
  vm.timeOffset += hw.cntpct_el0() - vm.pausedAt
  const live = liveIn(atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('vcpus')))
  atomic.store<u32>(changetype<usize>(vm), live * (LIVE + PRESENT), offsetof<Vm>('vcpus'))
  atomic.store<u32>(changetype<usize>(vm), 0, offsetof<Vm>('pause'))
  return move(vm, RESUME_FROM, RESUME_TO)
}

/** Takes the CPU's vCPUs of pausing VMs off, and lets those of resumed ones go on. */
export function settlePauses(cpu: Cpu): void {
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    if (vcpu.run === Run.Off) continue
    const vm = vmAt(vcpu.vm)
    const asked = pauseOf(vm)
    if (!asked) {
      if (vcpu.run === Run.Held && (!vm.stepper || vm.stepper === vcpu.index + 1)) release(vcpu)
    } else if (stateOf(vm) === STATE_RUNNING && !isAbsent(vcpu, asked)) hold(cpu, vcpu, vm, asked)
  }
}

/** It has left its CPU for this pause: it is not among those present any more. */
export function isAbsent(vcpu: Vcpu, asked: u32): bool {
  return asked !== 0 && vcpu.run === Run.Held && vcpu.heldFor === asked
}

/** After the last of those present has gone. */
export function becomePaused(vm: Vm): void {
  vm.pausedAt = hw.cntpct_el0()
  if (move(vm, PAUSE_FROM, PAUSE_TO)) reportPaused(vm)
}

function hold(cpu: Cpu, vcpu: Vcpu, vm: Vm, asked: u32): void {
  if (cpu.vcpu === changetype<usize>(vcpu)) {
    giveUp(cpu, hw.cntpct_el0())
    if (cpu.isLoaded) world.save(cpu, vcpu)
    cpu.vcpu = 0
  }
  vcpu.run = Run.Held
  vcpu.heldFor = asked
  const before = atomic.sub<u32>(changetype<usize>(vm), PRESENT, offsetof<Vm>('vcpus'))
  if (presentIn(before) === 1) becomePaused(vm)
}

/** Whatever it waited for may have come meanwhile: WFI may end at any time. */
function release(vcpu: Vcpu): void {
  atomic.or<u32>(changetype<usize>(vcpu), DUE_DELIVER | DUE_CONSOLE, offsetof<Vcpu>('due'))
  wake(vcpu, hw.cntpct_el0())
}
