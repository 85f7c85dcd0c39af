/** The life of a VM on its CPUs: vCPUs come and go, and the last that goes settles what comes next. */
import {
  AGAIN_FROM,
  AGAIN_TO,
  CRASH_FROM,
  CRASH_TO,
  REACT_REBOOT,
  REACT_RESTART,
  REACT_START,
  REST_FROM,
  REST_TO,
  START_FROM,
  START_TO,
  STATE_STARTING,
  STOP_FROM,
  STOP_TO,
} from '../abi/life'
import * as hw from '../hw'
import { NO_ALARM } from './alarm'
import * as boardLife from './board-life'
import { giveUp } from './choose'
import { closePorts } from './connect'
import { Cpu, cpuAt, WORK_RESCHEDULE } from './cpu'
import * as firmware from './firmware'
import * as log from './log'
import { sleep } from './panic'
import * as passthrough from './passthrough'
import { becomePaused, isAbsent } from './pause'
import { Prepared, prepare } from './prepare'
import { backoffOf, isTurnOf, markBegun, reactionTo } from './react'
import { beginIfReady, reportImpatience, waitOf } from './readiness'
import { reportEnd, reportPowerOff } from './report'
import { ask, isDue, remind } from './request'
import { wake } from './server'
import { isAnyAlive, move, stateOf } from './state'
import { DUE_DELIVER, firstOn, Power, powerOf, Run, setPower, Vcpu, vcpuAt } from './vcpu'
import { LIVE, liveIn, PRESENT, pauseOf, presentIn, Stop, stopOf, Vm, vmAt, vmCount } from './vm'
import * as watchdog from './watchdog'
import * as world from './world'

/** Turns on a vCPU of the current VM that is off; its CPU enters it. Under vm.lock. */
export function turnOn(cpu: Cpu, vcpu: Vcpu, entry: u64, context: u64): void {
  if (powerOf(vcpu) != Power.Off) return
  vcpu.entry = entry
  vcpu.context = context
  atomic.add<u32>(changetype<usize>(vmAt(vcpu.vm)), LIVE + PRESENT, offsetof<Vm>('vcpus'))
  setPower(vcpu, Power.Starting)
  ask(cpu, cpuAt(vcpu.cpu), WORK_RESCHEDULE)
}

/** The current vCPU turns itself off once its exit ends. */
export function turnOff(cpu: Cpu): void {
  setPower(changetype<Vcpu>(cpu.vcpu), Power.Off)
  cpu.work |= WORK_RESCHEDULE
}

/** The VM is starting, and this CPU alone says how. Its first vCPU is turned on last: before that no CPU looks. */
function begin(vm: Vm, delay: u64): void {
  atomic.store<u64>(changetype<usize>(vm), delay ? hw.cntpct_el0() + delay : 0, offsetof<Vm>('notBefore'))
  vm.stage = vm.stageLoad = 0
  vm.stageDone = vm.checkTicks = vm.scrubTicks = vm.copyTicks = 0
  atomic.store<u32>(changetype<usize>(vm), 0, offsetof<Vm>('pause'))
  atomic.store<u32>(changetype<usize>(vm), LIVE + PRESENT, offsetof<Vm>('vcpus'))
  atomic.store<u32>(changetype<usize>(vm), Stop.None, offsetof<Vm>('stop'))
  setPower(vcpuAt(vm.firstVcpu), Power.Starting)
}

/** Ends a VM, whoever asks first: false if it is ending already, or rests. Every CPU that runs one of its vCPUs leaves it. */
export function stopVm(cpu: Cpu, index: u32, why: u32): bool {
  const vm = vmAt(index)
  if (atomic.cmpxchg<u32>(changetype<usize>(vm), Stop.None, why, offsetof<Vm>('stop')) !== Stop.None) return false
  const isStopping = move(vm, STOP_FROM, STOP_TO)
  askAll(cpu, vm)
  return isStopping
}

/** Every CPU that has one of the VM's vCPUs looks at them. */
export function askAll(cpu: Cpu, vm: Vm): void {
  for (let i: u32 = 0; i < vm.vcpuCount; i++) ask(cpu, cpuAt(vcpuAt(vm.firstVcpu + i).cpu), WORK_RESCHEDULE)
}

/** Looks at all of a CPU's vCPUs: those that have ended leave, those that were turned on come. */
export function reap(cpu: Cpu): void {
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    const vm = vmAt(vcpu.vm)
    while (hasEnded(vcpu, vm)) leave(cpu, vcpu, vm)
    if (vcpu.run === Run.Off && powerOf(vcpu) === Power.Starting) arrive(vcpu)
  }
}

/** Its VM is stopping, or it turned itself off, after which another may have turned it on again already. */
function hasEnded(vcpu: Vcpu, vm: Vm): bool {
  const power = powerOf(vcpu) // before `stop`: that of an earlier life must not meet the power of this one
  const stopping = stopOf(vm) !== Stop.None
  if (vcpu.run === Run.Off) return stopping && power === Power.Starting
  return stopping || power !== Power.On
}

function arrive(vcpu: Vcpu): void {
  setPower(vcpu, Power.On)
  vcpu.fresh = 1
  const now = hw.cntpct_el0()
  const at = atomic.load<u64>(changetype<usize>(vmAt(vcpu.vm)), offsetof<Vm>('notBefore'))
  if (at <= now || !isPreparing(vcpu)) {
    wake(vcpu, now)
    return
  }
  vcpu.run = Run.Blocked
  vcpu.readyAt = now
  vcpu.wakeAt = at
}

