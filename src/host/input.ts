/**
 * What was typed for each VM and has not been fetched yet. With a full ring the next byte waits, and with it what was typed behind
 * it; a VM that then fetches nothing for a second loses bytes instead, so that it never takes the keyboard's commands away.
 */

import { ticks } from './core'
import { RING_HEADER, Ring } from './ring'
import { NOBODY, VMS } from './source'

const INPUT_SIZE: u32 = 128
const INPUT_STRIDE: u32 = 144
const INPUTS = memory.data(16 * 144, 16)
const NEVER: u64 = u64.MAX_VALUE

if (VMS !== 16) ERROR('input: the pool holds 16 VMs')
if (INPUT_STRIDE !== RING_HEADER + INPUT_SIZE) ERROR('input: INPUT_STRIDE is a ring and its bytes')

export const NO_INPUT: u32 = 0xffff_ffff

/** Bitmaps of VMs: with input waiting; that fetch nothing, and lose what finds no room. */
let pending: u32 = 0
let deaf: u32 = 0
/** The VM whose ring is full while a byte waits for it, the count at which it is given up, and the ticks until then. */
let awaited: u32 = NOBODY
let until: u64 = 0
let patience: u64 = 0
/** A VM is to be told of what no interrupt of the UART announces. */
let isNews = false

function inputOf(vm: u32): Ring {
  return changetype<Ring>(INPUTS + vm * INPUT_STRIDE)
}

export function initInput(frequency: u32): void {
  patience = frequency as u64
  for (let vm: u32 = 0; vm < VMS; vm++) inputOf(vm).init(INPUT_SIZE)
}

/** False: not now. The caller keeps the byte, and offers it again. */
export function typeFor(vm: u32, ch: u32): bool {
  const bit: u32 = 1 << vm
  if (inputOf(vm).push(ch)) pending |= bit
  else if ((deaf & bit) === 0 && !isGivenUp(vm)) return false
  awaited = NOBODY
  return true
}

function isGivenUp(vm: u32): bool {
  const now = ticks()
  if (awaited !== vm) {
    awaited = vm
    until = now + patience
  }
  if (now < until) return false
  deaf |= 1 << vm
  return true
}

/** Something that is not typed has come for the VM. */
export function announceInput(vm: u32): void {
  pending |= 1 << vm
  isNews = true
}

/** When the byte that waits is to be offered again: at once if half of the ring is free. */
export function inputDeadline(): u64 {
  if (isNews) return 0
  if (awaited === NOBODY) return NEVER
  return inputOf(awaited).used() <= INPUT_SIZE / 2 ? 0 : until
}

/** The VM's place is another's now. */
export function forgetTyped(vm: u32): void {
  inputOf(vm).init(INPUT_SIZE)
  pending &= ~(1 << vm)
  deaf &= ~(1 << vm)
  if (awaited === vm) awaited = NOBODY
}

export function nextTyped(vm: u32): u32 {
  if (vm >= VMS) return NO_INPUT
  const ring = inputOf(vm)
  const ch = ring.used() === 0 ? NO_INPUT : ring.pop()
  deaf &= ~(1 << vm)
  if (ring.used() === 0) pending &= ~(1 << vm)
  return ch
}

export function pendingInput(): u32 {
  isNews = false
  return pending
}
