/**
 * Console: port 0, whose output goes to the VM's lines of the board's console as it stands in the queue, so that a line takes one
 * exit, and which has the keyboard as long as its driver is up. `emerg_wr` prints before there is a driver. Virtio 1.2,
 * "Console Device".
 */

import { CONFIGURATION_CHANGE } from '../../arch/virtio-mmio'
import * as core from '../core'
import { admits, charge, isLimited } from './limit'
import { answer, chain, cost, fill, next, signal, TURN, take } from './queue'
import { hasAccepted, isLive, Queue, queueOf, Slot, setInterrupt, slotAt } from './slot'
import { postpone } from './turn'

export const QUEUES: u32 = 2
const F_SIZE: u64 = 1 << 0
const F_EMERG_WRITE: u64 = 1 << 2
export const FEATURES: u64 = F_SIZE | F_EMERG_WRITE

const RECEIVE: u32 = 0
const TRANSMIT: u32 = 1
const SIZE: u32 = 0
const EMERG_WR: u32 = 8

/** Bytes of output in one turn. */
const TURN_BYTES: u32 = 4096
/** What a chain holds beyond this is nobody's output, and lost. */
const CHAIN_MOST: u64 = 1 << 20

/** Typed bytes that wait for a buffer of the driver's. */
export const BACKLOG: u32 = 1024
const backlog = memory.data(1024, 64)
/** Output on its way from RAM to host, a piece at a time. */
const piece = memory.data(256, 64)
const PIECE: u32 = 256

@unmanaged
class Console {
  /** Its slot plus 1; 0 while there is none. */
  slot: u32
  typed: u32
  /** More was typed than the backlog holds: core waits for room. */
  isStarved: u32
  /** Columns and rows as the driver knows them. */
  size: u32
}

const at = memory.data(64, 64)
function own(): Console {
  return changetype<Console>(at)
}

/** A VM has one console; the schema says so, and here the last one counts. */
export function attach(slot: u32): void {
  own().slot = slot + 1
}

/** Whether the keyboard is this console's: its driver is up. */
export function hasKeyboard(): bool {
  const slot = own().slot
  return slot != 0 && isLive(slotAt(slot - 1))
}

export function reset(_vcpu: u32): void {
  const c = own()
  c.typed = 0
  if (c.isStarved) core.consoleReady() // what waits in host goes to whoever has the keyboard next
  c.isStarved = 0
}

/** The driver offered buffers or output, or host has room again. */
export function serve(vcpu: u32, slot: Slot): void {
  flush(vcpu, slot)
  transmit(vcpu, slot)
}

export function space(): u32 {
  const c = own()
  const free = BACKLOG - c.typed
  if (free == 0) c.isStarved = 1
  return free
}

/** A typed byte, for which there is space; `room` follows the last one. */
export function input(byte: u32): void {
  const c = own()
  if (c.typed == BACKLOG) return
  store<u8>(backlog + c.typed, <u8>byte)
  c.typed++
}

/** Typed bytes have come, or host's ring has room again. */
export function room(vcpu: u32): void {
  if (hasKeyboard()) serve(vcpu, slotAt(own().slot - 1))
}

/** Typed bytes into the driver's buffers, as many in each as fit. */
function flush(vcpu: u32, slot: Slot): void {
  const c = own()
  const queue = queueOf(slot, RECEIVE)
  let done: u32 = 0
  let turn: u32 = 0
  while (turn < TURN && done < c.typed && next(vcpu, slot, queue)) {
    const size = fill(backlog + done, c.typed - done)
    answer(queue, size)
    done += size
    turn += cost()
  }
  signal(vcpu, queue)
  if (turn >= TURN) postpone(slot.index)
  if (done == 0) return
  c.typed -= done
  memory.copy(backlog, backlog + done, c.typed)
  if (c.isStarved) {
    c.isStarved = 0
    core.consoleReady()
  }
}

/** Output, until there is no more, host takes no more (it says when it does), or the turn is over. */
function transmit(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, TRANSMIT)
  let budget = TURN_BYTES
  let turn: u32 = 0
  let isFull = false
  const limited = isLimited(slot.index)
  while (turn < TURN && budget && next(vcpu, slot, queue)) {
    if (limited && !admits(slot.index)) break
    const before = queue.progress
    turn += cost()
    isFull = !print(queue, budget)
    const printed = queue.progress - before
    budget -= printed
    const isDone = !isFull && <u64>queue.progress >= min(chain().readableSize, CHAIN_MOST)
    if (limited) charge(slot.index, isDone ? 1 : 0, printed)
    if (!isDone) break
    answer(queue, 0)
  }
  signal(vcpu, queue)
  if (!isFull && (turn >= TURN || !budget)) postpone(slot.index)
}

/** Up to `budget` bytes of the chain, from where it stands. False: host's ring is full. */
function print(queue: Queue, budget: u32): bool {
  const end = queue.progress + budget
  while (queue.progress < end) {
    const length = take(piece, queue.progress, min(PIECE, end - queue.progress))
    const taken = put(length)
    queue.progress += taken
    if (taken < length) return false
    if (length == 0) break
  }
  return true
}

/** How many of the piece's bytes host took. */
function put(length: u32): u32 {
  let done: u32 = 0
  while (done < length) {
    const count = min<u32>(length - done, 8)
    const taken = min(core.consoleWrite(load<u64>(piece + done), count), count)
    done += taken
    if (taken < count) break
  }
  return done
}

/** cols and rows; max_nr_ports means nothing without MULTIPORT; emerg_wr reads as nothing. */
export function readConfig(offset: u32): u32 {
  if (offset != SIZE) return 0
  own().size = core.terminalSize()
  return own().size
}

/** Tells the driver that the terminal has another size, if it wants to know. */
export function look(vcpu: u32): void {
  const c = own()
  if (!hasKeyboard() || core.terminalSize() == c.size) return
  const slot = slotAt(c.slot - 1)
  c.size = core.terminalSize()
  slot.configGeneration++
  if (hasAccepted(slot, F_SIZE)) setInterrupt(vcpu, slot, slot.interruptStatus | CONFIGURATION_CHANGE)
}

export function writeConfig(offset: u32, size: u32, value: u32): void {
  // A byte in a word, in whatever width the driver has. One that host has no room for is lost, as on a wire.
  if (offset == EMERG_WR && size <= 4) core.consolePut(value & 0xff)
}
