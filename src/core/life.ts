/** The life of a VM: started, ended by its guest or its fault, started again as its policy says. */
import * as hw from '../hw'
import { giveUp } from './choose'
import { Cpu, cpuAt, WORK_RESCHEDULE } from './cpu'
import * as firmware from './firmware'
import * as log from './log'
import { sleep } from './panic'
import { Prepared, prepare } from './prepare'
import { reportEnd, reportPowerOff } from './report'
import { ask } from './request'
import { wake } from './server'
import { Power, Run, Vcpu, vcpuAt } from './vcpu'
import { Restart, Stop, Vm, VmState, vmAt, vmCount } from './vm'
import * as world from './world'

export function stateOf(vm: Vm): u32 {
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('state'))
}

export function setState(vm: Vm, state: u32): void {
  atomic.store<u32>(changetype<usize>(vm), state, offsetof<Vm>('state'))
}

function stopOf(vm: Vm): u32 {
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('stop'))
}

export function powerOf(vcpu: Vcpu): u32 {
  return atomic.load<u32>(changetype<usize>(vcpu), offsetof<Vcpu>('power'))
}

function setPower(vcpu: Vcpu, power: u32): void {
  atomic.store<u32>(changetype<usize>(vcpu), power, offsetof<Vcpu>('power'))
}

/** Turns on a vCPU of the current VM that is off; its CPU enters it. Under vm.lock. */
export function turnOn(cpu: Cpu, vcpu: Vcpu, entry: u64, context: u64): void {
  if (powerOf(vcpu) != Power.Off) return
  vcpu.entry = entry
  vcpu.context = context
  atomic.add<u32>(changetype<usize>(vmAt(vcpu.vm)), 1, offsetof<Vm>('liveVcpus'))
  setPower(vcpu, Power.Starting)
  ask(cpu, cpuAt(vcpu.cpu), WORK_RESCHEDULE)
}

/** The current vCPU turns itself off once its exit ends. */
export function turnOff(cpu: Cpu): void {
  setPower(changetype<Vcpu>(cpu.vcpu), Power.Off)
  cpu.work |= WORK_RESCHEDULE
}

/** Ends a VM; every CPU that runs one of its vCPUs leaves it, and the last settles what comes next. */
export function stopVm(cpu: Cpu, index: u32, why: u32): void {
  const vm = vmAt(index)
  atomic.cmpxchg<u32>(changetype<usize>(vm), Stop.None, why, offsetof<Vm>('stop'))
  for (let i: u32 = 0; i < vm.vcpuCount; i++) ask(cpu, cpuAt(vcpuAt(vm.firstVcpu + i).cpu), WORK_RESCHEDULE)
}

/** Looks at all of a CPU's vCPUs: those that have ended leave, those that were turned on come. */
export function reap(cpu: Cpu): void {
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    const vm = vmAt(vcpu.vm)
    while (hasEnded(vcpu, vm)) leave(cpu, vcpu, vm)
    if (vcpu.run === Run.Off && isWanted(vcpu, vm)) arrive(vcpu)
  }
}

/** Its VM is stopping, or it turned itself off, after which another may have turned it on again already. */
function hasEnded(vcpu: Vcpu, vm: Vm): bool {
  const power = powerOf(vcpu) // before `stop`: that of an earlier life must not meet the power of this one
  const stopping = stopOf(vm) !== Stop.None
  if (vcpu.run === Run.Off) return stopping && power === Power.Starting
  return (stopping || power !== Power.On) && stateOf(vm) !== VmState.Starting
}

/** CPU_ON has named it, or its VM is to start and it is the first. */
function isWanted(vcpu: Vcpu, vm: Vm): bool {
  return powerOf(vcpu) === Power.Starting || (vcpu.index === 0 && stateOf(vm) === VmState.Starting)
}

function arrive(vcpu: Vcpu): void {
  if (powerOf(vcpu) === Power.Starting) setPower(vcpu, Power.On)
  vcpu.fresh = 1
  wake(vcpu, hw.cntpct_el0())
}

function leave(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  if (cpu.vcpu === changetype<usize>(vcpu)) {
    giveUp(cpu, hw.cntpct_el0())
    if (cpu.isLoaded) world.drop(cpu)
    cpu.vcpu = 0
  }
  // One life ends; if it was turned on again since, the next one waits.
  if (vcpu.run === Run.Off || powerOf(vcpu) === Power.On) setPower(vcpu, Power.Off)
  vcpu.run = Run.Off
  vcpu.active = 0
  if (atomic.sub<u32>(changetype<usize>(vm), 1, offsetof<Vm>('liveVcpus')) === 1) settleEnd(cpu, vm)
}

/** The vCPU's VM is not ready yet: the vCPU's time goes into making it so. */
export function isPreparing(vcpu: Vcpu): bool {
  return vcpu.index === 0 && stateOf(vmAt(vcpu.vm)) === VmState.Starting
}

/** Makes a VM ready until that is done or an interrupt waits. */
export function prepareSome(cpu: Cpu, vcpu: Vcpu): void {
  const vm = vmAt(vcpu.vm)
  if (prepare(vm, vcpu) !== Prepared.Failed) return
  giveUp(cpu, hw.cntpct_el0())
  cpu.vcpu = 0
  vcpu.run = Run.Off
  rest(vm, VmState.Crashed)
}

/** No vCPU of the VM runs any more. A guest that turned all of them off has powered itself off. */
function settleEnd(cpu: Cpu, vm: Vm): void {
  const asked = stopOf(vm)
  const stop: u32 = asked == Stop.None ? Stop.Off : asked
  const again =
    stop == Stop.Reset || (stop == Stop.Crash && vm.restart != Restart.Never) || vm.restart == Restart.Always
  const allowed = vm.restartLimit == 0 || vm.restartCount < vm.restartLimit
  reportEnd(vm, stop, again, allowed)
  if (again && allowed) {
    vm.restartCount++
    setState(vm, VmState.Starting)
    ask(cpu, cpuAt(vcpuAt(vm.firstVcpu).cpu), WORK_RESCHEDULE)
    return
  }
  rest(vm, stop === Stop.Crash ? VmState.Crashed : VmState.Stopped)
}

/** The VM stays as it is; with the last one the board has nothing left to do. */
function rest(vm: Vm, state: u32): void {
  setState(vm, state)
  if (!allEnded()) return
  reportPowerOff()
  log.flush()
  firmware.powerOff()
  sleep()
}

function allEnded(): bool {
  for (let i: u32 = 0; i < vmCount; i++) {
    const state = stateOf(vmAt(i))
    if (state == VmState.Running || state == VmState.Starting) return false
  }
  return true
}
