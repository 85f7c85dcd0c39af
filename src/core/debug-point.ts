/** Hardware break- and watchpoints of debugged VMs: written while the VM halts, in the CPU while one of its vCPUs is there. */
import { POINT_EXECUTE, POINTS } from '../abi/debug'
import { MAX_VMS } from '../abi/layout'
import { BREAKPOINT_CONTROL, breakpointsOf, watchpointControl, watchpointsOf } from '../arch/debug'
import * as hw from '../hw'
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

/** Into the CPU: the VM's while it is debugged, nothing else. */
export function loadPoints(vm: Vm): void {
  for (let i: u32 = 0; i < breakpoints(); i++) {
    const at = placeOf(vm, i)
    hw.set_breakpoint(i, vm.isDebugged ? load<u64>(at) : 0, vm.isDebugged ? load<u64>(at, 8) : 0)
  }
  for (let i: u32 = 0; i < watchpoints(); i++) {
    const at = placeOf(vm, i + POINTS)
    hw.set_watchpoint(i, vm.isDebugged ? load<u64>(at) : 0, vm.isDebugged ? load<u64>(at, 8) : 0)
  }
}

function placeOf(vm: Vm, i: u32): usize {
  return table + <usize>(vm.index * 2 * POINTS + i) * SIZE
}
