/** GICv2 SGIs remember their senders: a bit for each requesting vCPU that waits to be acknowledged. IHI 0048 "GICD_SPENDSGIRn". */

import { isSgi, VCPUS } from './bank'
import { machine } from './machine'

const pending = memory.data(VCPUS * 16, 64)
const active = memory.data(VCPUS * 16, 64)

export function hasSource(pin: u32): bool {
  return isSgi(pin) && namesSenders()
}

/** Whether an SGI says who sent it; in its list register stands vCPU 0 where it does not. */
export function namesSenders(): bool {
  return machine().version == 2
}
export const NOBODY: u32 = 1 << 0

/** Bitmap of the vCPUs whose SGI waits here; those in a list register are not among them. */
export function sourcesOf(pin: u32): u32 {
  return load<u8>(pending + place(pin))
}
export function setSources(pin: u32, sources: u32): void {
  store<u8>(pending + place(pin), <u8>sources)
}

/** vCPU `source` has sent one. */
export function addSource(pin: u32, source: u32): void {
  setSources(pin, sourcesOf(pin) | (1 << source))
}

/** The sender of an SGI that is active outside the list registers: its EOI must name it. */
export function activeSourceOf(pin: u32): u32 {
  return load<u8>(active + place(pin))
}
export function setActiveSource(pin: u32, source: u32): void {
  store<u8>(active + place(pin), <u8>source)
}

function place(pin: u32): u32 {
  return ((pin >> 5) << 4) | (pin & 15)
}
