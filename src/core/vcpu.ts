/** A virtual CPU's record: one page, which begins with the registers that vectors.S saves at every exit. */
import { MAX_VCPUS, PAGE_SHIFT, VCPU_AT } from '../abi/layout'

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
  /** The CPU that it is pinned to. */
  cpu: u32
  /** Address of vm.lock where the VM has several vCPUs, which could meet in its compartment; else 0. */
  lock: usize
  /** Power; atomic. */
  power: u32
  /** Where and with which x0 it starts when turned on. */
  entry: u64
  context: u64
  /** Aborts injected in a row at one address: a guest whose vectors fault. */
  abortPc: u64
  abortCount: u32
}

if (offsetof<Vcpu>('x30') != 240) ERROR('Vcpu.x30 moved: boot/asm.h has it at 240')
if (offsetof<Vcpu>('elr') != 248) ERROR('Vcpu.elr moved: boot/asm.h has it at 248')
if (offsetof<Vcpu>('spsr') != 256) ERROR('Vcpu.spsr moved: boot/asm.h has it at 256')
if (offsetof<Vcpu>('stack') != 264) ERROR('Vcpu.stack moved: boot/asm.h has it at 264')

/** vCPUs created so far. Boot only. */
export let vcpuCount: u32 = 0

/** The next free record, whose page the caller maps, or -1. */
export function claimVcpu(): i32 {
  if (vcpuCount === MAX_VCPUS) return -1
  vcpuCount++
  return vcpuCount - 1
}

export function vcpuAt(index: u32): Vcpu {
  return changetype<Vcpu>(VCPU_AT + ((<usize>index) << PAGE_SHIFT))
}

/** Register `i` as an instruction's operand names it: 31 reads as zero. */
export function readX(vcpu: Vcpu, i: u32): u64 {
  return i == 31 ? 0 : load<u64>(changetype<usize>(vcpu) + ((<usize>i) << 3))
}

export function writeX(vcpu: Vcpu, i: u32, value: u64): void {
  if (i != 31) store<u64>(changetype<usize>(vcpu) + ((<usize>i) << 3), value)
}
