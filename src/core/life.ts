/** The life of a VM: started, ended by its guest or its fault, started again as its policy says. */
import { TIMER_PHYSICAL_INTID, TIMER_VIRTUAL_INTID } from '../abi/guest-machine'
import { EL1H_MASKED } from '../arch/pstate'
import * as hw from '../hw'
import { Cpu, cpuAt, WORK_DELIVER, WORK_RESCHEDULE } from './cpu'
import * as firmware from './firmware'
import * as gic from './gic'
import * as log from './log'
import { sleep } from './panic'
import { prepare } from './prepare'
import { reportEnd, reportPowerOff } from './report'
import { ask } from './request'
import { Power, Vcpu, vcpuAt } from './vcpu'
import { Restart, Stop, Vm, VmState, vmAt, vmCount } from './vm'

export function stateOf(vm: Vm): u32 {
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('state'))
}

export function setState(vm: Vm, state: u32): void {
  atomic.store<u32>(changetype<usize>(vm), state, offsetof<Vm>('state'))
}

function stopOf(vm: Vm): u32 {
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('stop'))
}

function powerOf(vcpu: Vcpu): u32 {
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

/** Takes the current vCPU off this CPU if it, or its VM, has ended. */
export function leaveIfStopping(cpu: Cpu): void {
  if (!cpu.vcpu) return
  const vcpu = changetype<Vcpu>(cpu.vcpu)
  const vm = vmAt(vcpu.vm)
  if (stopOf(vm) == Stop.None && powerOf(vcpu) == Power.On) return
  if (powerOf(vcpu) == Power.On) setPower(vcpu, Power.Off) // one that went off may have been turned on again since
  hw.set_cntv_ctl_el0(0)
  hw.set_cntp_ctl_el0(0)
  gic.resetVcpu()
  gic.forget(cpu, TIMER_VIRTUAL_INTID)
  gic.forget(cpu, TIMER_PHYSICAL_INTID)
  cpu.vcpu = 0
  countOff(cpu, vm)
}

/** A vCPU of the VM has gone off; the last one settles the VM's end. */
function countOff(cpu: Cpu, vm: Vm): void {
  if (atomic.sub<u32>(changetype<usize>(vm), 1, offsetof<Vm>('liveVcpus')) == 1) settleEnd(cpu, vm)
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

/** Whether the vCPU pinned to this CPU waits to run. */
export function launchable(cpu: Cpu): bool {
  if (!cpu.assigned) return false
  const vcpu = changetype<Vcpu>(cpu.assigned)
  if (vcpu.index == 0 && stateOf(vmAt(vcpu.vm)) == VmState.Starting) return true
  return powerOf(vcpu) == Power.Starting
}

/** Puts the waiting vCPU onto this CPU; for a VM's first, readies the VM before, which an image may prevent. */
export function launch(cpu: Cpu): void {
  const vcpu = changetype<Vcpu>(cpu.assigned)
  const vm = vmAt(vcpu.vm)
  if (vcpu.index === 0 && stateOf(vm) === VmState.Starting) {
    cpu.vcpu = cpu.assigned // a fault in the compartment's start is this VM's
    if (!prepare(vm, vcpu)) {
      cpu.vcpu = 0
      rest(vm, VmState.Crashed)
      return
    }
  } else if (stopOf(vm) != Stop.None) {
    setPower(vcpu, Power.Off) // its VM ended before it began
    countOff(cpu, vm)
    return
  }
  enter(cpu, vcpu, vm)
}

/** The vCPU's registers as PSCI's CPU_ON leaves them (DEN 0022, "Initial core configuration"). */
function enter(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  memory.fill(changetype<usize>(vcpu), 0, offsetof<Vcpu>('elr'))
  vcpu.x0 = vcpu.context
  vcpu.elr = vcpu.entry
  vcpu.spsr = EL1H_MASKED
  vcpu.stack = cpu.stack
  hw.reset_el1()
  hw.set_vttbr_el2(vm.vttbr)
  hw.set_cntvoff_el2(vm.timeOffset)
  hw.set_vmpidr_el2(((<u64>1) << 31) | <u64>vcpu.index)
  hw.set_vpidr_el2(hw.midr_el1())
  hw.isb()
  if (vcpu.index == 0) hw.tlbi_guest()
  gic.resetVcpu()
  cpu.vcpu = changetype<usize>(vcpu)
  cpu.work |= WORK_DELIVER
  setPower(vcpu, Power.On)
}