function leave(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  if (cpu.vcpu === changetype<usize>(vcpu)) {
    giveUp(cpu, hw.cntpct_el0())
    if (cpu.isLoaded) world.drop(cpu)
    cpu.vcpu = 0
  }
  const gone: u32 = isAbsent(vcpu, pauseOf(vm)) ? LIVE : LIVE + PRESENT
  // One life ends; if it was turned on again since, the next one waits.
  if (vcpu.run === Run.Off || powerOf(vcpu) === Power.On) setPower(vcpu, Power.Off)
  vcpu.run = Run.Off
  vcpu.active = 0
  const before = atomic.sub<u32>(changetype<usize>(vm), gone, offsetof<Vm>('vcpus'))
  if (liveIn(before) === 1) settleEnd(cpu, vm)
  else {
    if (vm.hasDevices) passthrough.handOver(cpu, vm)
    handOverAlarm(cpu, vcpu, vm)
    if (presentIn(before - gone) === 0 && pauseOf(vm)) becomePaused(vm)
  }
}

/** What it was to be told, or wanted to be told at some time, another hears: its compartment then wishes anew. */
function handOverAlarm(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  if (vcpu.alarmAt === NO_ALARM && !isDue(vcpu)) return
  vcpu.alarmAt = NO_ALARM
  const other = firstOn(vm)
  if (other) remind(cpu, changetype<Vcpu>(other), DUE_DELIVER)
}

/** The vCPU's VM is not ready yet: the vCPU's time goes into making it so. */
export function isPreparing(vcpu: Vcpu): bool {
  return stateOf(vmAt(vcpu.vm)) === STATE_STARTING
}

/** Makes a VM ready until that is done or an interrupt waits. */
export function prepareSome(cpu: Cpu, vcpu: Vcpu): void {
  const prepared = prepare(vmAt(vcpu.vm), vcpu)
  if (prepared === Prepared.Failed) stopVm(cpu, vcpu.vm, Stop.Refused)
  // A pause or a stop may have been asked for before the VM ran.
  else if (prepared === Prepared.Wholly) {
    cpu.work |= WORK_RESCHEDULE
    if (vmAt(vcpu.vm).awaits) reportImpatience(vmAt(vcpu.vm))
    markBegun(vmAt(vcpu.vm))
    startWaiting(cpu)
  }
}

/** No vCPU of the VM runs any more. A guest that turned all of them off has powered itself off. */
function settleEnd(cpu: Cpu, vm: Vm): void {
  atomic.cmpxchg<u32>(changetype<usize>(vm), Stop.None, Stop.Off, offsetof<Vm>('stop'))
  move(vm, STOP_FROM, STOP_TO)
  if (vm.hasDevices) boardLife.detach(vm)
  if (vm.portCount) closePorts(vm)
  const stop = stopOf(vm)
  const reaction = reactionTo(vm, stop)
  const delay = reaction === REACT_RESTART && stop !== Stop.Again ? backoffOf(vm) : 0
  reportEnd(vm, stop, reaction, delay)
  if (reaction !== REACT_RESTART) {
    rest(cpu, vm, stop, reaction)
    return
  }
  if (!move(vm, AGAIN_FROM, AGAIN_TO)) return
  begin(vm, delay)
  ask(cpu, cpuAt(vcpuAt(vm.firstVcpu).cpu), WORK_RESCHEDULE)
}

/** The VM stays as it is. With the last one that ends by itself the board has nothing left to do. */
function rest(cpu: Cpu, vm: Vm, stop: u32, reaction: u32): void {
  if (stop === Stop.Crash || stop === Stop.Refused) move(vm, CRASH_FROM, CRASH_TO)
  else move(vm, REST_FROM, REST_TO)
  if (reaction === REACT_REBOOT) reboot()
  if (reaction >= <u32>REACT_START) startOn(cpu, vmAt(reaction - REACT_START))
  else if (vm.isCritical && stop !== Stop.Asked) watchdog.lost(vm)
  if (stop === Stop.Asked || isAnyAlive()) return
  reportPowerOff()
  log.flush()
  firmware.powerOff()
  sleep()
}

/** The board begins anew, with everything on it. */
function reboot(): void {
  log.flush()
  firmware.reboot()
  log.line('the board cannot reboot itself')
}

/** Starts a VM that rests, on its own CPU. */
export function startOn(cpu: Cpu, vm: Vm): bool {
  return startAfter(cpu, vm, 0)
}

function startAfter(cpu: Cpu, vm: Vm, delay: u64): bool {
  if (vm.lacksPart || !move(vm, START_FROM, START_TO)) return false
  begin(vm, delay)
  ask(cpu, cpuAt(vcpuAt(vm.firstVcpu).cpu), WORK_RESCHEDULE)
  return true
}

/** Those VMs whose turn it is: at boot, and whenever one has begun for the first time. They may have to wait until others are ready. */
export function startWaiting(cpu: Cpu): void {
  for (let i: u32 = 0; i < vmCount; i++) {
    const vm = vmAt(i)
    if (!isTurnOf(vm)) continue
    startAfter(cpu, vm, vm.awaits ? waitOf(vm) : 0)
    if (vm.awaits) beginIfReady(cpu, vm)
  }
}
