/**
 * What each core did, in a ring of its own: when a vCPU got the core, when it left its guest, and why. A core that is traced takes the
 * long way through every exit (src/core/schedule.ts), where this looks on; one that is not knows nothing of it. Only its own CPU writes
 * a ring; readers look at what has been counted, and count again.
 */

import { PAGE_SIZE } from '../abi/layout'
import {
  TRACE_CLASS_SHIFT,
  TRACE_DETAIL_SHIFT,
  TRACE_ENTER,
  TRACE_EXIT,
  TRACE_INTERRUPT,
  TRACE_KIND_SHIFT,
  TRACE_RECORDS,
  TRACE_SIZE,
  TRACE_VCPU_SHIFT,
} from '../abi/trace'
import * as hw from '../hw'
import { directVa } from './address'
import { Cpu, cpuAt, cpuCount, isOpened, thisCpu, WORK_DEBUG } from './cpu'
import { allocate } from './pages'
import { ask } from './request'
import { Vcpu, vcpuAt } from './vcpu'
import { Vm, vmAt } from './vm'

/** Boot: rings for the cores that the VM's vCPUs are on. False: no memory. */
export function openRings(vm: Vm): bool {
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const cpu = cpuAt(vcpuAt(vm.firstVcpu + i).cpu)
    if (cpu.ring) continue
    const pa = allocate(TRACE_RECORDS * TRACE_SIZE, PAGE_SIZE)
    if (!pa) return false
    cpu.ring = directVa(pa)
  }
  return true
}

/** Every core begins to write its ring, or ends. */
export function setTracing(isOn: u32): void {
  for (let i: u32 = 0; i < cpuCount; i++) {
    if (!isOpened(i) || !cpuAt(i).ring) continue
    atomic.store<u32>(changetype<usize>(cpuAt(i)), isOn, offsetof<Cpu>('isTraced'))
    ask(thisCpu(), cpuAt(i), WORK_DEBUG)
  }
}

/** The vCPU enters its guest, after which this CPU looks at its exit. */
export function noteEnter(cpu: Cpu, vcpu: Vcpu): void {
  if (!cpu.ring) return
  cpu.isInside = 1
  note(cpu, vcpu, TRACE_ENTER, 0)
}

/** The last vCPU to enter has left its guest. */
export function noteExit(cpu: Cpu): void {
  if (!cpu.isInside) return
  cpu.isInside = 0
  const esr = hw.esr_el2()
  note(cpu, changetype<Vcpu>(cpu.vcpu), esr ? TRACE_EXIT : TRACE_INTERRUPT, esr)
}

function note(cpu: Cpu, vcpu: Vcpu, kind: u32, esr: u64): void {
  const count = atomic.load<u32>(changetype<usize>(cpu), offsetof<Cpu>('recorded'))
  const at = cpu.ring + <u64>(count & (TRACE_RECORDS - 1)) * TRACE_SIZE
  const number: u64 = vmAt(vcpu.vm).firstVcpu + vcpu.index
  const head =
    ((<u64>kind) << TRACE_KIND_SHIFT) |
    (((esr >> 26) & 63) << TRACE_CLASS_SHIFT) |
    ((number & 0xff) << TRACE_VCPU_SHIFT) |
    ((esr & 0xffff) << TRACE_DETAIL_SHIFT)
  hw.store64(at, head | (hw.cntpct_el0() & 0xffff_ffff))
  hw.store64(at + 8, vcpu.elr)
  hw.dsb_ishst() // the record before its count
  atomic.store<u32>(changetype<usize>(cpu), count + 1, offsetof<Cpu>('recorded'))
}

/** Records that core `index` has written so far; all ones: it has no ring. */
export function recorded(index: u32): u64 {
  if (index >= cpuCount || !isOpened(index) || !cpuAt(index).ring) return u64.MAX_VALUE
  return atomic.load<u32>(changetype<usize>(cpuAt(index)), offsetof<Cpu>('recorded'))
}

/** Half 0 or 1 of a record by its number; the ring may have gone on meanwhile, as `recorded` then says. */
export function recordWord(index: u32, number: u32, half: u32): u64 {
  if (recorded(index) === u64.MAX_VALUE) return 0
  return hw.load64(cpuAt(index).ring + <u64>(number & (TRACE_RECORDS - 1)) * TRACE_SIZE + ((half & 1) << 3))
}
