/** A vCPU that waits: in WFI where it shares its CPU, and as PSCI's CPU_SUSPEND and SYSTEM_SUSPEND ask (DEN 0022). */
import { EL1H_MASKED } from '../arch/pstate'
import * as hw from '../hw'
import { giveUp } from './choose'
import { Cpu, WORK_POWER_DOWN, WORK_SUSPEND } from './cpu'
import * as gic from './gic'
import { isDue } from './request'
import { Run, Vcpu } from './vcpu'
import { pauseOf, vmAt } from './vm'
import { timerDeadline } from './world'

/** Waits when the exit ends: the compartment's call only notes it, so that the wait holds no lock and what the call returns is
 * in x0 before. After a power-down state the vCPU begins at `entry` as if just turned on. */
export function request(cpu: Cpu, entry: u64, context: u64, powersDown: bool): void {
  const vcpu = changetype<Vcpu>(cpu.vcpu)
  vcpu.entry = entry
  vcpu.context = context
  cpu.work |= powersDown ? WORK_SUSPEND | WORK_POWER_DOWN : WORK_SUSPEND
}

/** Until the vCPU has an interrupt, or its CPU: that one is taken on the way back into the guest. Returns the count at which the
 * wait was over. */
export function suspend(cpu: Cpu, vcpu: Vcpu, work: u32): u64 {
  if (vcpu.isShared) block(cpu, vcpu)
  else if (!hasNews(vcpu) && !pauseOf(vmAt(vcpu.vm))) hw.wfi()
  const now = hw.cntpct_el0()
  if (!(work & WORK_POWER_DOWN)) return now
  hw.reset_el1()
  vcpu.elr = vcpu.entry
  vcpu.spsr = EL1H_MASKED
  vcpu.x0 = vcpu.context
  return now
}

/** The current vCPU has nothing to do. True if it gives the CPU away; false if an interrupt is there already. */
export function block(cpu: Cpu, vcpu: Vcpu): bool {
  if (hasNews(vcpu)) return false
  const now = hw.cntpct_el0()
  const deadline = timerDeadline(vmAt(vcpu.vm))
  if (deadline <= now) return false
  giveUp(cpu, now)
  vcpu.run = Run.Blocked
  vcpu.readyAt = now
  vcpu.wakeAt = deadline
  return true
}

/** What no physical interrupt would announce: a listed interrupt, what the compartment has not heard yet, or more interrupts
 * than list registers, which maintenance is about to bring and nobody else knows of once the vCPU has left the CPU. */
function hasNews(vcpu: Vcpu): bool {
  return isDue(vcpu) || gic.hasListedPending() || gic.maintenanceStatus() !== 0
}
