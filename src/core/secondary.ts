/** CPUs: what each sets up for itself, and how the first brings up the others. */
import { LACK_FROM, LACK_TO } from '../abi/life'
import { GUEST_CNTHCTL, GUEST_CPTR, GUEST_HCR, guestMdcr } from '../arch/hypervisor'
import * as hw from '../hw'
import { Cpu, cpuAt, cpuCount, isOpened, markOpened, thisCpu, WORK_RESCHEDULE } from './cpu'
import * as firmware from './firmware'
import * as gic from './gic'
import { stopVm } from './life'
import * as log from './log'
import { sleep } from './panic'
import { settle } from './schedule'
import { mapCpu } from './stage1'
import { vtcr } from './stage2'
import { move } from './state'
import { mpidrOf } from './topology'
import { Power, setPower, Vcpu } from './vcpu'
import { Stop, vmAt } from './vm'

/** A CPU that takes longer than this, in seconds, is not coming. */
const PATIENCE: u64 = 1

/** Gives a CPU what it needs to run: its page and its stack. False: no memory. */
export function openCpu(index: u32): bool {
  if (isOpened(index)) return true
  if (!mapCpu(index)) return false
  markOpened(index)
  const cpu = cpuAt(index)
  cpu.index = index
  cpu.mpidr = mpidrOf(index)
  cpu.consoleAt = cpu.alarmAt = cpu.boardAt = u64.MAX_VALUE
  return true
}

/** Starts every CPU that was opened, and one more that no VM has, for the board's own interrupts; returns who takes those. */
export function startCpus(): Cpu {
  for (let i: u32 = 1; i < cpuCount; i++) {
    if (isOpened(i) && !startCpu(i)) abandon(cpuAt(i))
  }
  const spare = spareCpu()
  return spare && openCpu(spare) && startCpu(spare) ? cpuAt(spare) : thisCpu()
}

/** The first CPU that no vCPU is pinned to; 0, which is this one, if there is none. */
function spareCpu(): u32 {
  for (let i: u32 = 1; i < cpuCount; i++) if (!isOpened(i)) return i
  return 0
}

/** A VM that lacks one of its CPUs does not run; the system goes on without it. */
function abandon(cpu: Cpu): void {
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    const vm = vmAt(vcpu.vm)
    vm.lacksPart = 1
    if (vcpu.index) stopVm(thisCpu(), vcpu.vm, Stop.Refused)
    else {
      setPower(vcpu, Power.Off)
      move(vm, LACK_FROM, LACK_TO)
    }
  }
}

function startCpu(index: u32): bool {
  const cpu = cpuAt(index)
  const error = firmware.startCpu(index)
  if (error === 0 && waitOnline(cpu)) return true
  log.begin()
  log.text('CPU ')
  log.decimal(index)
  log.text(error ? ' was refused by the firmware: PSCI error -' : ' did not start within a second')
  if (error) log.decimal(<u64>-error)
  log.text(cpu.first ? '; its VMs do not run' : '; the first CPU serves the console')
  log.end()
  return false
}

/** A started CPU's first call, on its own stack, with caches and MMU on. */
export function bootSecondary(index: u32): usize {
  const cpu = cpuAt(index)
  configureCpu()
  if (!gic.initCpu(cpu)) return sleep()
  atomic.store<u32>(changetype<usize>(cpu), 1, offsetof<Cpu>('online'))
  cpu.work = WORK_RESCHEDULE
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
  // Whoever ran before may have left a timer on: its line would never fall.
  hw.set_cntv_ctl_el0(0)
  hw.set_cntp_ctl_el0(0)
  hw.set_cnthp_ctl_el2(0)
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
