/**
 * A guest's own break- and watchpoints, and its software steps. DDI 0487, "AArch64 Self-hosted Debug". Its debug registers are trapped until
 * a vCPU touches one: from then on the CPU's are its own, until another vCPU comes or its life ends. A debugger's VM has none: they are
 * the debugger's then. doc/why/breakpoints.md
 */
import { breakpointsOf, TDA, watchpointsOf } from '../arch/debug'
import { guestMdcr } from '../arch/hypervisor'
import * as hw from '../hw'
import { Cpu } from './cpu'
import { enter } from './debug-point'
import { POINTS_AT, POINTS_SIZE, Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

/** In a vCPU's area: MDSCR_EL1, then address and control of each breakpoint and each watchpoint. */
const FIRST_POINT: usize = 8
const POINT_SIZE: usize = 16

/** At a trapped access: true if the guest may try again, and finds the CPU's registers. */
export function take(cpu: Cpu, vcpu: Vcpu): bool {
  const vm = vmAt(vcpu.vm)
  if (vm.isDebugged || owns(vcpu, vm)) return false
  memory.fill(changetype<usize>(vcpu) + POINTS_AT, 0, POINTS_SIZE)
  atomic.or<u32>(changetype<usize>(vm), bitOf(vcpu), offsetof<Vm>('owners'))
  open(cpu, vcpu)
  return true
}

/** The vCPU comes onto the CPU, whose debug registers or its own are somebody's. */
export function change(cpu: Cpu, vcpu: Vcpu, vm: Vm): void {
  const before = cpu.debugOwner
  if (vcpu.fresh || vm.isDebugged) disown(vcpu, vm)
  else if (before === changetype<usize>(vcpu) && owns(vcpu, vm)) return
  if (before && before !== changetype<usize>(vcpu)) keep(changetype<Vcpu>(before))
  cpu.debugOwner = 0
  if (vm.isDebugged) {
    cpu.isDebugging = 1
    clear(vcpu)
    enter(vcpu, vm)
  } else if (owns(vcpu, vm)) open(cpu, vcpu)
  else if (cpu.isDebugging) close(cpu)
}

/** What the CPU holds of it; from a vCPU that has nothing there its registers are trapped again. */
function keep(vcpu: Vcpu): void {
  const at = changetype<usize>(vcpu) + POINTS_AT
  store<u64>(at, hw.mdscr_el1())
  hw.set_mdscr_el1(0)
  hw.save_points(at + FIRST_POINT, breakpoints(), watchpoints())
  let any: u64 = 0
  const end = FIRST_POINT + <usize>(breakpoints() + watchpoints()) * POINT_SIZE
  for (let i: usize = 0; i < end; i += 8) any |= load<u64>(at + i)
  if (!any) disown(vcpu, vmAt(vcpu.vm))
}

function open(cpu: Cpu, vcpu: Vcpu): void {
  const at = changetype<usize>(vcpu) + POINTS_AT
  cpu.isDebugging = 1
  cpu.debugOwner = changetype<usize>(vcpu)
  hw.set_mdscr_el1(0)
  hw.isb()
  hw.load_points(at + FIRST_POINT, breakpoints(), watchpoints())
  // "OS Lock": while it is set, as after reset, there are no debug exceptions but BRK's.
  hw.set_oslar_el1(0)
  hw.set_mdcr_el2(mdcr() & ~TDA)
  hw.set_mdscr_el1(load<u64>(at))
  hw.isb()
}

/** A debugger has fewer points than the CPU, and turns on what is left in the others too. */
function clear(vcpu: Vcpu): void {
  const at = changetype<usize>(vcpu) + POINTS_AT
  memory.fill(at, 0, POINTS_SIZE)
  hw.set_mdscr_el1(0)
  hw.isb()
  hw.load_points(at + FIRST_POINT, breakpoints(), watchpoints())
}

/** Whatever is left in them means nothing to anyone. */
function close(cpu: Cpu): void {
  cpu.isDebugging = 0
  hw.set_mdcr_el2(mdcr())
  hw.set_mdscr_el1(0)
  hw.set_oslar_el1(1)
  hw.isb()
}

function mdcr(): u64 {
  return guestMdcr(hw.id_register(5, 0), hw.pmu_counters())
}

function breakpoints(): u32 {
  return breakpointsOf(hw.id_register(5, 0))
}

function watchpoints(): u32 {
  return watchpointsOf(hw.id_register(5, 0))
}

function bitOf(vcpu: Vcpu): u32 {
  return 1 << vcpu.index
}

function owns(vcpu: Vcpu, vm: Vm): bool {
  return (atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('owners')) & bitOf(vcpu)) !== 0
}

function disown(vcpu: Vcpu, vm: Vm): void {
  atomic.and<u32>(changetype<usize>(vm), ~bitOf(vcpu), offsetof<Vm>('owners'))
}
