/**
 * Alarms of compartments: a count at which a vCPU's compartment wants to be told that time has passed. One for each vCPU, kept with
 * its CPU's own timer: the earliest wish. Who is told too early wishes again, so that several devices may share it.
 */
import { Cpu, WORK_TIMER } from './cpu'
import { wake } from './server'
import { DUE_DELIVER, Run, Vcpu } from './vcpu'

export const NO_ALARM: u64 = u64.MAX_VALUE

/** The current vCPU's compartment is told (`deliver`) when the physical count reaches `at`, or before. */
export function setAlarm(cpu: Cpu, vcpu: Vcpu, at: u64): void {
  vcpu.alarmAt = min(vcpu.alarmAt, at)
  cpu.alarmAt = min(cpu.alarmAt, at)
  cpu.work |= WORK_TIMER // `settle` sets the timer
}

/** Some alarm of this CPU is due. */
export function ring(cpu: Cpu, now: u64): void {
  cpu.alarmAt = NO_ALARM
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    if (vcpu.alarmAt > now) {
      cpu.alarmAt = min(cpu.alarmAt, vcpu.alarmAt)
      continue
    }
    vcpu.alarmAt = NO_ALARM
    atomic.or<u32>(at, DUE_DELIVER, offsetof<Vcpu>('due'))
    if (vcpu.run === Run.Blocked) wake(vcpu, now)
  }
}
