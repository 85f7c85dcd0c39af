/** What the vGIC keeps for each vCPU: the shadow of its list registers and the state of its maintenance interrupt. */

import * as core from '../core'
import { VCPUS } from './bank'

@unmanaged
export class Cpu {
  /** Bitmap of list registers that a new interrupt may take without asking further; 0 sends every arrival to `settle`. */
  usable: u32
  /** Another vCPU changed something that concerns this one: `deliver` has work. */
  due: u32
  /** Some interrupt of this vCPU is active outside the list registers. */
  strays: u32
  /** Maintenance enables as last given to core. */
  control: u32
  /** GICR_WAKER. */
  waker: u32
  /** INTID of a forwarded interrupt that may go straight back to list register `againLr` as `again`; 0: none may. */
  againIntid: u32
  againLr: u32
  /** SGIs that other vCPUs have latched for this one since it last looked; a kick is on its way. */
  arrived: u32
  again: u64
  /** Interrupts that it was given: those that hardware forwards as they come, others as they are put into a list register. */
  injected: u64
}

const SHIFT = 6
const cpus = memory.data(VCPUS << SHIFT, 64)

export function cpuAt(vcpu: u32): Cpu {
  return changetype<Cpu>(cpus + (vcpu << SHIFT))
}

/** Another vCPU's state changed: no shortcuts for it until it has settled, on its own core. */
export function wake(vcpu: u32): void {
  const cpu = cpuAt(vcpu)
  if (cpu.due) return
  cpu.due = 1
  cpu.usable = 0
  cpu.againIntid = 0
  core.kick(1 << vcpu)
}

/** Another vCPU has latched SGIs `bits` for `vcpu`, and changed nothing else: its list registers are as it left them. True if a
 * kick is on its way already. */
export function announce(vcpu: u32, bits: u32): bool {
  const cpu = cpuAt(vcpu)
  const isKicked = (cpu.arrived | cpu.due) !== 0
  cpu.arrived |= bits
  return isKicked
}

/** What a list register was filled with: 0 nothing, else SLOT_VALID, the source of a GICv2 SGI, and the pin. */
export const MAX_LRS: u32 = 16
const SLOT_VALID: u32 = 0x8000
const SLOT_SOURCE_SHIFT: u32 = 12
const slots = memory.data(VCPUS * 16 * 2, 64)

export function slotAt(vcpu: u32, i: u32): u32 {
  return load<u16>(slots + (((vcpu << 4) | i) << 1))
}

export function setSlot(vcpu: u32, i: u32, slot: u32): void {
  cpuAt(vcpu).againIntid = 0
  store<u16>(slots + (((vcpu << 4) | i) << 1), <u16>slot)
}

/**
 * The value that made a list register pending; 0 once it was seen in another state. While its interrupt counts as held, nothing has
 * changed that the value depends on: such changes settle, and let go of what has ended.
 */
const offers = memory.data(VCPUS * 16 * 8, 64)

export function offerAt(vcpu: u32, i: u32): u64 {
  return load<u64>(offers + (((vcpu << 4) | i) << 3))
}

export function setOffer(vcpu: u32, i: u32, lr: u64): void {
  store<u64>(offers + (((vcpu << 4) | i) << 3), lr)
}

export function slotFor(pin: u32, source: u32): u32 {
  return SLOT_VALID | (source << SLOT_SOURCE_SHIFT) | pin
}

export function pinOfSlot(slot: u32): u32 {
  return slot & 0x1ff
}

export function sourceOfSlot(slot: u32): u32 {
  return (slot >> SLOT_SOURCE_SHIFT) & 7
}
