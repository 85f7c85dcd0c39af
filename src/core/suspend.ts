/** A vCPU that waits, as PSCI's CPU_SUSPEND and SYSTEM_SUSPEND ask (DEN 0022). The compartment's call only notes it: the wait
 * holds no lock, and what the call returns is in x0 before. */
import { EL1H_MASKED } from '../arch/pstate'
import * as hw from '../hw'
import { Cpu, WORK_POWER_DOWN, WORK_SUSPEND } from './cpu'
import * as gic from './gic'
import { Vcpu } from './vcpu'

/** Waits when the exit ends; after a power-down state the vCPU begins at `entry` as if just turned on. */
export function request(cpu: Cpu, entry: u64, context: u64, powersDown: bool): void {
  const vcpu = changetype<Vcpu>(cpu.vcpu)
  vcpu.entry = entry
  vcpu.context = context
  cpu.work |= powersDown ? WORK_SUSPEND | WORK_POWER_DOWN : WORK_SUSPEND
}

/** Until the vCPU has an interrupt, or its CPU: that one is taken on the way back into the guest. */
export function suspend(vcpu: Vcpu, work: u32): void {
  // WFI at EL2 ends with physical interrupts only: one that is listed already must not be slept over.
  if (!gic.hasListedPending()) hw.wfi()
  if (!(work & WORK_POWER_DOWN)) return
  hw.reset_el1()
  vcpu.elr = vcpu.entry
  vcpu.spsr = EL1H_MASKED
  vcpu.x0 = vcpu.context
}
