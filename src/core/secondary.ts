/** CPUs: what each sets up for itself, and how the first brings up those that a vCPU is pinned to. */
import { GUEST_CNTHCTL, GUEST_CPTR, GUEST_HCR, guestMdcr } from '../arch/hypervisor'
import * as hw from '../hw'
import { imagePaAt } from './address'
import { Cpu, cpuAt, thisCpu } from './cpu'
import * as firmware from './firmware'
import * as gic from './gic'
import * as log from './log'
import { halt } from './panic'
import { settle } from './schedule'
import { vtcr } from './stage2'

/** A CPU that takes longer than this, in seconds, is not coming. */
const PATIENCE: u64 = 1

/** Starts a CPU whose page and stack are mapped. One that does not come is named, and the system goes on without it. */
export function startCpu(index: u32): void {
  const cpu = cpuAt(index)
  if (!cpu.assigned || cpu == thisCpu()) return
  const error = firmware.startCpu(cpu.mpidr, imagePaAt(hw.secondary_offset()), <u64>index)
  if (error == 0 && waitOnline(cpu)) return
  log.begin()
  log.text('CPU ')
  log.decimal(index)
  log.text(error ? ' was refused by the firmware: PSCI error -' : ' did not start within a second')
  if (error) log.decimal(<u64>-error)
  log.text('; its VM does not run')
  log.end()
}

/** A started CPU's first call, on its own stack, with caches and MMU on. */
export function bootSecondary(index: u32): usize {
  const cpu = cpuAt(index)
  configureCpu()
  if (!gic.initCpu(cpu)) return halt()
  atomic.store<u32>(changetype<usize>(cpu), 1, offsetof<Cpu>('online'))
  return settle(cpu)
}

/** EL2's registers that say what guests may do; the same on every CPU, for good. */
export function configureCpu(): void {
  hw.set_hcr_el2(GUEST_HCR)
  hw.set_vtcr_el2(vtcr())
  hw.set_cptr_el2(GUEST_CPTR)
  hw.set_mdcr_el2(guestMdcr(hw.id_register(5, 0), hw.pmu_counters()))
  hw.set_hstr_el2(0)
  hw.set_cnthctl_el2(GUEST_CNTHCTL)
  hw.isb()
}

function waitOnline(cpu: Cpu): bool {
  const until = hw.cntpct_el0() + hw.cntfrq_el0() * PATIENCE
  while (hw.cntpct_el0() < until) {
    if (atomic.load<u32>(changetype<usize>(cpu), offsetof<Cpu>('online'))) return true
    hw.pause()
  }
  return false
}
