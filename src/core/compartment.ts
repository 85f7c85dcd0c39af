/** Calls into the current VM's compartment: under vm.lock where several vCPUs could meet there. */
import { acquire, release } from '../lib/lock'
import { Vcpu } from './vcpu'
import * as vmm from './vmm'

/** For several calls in one: `consoleSpace`, `consoleInput` and `consoleRoom` expect to be between these two. */
export function enter(vcpu: Vcpu): void {
  if (vcpu.lock) acquire(vcpu.lock)
}

export function leave(vcpu: Vcpu): void {
  if (vcpu.lock) release(vcpu.lock)
}

export function hypercall(vcpu: Vcpu): void {
  enter(vcpu)
  vcpu.x0 = vmm.hypercall(vcpu.vm, vcpu.index, vcpu.x0, vcpu.x1, vcpu.x2, vcpu.x3)
  leave(vcpu)
}

export function mmioRead(vcpu: Vcpu, ipa: u64, size: u32): u64 {
  enter(vcpu)
  const value = vmm.mmioRead(vcpu.vm, vcpu.index, ipa, size)
  leave(vcpu)
  return value
}

export function mmioWrite(vcpu: Vcpu, ipa: u64, size: u32, value: u64): void {
  enter(vcpu)
  vmm.mmioWrite(vcpu.vm, vcpu.index, ipa, size, value)
  leave(vcpu)
}

export function sgi(vcpu: Vcpu, value: u64, group: u32): void {
  enter(vcpu)
  vmm.sgi(vcpu.vm, vcpu.index, value, group)
  leave(vcpu)
}

export function interrupt(vcpu: Vcpu, intid: u32): void {
  enter(vcpu)
  vmm.interrupt(vcpu.vm, vcpu.index, intid)
  leave(vcpu)
}

export function maintenance(vcpu: Vcpu): void {
  enter(vcpu)
  vmm.maintenance(vcpu.vm, vcpu.index)
  leave(vcpu)
}

export function deliver(vcpu: Vcpu): void {
  enter(vcpu)
  vmm.deliver(vcpu.vm, vcpu.index)
  leave(vcpu)
}

export function frames(vcpu: Vcpu): void {
  enter(vcpu)
  vmm.frames(vcpu.vm, vcpu.index)
  leave(vcpu)
}

/** How many typed bytes the VM's console takes now. */
export function consoleSpace(vcpu: Vcpu): u32 {
  return vmm.consoleSpace(vcpu.vm, vcpu.index)
}

export function consoleInput(vcpu: Vcpu, ch: u32): void {
  vmm.consoleInput(vcpu.vm, vcpu.index, ch)
}

export function consoleRoom(vcpu: Vcpu): void {
  vmm.consoleRoom(vcpu.vm, vcpu.index)
}
