/** A virtual CPU's record: one page, which begins with the registers that vectors.S saves at every exit. */
import { MAX_VCPUS, PAGE_SHIFT, VCPU_AT } from '../abi/layout'
import { Vm } from './vm'

export enum Power {
  Off,
  /** PSCI CPU_ON was accepted, the CPU has not entered the guest yet. */
  Starting,
  On,
}

@unmanaged
export class Vcpu {
  // Guest registers, in vectors.S's order.
  x0: u64
  x1: u64
  x2: u64
  x3: u64
  x4: u64
  x5: u64
  x6: u64
  x7: u64
  x8: u64
  x9: u64
  x10: u64
  x11: u64
  x12: u64
  x13: u64
  x14: u64
  x15: u64
  x16: u64
  x17: u64
  x18: u64
  x19: u64
  x20: u64
  x21: u64
  x22: u64
  x23: u64
  x24: u64
  x25: u64
  x26: u64
  x27: u64
  x28: u64
  x29: u64
  x30: u64
  elr: u64
  spsr: u64
  /** Stack of the CPU that runs this vCPU. */
  stack: u64

  /** The VM's index, and this vCPU's among that VM's. */
  vm: u32
  index: u32
  /** The CPU that runs it. */
  cpu: u32
  /** Address of vm.lock where the VM has several vCPUs, which could meet in its compartment; else 0. */
  lock: usize
  /** Power; atomic. */
  power: u32
  /** Where and with which x0 it starts when turned on. */
  entry: u64
  context: u64
  /** DUE_*: what its compartment must be told on its own CPU. Atomic. */
  due: u32
  /** EXPLAIN_*: somebody asked what it does. Atomic. */
  explain: u32

  // Scheduling; only its CPU reads and writes these.
  /** Next vCPU of the same CPU, 0 at the end. */
  next: usize
  run: u32
  /** Vm.pause for which it left its CPU. */
  heldFor: u32
  /** It has not run since it was turned on. */
  fresh: u32
  /** Its CPU is not its own alone: WFI gives the CPU away. */
  isShared: u32
  /** Another vCPU of its VM has the same CPU; and this one had it last of these. */
  hasSibling: u32
  isLatest: u32
  /** Larger is more urgent. */
  priority: u32
  /** Time that nobody has a claim to may be its too. */
  takesSpare: u32
  /** Ticks of every period that it may and will get; 0: no limit. */
  budget: i64
  period: u64
  /** Ticks left until `deadline`, when they are filled up again; below 0 what the last exit overran. */
  remaining: i64
  deadline: u64
  /** Spare ticks that it got, or would have, had it always wanted them. */
  spare: u64
  /** Count at which a timer of its own ends its WFI. */
  wakeAt: u64
  /** Count at which its compartment wants to be told: src/core/alarm.ts. */
  alarmAt: u64
  /** Count since which it has been ready without the CPU, or in WFI on a shared one. */
  readyAt: u64
  /** Ticks: on the CPU; ready but without it; of these, what the guest has been told. */
  ran: u64
  stolen: u64
  stolenTold: u64

  // A debugger's, src/core/debug.ts: HALT_* and where; a step is under way, from there.
  halt: u32
  steps: u32
  haltAt: u64
  stepFrom: u64

  // Exits since the VM started: HVC #0; all others, which src/core/history.ts keeps; of those, interrupts and traps. The rest are accesses.
  hypercalls: u64
  exits: u64
  interrupts: u64
  traps: u64
  /** Ticks of the longest stretch at EL2 that went the long way and ended with this vCPU. */
  longest: u64

  // What the CPU holds while it runs, EL1_AT apart.
  timerVirtual: u64
  timerVirtualAt: u64
  timerPhysical: u64
  timerPhysicalAt: u64
  /** Private interrupts that are active physically. */
  active: u32
  gicControl: u32
  gicMachine: u64
}

export const enum Run {
  Off,
  /** In WFI. */
  Blocked,
  /** Runs, or would. */
  Ready,
  /** Off its CPU as long as its VM is paused. */
  Held,
}

export const DUE_DELIVER: u32 = 1
export const DUE_CONSOLE: u32 = 2
export const DUE_DEVICE: u32 = 4
export const DUE_FRAMES: u32 = 8

/** In a vCPU's page: its list registers and active priorities, and what hw.save_el1 moves. */
export const LR_AT: usize = 768
export const APR_AT: usize = LR_AT + 16 * 8
export const EL1_AT: usize = 1024
const EL1_AREA: usize = 816
/** Its last exits: src/core/history.ts. */
export const HISTORY_AT: usize = 1856
export const HISTORY_SIZE: usize = 512
/** Its own break- and watchpoints: src/core/breakpoint.ts. */
export const POINTS_AT: usize = HISTORY_AT + HISTORY_SIZE
export const POINTS_SIZE: usize = 8 + 2 * 16 * 16
/** The rest holds nothing while the vCPU is off. */
export const SCRATCH_AT: usize = POINTS_AT + POINTS_SIZE
if (offsetof<Vcpu>() > LR_AT || APR_AT + 8 * 8 > EL1_AT || EL1_AT + EL1_AREA > HISTORY_AT)
  ERROR('the vCPU page is laid out wrong')

if (offsetof<Vcpu>('x30') != 240) ERROR('Vcpu.x30 moved: boot/asm.h has it at 240')
if (offsetof<Vcpu>('elr') != 248) ERROR('Vcpu.elr moved: boot/asm.h has it at 248')
if (offsetof<Vcpu>('spsr') != 256) ERROR('Vcpu.spsr moved: boot/asm.h has it at 256')
if (offsetof<Vcpu>('stack') != 264) ERROR('Vcpu.stack moved: boot/asm.h has it at 264')

/** A bit for each record that a VM has. At boot, then under host.lock. */
let claimed: u32 = 0

/** The first of `count` free records in a row, whose pages the caller maps, or -1. */
export function claimVcpus(count: u32): i32 {
  const bits: u32 = ((<u32>1) << count) - 1
  for (let first: u32 = 0; first + count <= <u32>MAX_VCPUS; first++) {
    if (claimed & (bits << first)) continue
    claimed |= bits << first
    return first
  }
  return -1
}

export function releaseVcpus(first: u32, count: u32): void {
  claimed &= ~((((<u32>1) << count) - 1) << first)
}

export function vcpuAt(index: u32): Vcpu {
  return changetype<Vcpu>(VCPU_AT + ((<usize>index) << PAGE_SHIFT))
}

export function powerOf(vcpu: Vcpu): u32 {
  return atomic.load<u32>(changetype<usize>(vcpu), offsetof<Vcpu>('power'))
}

/** The first vCPU of a VM that is not off, 0 if there is none: a guest may have turned its first one off. */
export function firstOn(vm: Vm): usize {
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const vcpu = vcpuAt(vm.firstVcpu + i)
    if (powerOf(vcpu) !== Power.Off) return changetype<usize>(vcpu)
  }
  return 0
}

export function setPower(vcpu: Vcpu, power: u32): void {
  atomic.store<u32>(changetype<usize>(vcpu), power, offsetof<Vcpu>('power'))
}

/** Register `i` as an instruction's operand names it: 31 reads as zero. */
export function readX(vcpu: Vcpu, i: u32): u64 {
  return i == 31 ? 0 : load<u64>(changetype<usize>(vcpu) + ((<usize>i) << 3))
}

export function writeX(vcpu: Vcpu, i: u32, value: u64): void {
  if (i != 31) store<u64>(changetype<usize>(vcpu) + ((<usize>i) << 3), value)
}
