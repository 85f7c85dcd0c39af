/**
 * Two of these share a memory: what one writes the other finds, doorbells come by interrupt, nobody writes what is not its own, and a
 * peer that is gone has state 0. Whichever has the higher ID leaves first.
 */

import { SHARED_DOORBELL, SHARED_INTERRUPT, SHARED_TARGET_SHIFT } from '../../../src/abi/shared-memory'
import { initGuest } from '../../../src/guest/entry'
import { acknowledge, endInterrupt, initGic, intidOf } from '../../../src/guest/gic'
import { dsb_sy, irq_off, irq_on, isb, read32, read64, wfi, write32, write64 } from '../../../src/guest/hw'
import { listen, openShared, outputOf, ring, SharedMemory, setState, stateOf } from '../../../src/guest/shared-memory'
import { fail, pass } from '../program/verdict'

const NAME = 'shared-memory'
const ROUNDS: u32 = 200
const WRITABLE: u32 = 0x1_0000
const OUTPUT: u32 = 0x4000
/** In the section that both write, a word that each waits for. */
const WORD: u64 = 64
const READY: u32 = 1
const DONE: u32 = 2

const memoryAt = memory.data(64, 8)
let rings: u32 = 0
let faults: u32 = 0

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  const shared = changetype<SharedMemory>(memoryAt)
  openShared(shared, 0)
  if (shared.peers !== 2 || shared.id > 1) fail(NAME, 'peers', shared.peers)
  if (shared.writableSize !== WRITABLE || shared.outputSize !== OUTPUT) fail(NAME, 'sizes', shared.outputSize)
  const other = 1 - shared.id
  if (shared.id === 0) isNew(shared)
  fill(outputOf(shared, shared.id), shared.id)
  listen(shared)
  setState(shared, READY)
  awaitState(shared, other, READY)
  check(outputOf(shared, other), other)
  refused(shared, other)
  talk(shared, other)
  alone(shared)
  if (shared.id === 1) {
    setState(shared, DONE)
    pass(NAME)
  }
  awaitState(shared, other, 0)
  pass(NAME)
}

/** Nobody's data before ours; the other's output may be there already. */
function isNew(shared: SharedMemory): void {
  for (let at = shared.writable; at < outputOf(shared, 1); at += 8) if (read64(at) !== 0) fail(NAME, 'not zero at', at)
}

function fill(at: u64, seed: u32): void {
  for (let i: u32 = 0; i < OUTPUT; i += 8) write64(at + (i as u64), word(i, seed))
}

function check(at: u64, seed: u32): void {
  for (let i: u32 = 0; i < OUTPUT; i += 8)
    if (read64(at + (i as u64)) !== word(i, seed)) fail(NAME, 'another byte at', i)
}

function word(i: u32, seed: u32): u64 {
  return ((i as u64) + 1) * (0x9e37_79b9_7f4a_7c15 + (seed as u64))
}

/** The table and the other's section fault when written, and stay as they are; unknown registers and doorbells do nothing. */
function refused(shared: SharedMemory, other: u32): void {
  write32(shared.table, 7)
  write32(outputOf(shared, other), 7)
  if (faults !== 2) fail(NAME, 'writes that faulted', faults)
  if (stateOf(shared, other) < READY) fail(NAME, 'a state changed to', stateOf(shared, other))
  check(outputOf(shared, other), other)
  for (let at: u64 = 0x14; at < 0x1000; at += 4) write32(shared.registers + at, 0xffff_ffff)
  write32(shared.registers + SHARED_DOORBELL, 77 << SHARED_TARGET_SHIFT)
  write32(shared.registers + SHARED_DOORBELL, (other << SHARED_TARGET_SHIFT) | 1)
  if (read32(shared.registers + 0x800) !== 0)
    fail(NAME, 'a register that is none reads', read32(shared.registers + 0x800))
}

/** By turns, each waiting for the other's doorbell. */
function talk(shared: SharedMemory, other: u32): void {
  const at = shared.writable + WORD
  for (let round: u32 = 0; round < ROUNDS; round++) {
    while (read32(at) !== round * 2 + shared.id) sleep()
    write32(at, round * 2 + shared.id + 1)
    ring(shared, other)
  }
}

/** A doorbell of one's own, and none where the interrupt is off. */
function alone(shared: SharedMemory): void {
  irq_off()
  rings = 0
  write32(shared.registers + SHARED_INTERRUPT, 0)
  ring(shared, shared.id)
  write32(shared.registers + SHARED_INTERRUPT, 1)
  open()
  const before = rings
  ring(shared, shared.id)
  ring(shared, shared.id)
  open()
  if (rings === before) fail(NAME, 'its own doorbell is silent', rings)
}

function open(): void {
  dsb_sy()
  irq_on()
  isb()
  irq_off()
}

function awaitState(shared: SharedMemory, other: u32, state: u32): void {
  if (state === 0) while (stateOf(shared, other) !== 0) sleep()
  else while (stateOf(shared, other) < state) sleep()
}

/** Until the next interrupt, of which none is missed: they stay pending while they are masked. */
function sleep(): void {
  irq_off()
  const before = rings
  open()
  if (rings === before) wfi()
  open()
}

export function onIrq(_count: u64): void {
  const acknowledged = acknowledge()
  if (intidOf(acknowledged) === changetype<SharedMemory>(memoryAt).intid) rings++
  endInterrupt(acknowledged)
}

/** A write that was refused: on to the next instruction. */
export function onSync(_esr: u64, _far: u64, elr: u64): u64 {
  faults++
  return elr + 4
}
