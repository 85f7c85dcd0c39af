/** Hardware break- and watchpoints of debugged VMs: written while the VM halts, in the CPU while one of its vCPUs is there. */
import { POINT_EXECUTE, POINTS } from '../abi/debug'
import { MAX_VMS } from '../abi/layout'
import { BREAKPOINT_CONTROL, breakpointsOf, MDSCR, TDE, watchpointControl, watchpointsOf } from '../arch/debug'
import { guestMdcr } from '../arch/hypervisor'
import * as hw from '../hw'
import { Vcpu } from './vcpu'
import { Vm } from './vm'

/** Of each VM, its breakpoints, then its watchpoints: address and control, 64 bits each. */
const SIZE: usize = 16
const table = memory.data(16 * 2 * 4 * 16, 8)
if (MAX_VMS !== 16 || POINTS !== 4) ERROR('debug-point: table holds the points of all VMs')

/** How many breakpoints a VM can have, and watchpoints. */
export function breakpoints(): u32 {
  return min<u32>(breakpointsOf(hw.id_register(5, 0)), POINTS)
}

export function watchpoints(): u32 {
  return min<u32>(watchpointsOf(hw.id_register(5, 0)), POINTS)
}

/** Point `i` looks for `kind` (POINT_*, 0: nothing) at `va`, in `length` bytes of one doubleword. False: there is no such point. */
export function setPoint(vm: Vm, i: u32, kind: u32, va: u64, length: u32): bool {
  const isBreak = kind === POINT_EXECUTE
  if (i >= (isBreak ? breakpoints() : watchpoints()) || kind > <u32>POINT_EXECUTE) return false
  if (isBreak ? va & 3 : length === 0 || (va & 7) + length > 8) return false
  const at = placeOf(vm, isBreak ? i : i + POINTS)
  store<u64>(at, isBreak ? va : va & ~(<u64>7))
  store<u64>(at, isBreak ? BREAKPOINT_CONTROL : watchpointControl(kind, <u32>va & 7, length), 8)
  return true
}

export function clearPoint(vm: Vm, i: u32): void {
  if (i < 2 * <u32>POINTS) store<u64>(placeOf(vm, i), 0, 8)
}

export function clearPoints(vm: Vm): void {
  memory.fill(placeOf(vm, 0), 0, 2 * POINTS * SIZE)
}

/** On its way onto a CPU: the CPU's debug registers become its debugger's. */
export function enter(vcpu: Vcpu, vm: Vm): void {
  if (vcpu.fresh) vcpu.steps = vcpu.halt = 0 // of an earlier life
  // "OS Lock": while it is set, as after reset, there are no debug exceptions but BRK's.
  hw.set_oslar_el1(0)
  hw.set_mdcr_el2(guestMdcr(hw.id_register(5, 0), hw.pmu_counters()) | TDE)
  hw.set_mdscr_el1(vcpu.steps ? MDSCR.MDE | MDSCR.SS : MDSCR.MDE)
  for (let i: u32 = 0; i < breakpoints(); i++) {
    const at = placeOf(vm, i)
    hw.set_breakpoint(i, load<u64>(at), load<u64>(at, 8))
  }
  for (let i: u32 = 0; i < watchpoints(); i++) {
    const at = placeOf(vm, i + POINTS)
    hw.set_watchpoint(i, load<u64>(at), load<u64>(at, 8))
  }
  hw.isb()
}

function placeOf(vm: Vm, i: u32): usize {
  return table + <usize>(vm.index * 2 * POINTS + i) * SIZE
}
