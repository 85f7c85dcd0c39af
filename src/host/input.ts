/** What was typed for each VM and has not been fetched yet; when a VM does not read, its newest bytes are dropped. */

import { RING_HEADER, Ring } from './ring'
import { VMS } from './source'

const INPUT_SIZE: u32 = 128
const INPUT_STRIDE: u32 = 144
const INPUTS = memory.data(16 * 144, 16)

if (VMS !== 16) ERROR('input: the pool holds 16 VMs')
if (INPUT_STRIDE !== RING_HEADER + INPUT_SIZE) ERROR('input: INPUT_STRIDE is a ring and its bytes')

export const NO_INPUT: u32 = 0xffff_ffff

/** Bitmap of VMs with input waiting. */
let pending: u32 = 0

function inputOf(vm: u32): Ring {
  return changetype<Ring>(INPUTS + vm * INPUT_STRIDE)
}

export function initInput(): void {
  for (let vm: u32 = 0; vm < VMS; vm++) inputOf(vm).init(INPUT_SIZE)
}

export function typeFor(vm: u32, ch: u32): void {
  if (inputOf(vm).push(ch)) pending |= 1 << vm
}

export function nextTyped(vm: u32): u32 {
  if (vm >= VMS) return NO_INPUT
  const ring = inputOf(vm)
  if (ring.used() === 0) return NO_INPUT
  const ch = ring.pop()
  if (ring.used() === 0) pending &= ~(1 << vm)
  return ch
}

export function pendingInput(): u32 {
  return pending
}
