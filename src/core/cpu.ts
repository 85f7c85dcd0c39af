/** A physical CPU's record: one page in core's window, which TPIDR_EL2 names and only that CPU writes, `request` aside. */
import { CPU_AT, MAX_CPUS, PAGE_SHIFT } from '../abi/layout'
import * as hw from '../hw'

/** What a CPU must do before it returns to a guest. */
export const WORK_DELIVER: u32 = 1
export const WORK_RESCHEDULE: u32 = 2
export const WORK_CONSOLE: u32 = 4
/** The emulated access in progress was refused: answer with an abort. */
export const WORK_REFUSED: u32 = 8
/** The current vCPU waits for an interrupt, and in the second case loses its state meanwhile. */
export const WORK_SUSPEND: u32 = 16
export const WORK_POWER_DOWN: u32 = 32

@unmanaged
export class Cpu {
  /** Top of this CPU's stack; at offset 0 for vectors.S. */
  stack: u64
  /** MPIDR_EL1's affinity fields. */
  mpidr: u64
  index: u32
  /** 1 once the CPU runs core's code. Written by itself, read by all: atomic. */
  online: u32
  /** The vCPU whose registers are in the CPU, 0 while idle. */
  vcpu: usize
  /** WORK_* for this CPU's own use. */
  work: u32
  /** WORK_* asked for by any CPU: atomic. */
  request: u32
  /** ICC_SGI1R_EL1 or GICD_SGIR value that interrupts this CPU. */
  sgi: u64
  /** The vCPU that is pinned here, or 0. */
  assigned: usize
  /** GICv3: address of this CPU's redistributor. */
  redistributor: u64
}

if (offsetof<Cpu>('stack') != 0) ERROR('Cpu.stack moved: boot/asm.h has it at 0')

/** CPUs that the DTB lists. Boot only. */
export let cpuCount: u32 = 0

export function setCpuCount(count: u32): void {
  cpuCount = count < <u32>MAX_CPUS ? count : MAX_CPUS
}

export function cpuAt(index: u32): Cpu {
  return changetype<Cpu>(CPU_AT + ((<usize>index) << PAGE_SHIFT))
}

export function thisCpu(): Cpu {
  return changetype<Cpu>(hw.tpidr_el2())
}
