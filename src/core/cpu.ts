/** A physical CPU's record: one page in core's window, which TPIDR_EL2 names and only that CPU writes, `request` aside. */
import { CPU_AT, MAX_CPUS, PAGE_SHIFT } from '../abi/layout'
import * as hw from '../hw'

/** What a CPU must do before it returns to a guest. */
/** Some vCPU of this CPU is due (DUE_*). */
export const WORK_DUE: u32 = 1
/** Some vCPU of this CPU has come or gone. */
export const WORK_RESCHEDULE: u32 = 2
/** The scheduler's timer has fired. */
export const WORK_TIMER: u32 = 4
/** The emulated access in progress was refused: answer with an abort. */
export const WORK_REFUSED: u32 = 8
/** The keeper's: host holds output back. */
export const WORK_CONSOLE: u32 = 16
/** The current vCPU waits for an interrupt, and in the second case loses its state meanwhile. */
export const WORK_SUSPEND: u32 = 32
export const WORK_POWER_DOWN: u32 = 64
/** Another CPU panicked: this one leaves its guest, for good. */
export const WORK_HALT: u32 = 128
/** Somebody asked what one of this CPU's vCPUs does. */
export const WORK_EXPLAIN: u32 = 256
/** One of this CPU's vCPUs is about to be nobody's. */
export const WORK_UNLINK: u32 = 1024
/** A vCPU steps, or has halted, under its debugger. */
export const WORK_DEBUG: u32 = 512

@unmanaged
export class Cpu {
  /** Top of this CPU's stack; at offset 0 for vectors.S. */
  stack: u64
  /** Where a failing call into host goes on, 0 while none is in progress; at offset 8 for guard.S, which alone writes it. */
  guard: u64
  /** MPIDR_EL1's affinity fields. */
  mpidr: u64
  index: u32
  /** 1 once the CPU runs core's code. Written by itself, read by all: atomic. */
  online: u32
  /** The vCPU that has the CPU, or had it last and is in WFI; 0: none. */
  vcpu: usize
  /** WORK_* for this CPU's own use. */
  work: u32
  /** WORK_* asked for by any CPU: atomic. */
  request: u32
  /** Pointer authentication's fields of the ID registers, 0 where there is none; at offset 44 for world.S, which alone writes it. */
  keys: u32
  /** ICC_SGI1R_EL1 or GICD_SGIR value that interrupts this CPU. */
  sgi: u64
  /** The first of its vCPUs, or 0. Another CPU puts one in front that it made, atomic; only its own takes one out. */
  first: usize
  /** `vcpu`'s registers are in the CPU; a vCPU whose VM is being made ready has none yet. */
  isLoaded: u32
  /** The vCPU whose time passes: whom the scheduler chose last; 0 while the CPU idles. */
  runner: usize
  /** 0: `runner` has a claim to its time; else nobody has, and so many want it. */
  onSpare: u32
  /** Of those who want such time, the `spare` of who had the least when it was last given away. */
  spareLevel: u64
  /** Count up to which `runner` has been charged. */
  chargedAt: u64
  /** Count at which the scheduler wants to be asked again, u64.MAX_VALUE: not before something happens. */
  nextEvent: u64
  /** Count at which host wants to be called, u64.MAX_VALUE: not before somebody prints. Others only read it, to spare an interrupt. */
  consoleAt: u64
  /** The earliest of its vCPUs' alarms, or earlier. */
  alarmAt: u64
  /** Count at which the keeper looks after the board's devices (src/core/board-life.ts), u64.MAX_VALUE: not before one interrupts. Set once
   * by another, atomic. */
  boardAt: u64
  /** src/core/trace.ts: EL2's address of its ring, 0: none; records so far (atomic); it is to write them (atomic); a guest that was
   * entered since has not been left. */
  ring: u64
  recorded: u32
  isTraced: u32
  isInside: u32
  /** Its debug registers are somebody's: a debugger's, or those of the vCPU whose record this is (src/core/breakpoint.ts). */
  isDebugging: u32
  debugOwner: usize
  /** CNTHP is enabled. */
  isArmed: u32
  /** The service whose device `src/core/grant.ts` reaches from here. */
  driver: u32
  /** GICv3: address of this CPU's redistributor. */
  redistributor: u64
}

if (offsetof<Cpu>('stack') != 0) ERROR('Cpu.stack moved: boot/asm.h has it at 0')
if (offsetof<Cpu>('guard') != 8) ERROR('Cpu.guard moved: boot/asm.h has it at 8')
if (offsetof<Cpu>('keys') != 44) ERROR('Cpu.keys moved: boot/asm.h has it at 44')

/** CPUs that the DTB lists. Boot only. */
export let cpuCount: u32 = 0

export function setCpuCount(count: u32): void {
  cpuCount = count < <u32>MAX_CPUS ? count : MAX_CPUS
}

/** Bitmap of CPUs that have their page and stack; the first has them from the start. Boot only. */
let opened: u32 = 1

export function markOpened(index: u32): void {
  opened |= 1 << index
}

export function isOpened(index: u32): bool {
  return (opened & (1 << index)) != 0
}

export function cpuAt(index: u32): Cpu {
  return changetype<Cpu>(CPU_AT + ((<usize>index) << PAGE_SHIFT))
}

export function thisCpu(): Cpu {
  return changetype<Cpu>(hw.tpidr_el2())
}
