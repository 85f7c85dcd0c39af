/** What the vGIC keeps for each interrupt in a byte: priority, list register, and for SPIs the vCPU. */

import { bitOf, FIRST_SHARED, isShared, VCPUS } from './bank'

const PINS = 512
export const NO_PIN: u32 = 0xffff_ffff
export const NO_VCPU: u32 = 0xff

const priorities = memory.data(PINS, 64)
const holders = memory.data(PINS, 64)
const routes = memory.data(256, 64)
const homes = memory.data(256, 64)
/** For each vCPU eight words: the SPIs that go to it. */
const routed = memory.data(VCPUS * 32, 64)

export function priorityOf(pin: u32): u32 {
  return load<u8>(priorities + pin)
}
export function setPriority(pin: u32, priority: u32): void {
  store<u8>(priorities + pin, <u8>priority)
}
/** Priorities of four interrupts, as GICD_IPRIORITYR<n> shows them; `pin` is a multiple of four. */
export function priorityWord(pin: u32): u32 {
  return load<u32>(priorities + pin)
}

/** The list register that holds a `held` interrupt. */
export function holderOf(pin: u32): u32 {
  return load<u8>(holders + pin)
}
export function setHolder(pin: u32, i: u32): void {
  store<u8>(holders + pin, <u8>i)
}

/** The vCPU that holds an SPI in a list register, or has it active. */
export function homeOf(pin: u32): u32 {
  return isShared(pin) ? load<u8>(homes + pin - FIRST_SHARED) : pin >> 5
}
export function setHome(pin: u32, vcpu: u32): void {
  if (isShared(pin)) store<u8>(homes + pin - FIRST_SHARED, <u8>vcpu)
}

/** The vCPU that a pending interrupt goes to; NO_VCPU for an SPI whose target does not exist. */
export function routeOf(pin: u32): u32 {
  return isShared(pin) ? load<u8>(routes + pin - FIRST_SHARED) : pin >> 5
}

/** Sends an SPI to another vCPU, or to NO_VCPU. What a list register holds already is the caller's to settle. */
export function setRoute(pin: u32, vcpu: u32): void {
  const word = (pin - FIRST_SHARED) >> 5
  const old = routeOf(pin)
  if (old != NO_VCPU) store<u32>(routedWord(old, word), load<u32>(routedWord(old, word)) & ~bitOf(pin))
  if (vcpu != NO_VCPU) store<u32>(routedWord(vcpu, word), load<u32>(routedWord(vcpu, word)) | bitOf(pin))
  store<u8>(routes + pin - FIRST_SHARED, <u8>vcpu)
}

/** The interrupts of bank `index` that go to `vcpu`. */
export function routedTo(vcpu: u32, index: u32): u32 {
  if (index < VCPUS) return index == vcpu ? 0xffff_ffff : 0
  return load<u32>(routedWord(vcpu, index - VCPUS))
}

function routedWord(vcpu: u32, word: u32): usize {
  return routed + (vcpu << 5) + (word << 2)
}
