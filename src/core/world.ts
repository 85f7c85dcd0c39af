/** The world switch: what makes a CPU be one vCPU rather than another. With one vCPU on its CPU it happens once. */
import { TIMER_PHYSICAL_INTID, TIMER_VIRTUAL_INTID } from '../abi/guest-machine'
import { GUEST_HCR, SHARED_HCR } from '../arch/hypervisor'
import { EL1H_MASKED } from '../arch/pstate'
import * as hw from '../hw'
import { change } from './breakpoint'
import { Cpu } from './cpu'
import * as gic from './gic'
import { EL1_AT, Vcpu } from './vcpu'
import { debuggersOf, Vm } from './vm'

const PRIVATE: u32 = (1 << TIMER_VIRTUAL_INTID) | (1 << TIMER_PHYSICAL_INTID)
/** CNTV_CTL_EL0, CNTP_CTL_EL0: ENABLE and IMASK; ISTATUS is read-only. */
const TIMER_WRITABLE: u64 = 3
const TIMER_ENABLED: u64 = 1

/** Takes the vCPU's state out of the CPU into its record. Its timers stand still in hardware; `wakeAt` stands for them. */
export function save(cpu: Cpu, vcpu: Vcpu): void {
  vcpu.timerVirtual = hw.cntv_ctl_el0() & TIMER_WRITABLE
  vcpu.timerVirtualAt = hw.cntv_cval_el0()
  vcpu.timerPhysical = hw.cntp_ctl_el0() & TIMER_WRITABLE
  vcpu.timerPhysicalAt = hw.cntp_cval_el0()
  hw.set_cntv_ctl_el0(0)
  hw.set_cntp_ctl_el0(0)
  vcpu.active = gic.takeActive(cpu, PRIVATE)
  gic.saveVcpu(vcpu)
  hw.save_el1(changetype<usize>(vcpu) + EL1_AT)
  cpu.isLoaded = 0
}

/** Puts it back. */
export function load(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  hw.load_el1(changetype<usize>(vcpu) + EL1_AT)
  assume(cpu, vcpu, vm)
  gic.loadVcpu(vcpu)
  if (vcpu.active) gic.setActive(cpu, vcpu.active)
  hw.set_cntv_cval_el0(vcpu.timerVirtualAt)
  hw.set_cntv_ctl_el0(vcpu.timerVirtual)
  hw.set_cntp_cval_el0(vcpu.timerPhysicalAt)
  hw.set_cntp_ctl_el0(vcpu.timerPhysical)
  hw.isb()
  vcpu.stack = cpu.stack
  cpu.isLoaded = 1
}

/** The vCPU's registers as PSCI's CPU_ON leaves them (DEN 0022, "Initial core configuration"), in the CPU. */
export function begin(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  memory.fill(changetype<usize>(vcpu), 0, offsetof<Vcpu>('elr'))
  vcpu.x0 = vcpu.context
  vcpu.elr = vcpu.entry
  vcpu.spsr = EL1H_MASKED
  vcpu.stack = cpu.stack
  hw.reset_el1()
  assume(cpu, vcpu, vm)
  if (vcpu.index === 0) hw.tlbi_guest()
  gic.resetVcpu()
  cpu.isLoaded = 1
}

/** Forgets the vCPU that the CPU holds. */
export function drop(cpu: Cpu): void {
  hw.set_cntv_ctl_el0(0)
  hw.set_cntp_ctl_el0(0)
  gic.resetVcpu()
  gic.takeActive(cpu, PRIVATE)
  cpu.isLoaded = 0
}

/** The physical count at which one of the loaded vCPU's timers fires, u64.MAX_VALUE if neither will. */
export function timerDeadline(vm: Vm): u64 {
  const virtual = isArmed(hw.cntv_ctl_el0()) ? later(hw.cntv_cval_el0(), vm.timeOffset) : u64.MAX_VALUE
  const physical = isArmed(hw.cntp_ctl_el0()) ? hw.cntp_cval_el0() : u64.MAX_VALUE
  return min(virtual, physical)
}

/** Guests set timers to the end of time when they want none. */
function later(at: u64, by: u64): u64 {
  return at > u64.MAX_VALUE - by ? u64.MAX_VALUE : at + by
}

/** Enabled and not masked. */
function isArmed(control: u64): bool {
  return (control & TIMER_WRITABLE) === TIMER_ENABLED
}

function assume(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  if (debuggersOf(vm) | <u64>cpu.isDebugging) change(cpu, vcpu, vm)
  hw.set_vttbr_el2(vm.vttbr)
  hw.set_cntvoff_el2(vm.timeOffset)
  hw.set_vmpidr_el2(((<u64>1) << 31) | <u64>vcpu.index)
  hw.set_vpidr_el2(hw.midr_el1())
  hw.set_hcr_el2(vcpu.isShared ? SHARED_HCR : GUEST_HCR)
  hw.isb()
  if (vcpu.hasSibling) partSiblings(cpu, vcpu)
}

/** vCPUs of one VM have one VMID, and may mean different things by one ASID and address: one that booted with its MMU off, say.
 * On cores of their own that cannot show. */
function partSiblings(cpu: Cpu, vcpu: Vcpu): void {
  if (vcpu.isLatest) return
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next)
    if (changetype<Vcpu>(at).vm === vcpu.vm) changetype<Vcpu>(at).isLatest = 0
  vcpu.isLatest = 1
  hw.tlbi_vmalle1()
}
