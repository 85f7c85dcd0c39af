/** core's scheduler by itself: vCPUs as time servers of one CPU, for tests that hold it against a reference. */
import { choose, giveUp, setFrequency } from '../../src/core/choose'
import { cpuAt } from '../../src/core/cpu'
import { wake } from '../../src/core/server'
import { Run, vcpuAt } from '../../src/core/vcpu'

const PAGE: usize = 4096

/** A CPU without vCPUs at count `now`; who share spare time take turns of `frequency` / 1000. */
export function newCpu(cpu: u32, now: u64, frequency: u64): void {
  memory.fill(changetype<usize>(cpuAt(cpu)), 0, PAGE)
  cpuAt(cpu).chargedAt = now
  setFrequency(frequency)
}

/** vCPU `record` is the CPU's, and off. */
export function addServer(cpu: u32, record: u32, priority: u32, budget: i64, period: u64, takesSpare: u32): void {
  const vcpu = vcpuAt(record)
  memory.fill(changetype<usize>(vcpu), 0, PAGE)
  vcpu.cpu = cpu
  vcpu.priority = priority
  vcpu.budget = budget
  vcpu.period = period
  vcpu.takesSpare = takesSpare
  vcpu.next = cpuAt(cpu).first
  cpuAt(cpu).first = changetype<usize>(vcpu)
}

export function wakeServer(record: u32, now: u64): void {
  wake(vcpuAt(record), now)
}

/** As WFI does (src/core/suspend.ts); the vCPU has the CPU. */
export function blockServer(record: u32, now: u64, wakeAt: u64): void {
  const vcpu = vcpuAt(record)
  giveUp(cpuAt(vcpu.cpu), now)
  vcpu.run = Run.Blocked
  vcpu.wakeAt = wakeAt
}

/** The vCPU that gets the CPU, -1 if none. */
export function chooseServer(cpu: u32, now: u64): i32 {
  const at = choose(cpuAt(cpu), now)
  if (!at) return -1
  return <i32>((at - changetype<usize>(vcpuAt(0))) / PAGE)
}

export function nextChoice(cpu: u32): u64 {
  return cpuAt(cpu).nextEvent
}

export function ranFor(record: u32): u64 {
  return vcpuAt(record).ran
}

export function stolenFrom(record: u32): u64 {
  return vcpuAt(record).stolen
}

export function readySince(record: u32): u64 {
  return vcpuAt(record).readyAt
}

export function leftOf(record: u32): i64 {
  return vcpuAt(record).remaining
}
