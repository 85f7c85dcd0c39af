/**
 * Console: port 0, whose output goes to the VM's lines of the board's console as it stands in the queue, so that a line takes one
 * exit, and the ports that the config adds (console-port.ts). One of them has the keyboard as long as the driver is up. `emerg_wr`
 * prints before there is a driver. Virtio 1.2, "Console Device".
 */

import * as virtio from '../../arch/virtio-console'
import { CONFIGURATION_CHANGE } from '../../arch/virtio-mmio'
import * as core from '../core'
import * as control from './console-control'
import { addPiece, drain, forget, portCount, printLines, printRaw } from './console-port'
import { admits, charge, isLimited } from './limit'
import { answer, chain, cost, fill, next, signal, TURN, take } from './queue'
import { hasAccepted, isLive, provide, Queue, queueOf, Slot, setInterrupt, slotAt } from './slot'
import { postpone } from './turn'

export const QUEUES: u32 = 2
export const FEATURES: u64 = virtio.F_SIZE | virtio.F_EMERG_WRITE

/** Bytes of output in one turn, of all ports. */
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
  /** The port that has the keyboard, and the one that may print first in the next turn. */
  keyboard: u32
  first: u32
  /** What is left of this turn. */
  turn: u32
  budget: u32
}

const at = memory.data(64, 64)
function own(): Console {
  return changetype<Console>(at)
}

/** A VM has one console; the schema says so, and here the last one counts. */
export function attach(slot: u32): void {
  own().slot = slot + 1
}

/** Six bytes of a further port's record. Before the guest runs. */
export function addPort(record: u64): void {
  if (!own().slot || !addPiece(record)) return
  const slot = slotAt(own().slot - 1)
  if (provide(slot, virtio.FURTHER + (portCount() - 1) * 2)) slot.offered |= virtio.F_MULTIPORT
}

/** The driver knows of the further ports. */
function hasPorts(slot: Slot): bool {
  return hasAccepted(slot, virtio.F_MULTIPORT)
}

/** The first of a port's two queues: what it receives. */
function queuesOf(port: u32): u32 {
  return port ? virtio.FURTHER + (port - 1) * 2 : virtio.RECEIVE
}

/** Whether the keyboard is this console's: its driver is up. */
export function hasKeyboard(): bool {
  const slot = own().slot
  return slot != 0 && isLive(slotAt(slot - 1))
}

export function reset(_vcpu: u32): void {
  const c = own()
  dropTyped()
  control.reset()
  forget()
}

function dropTyped(): void {
  const c = own()
  c.typed = 0
  if (c.isStarved) core.consoleReady() // what waits in host goes to whoever has the keyboard next
  c.isStarved = 0
}

/** The driver offered buffers or output, or host has room again. */
export function serve(vcpu: u32, slot: Slot): void {
  const c = own()
  c.turn = TURN
  c.budget = TURN_BYTES
  if (!hasPorts(slot)) {
    flush(vcpu, slot)
    transmit(vcpu, slot, 0)
    return
  }
  control.serve(vcpu, slot)
  follow()
  flush(vcpu, slot)
  const count = portCount()
  let port = c.first
  // Where host has no more room the port goes on first, or another's line would cut its own.
  let served: u32 = 0
  for (; served < count && transmit(vcpu, slot, port); served++) port = (port + 1) % count
  c.first = served == count ? (port + 1) % count : port
}

/** The operator may have given the keyboard to another port: what was typed for the last one is lost. */
function follow(): void {
  const c = own()
  const wanted = core.terminalPort()
  const port = wanted < portCount() ? wanted : 0
  if (port == c.keyboard) return
  c.keyboard = port
  dropTyped()
}

/** How many typed bytes may come now: what is typed after an operator chose a port is that one's. */
export function space(): u32 {
  const c = own()
  if (hasKeyboard() && hasPorts(slotAt(c.slot - 1))) follow()
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
  const queue = queueOf(slot, hasPorts(slot) ? queuesOf(c.keyboard) : virtio.RECEIVE)
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

/** A port's output, until there is no more, host takes no more (it says when it does), or the turn is over. False: host's ring is full. */
function transmit(vcpu: u32, slot: Slot, port: u32): bool {
  const c = own()
  const queue = queueOf(slot, queuesOf(port) + 1)
  let isFull = false
  const limited = isLimited(slot.index)
  while (c.turn && c.budget && next(vcpu, slot, queue)) {
    if (limited && !admits(slot.index)) break
    const before = queue.progress
    c.turn -= min(c.turn, cost())
    isFull = !print(slot, port, queue, c.budget)
    const printed = queue.progress - before
    c.budget -= printed
    const isDone = !isFull && <u64>queue.progress >= min(chain().readableSize, CHAIN_MOST)
    if (limited) charge(slot.index, isDone ? 1 : 0, printed)
    if (!isDone) break
    answer(queue, 0)
  }
  signal(vcpu, queue)
  if (!isFull && (!c.turn || !c.budget)) postpone(slot.index)
  return !isFull
}

/** Up to `budget` bytes of the chain, from where it stands. False: host's ring is full. */
function print(slot: Slot, port: u32, queue: Queue, budget: u32): bool {
  const isRaw = !hasPorts(slot) || port == own().keyboard
  const end = queue.progress + budget
  while (queue.progress < end) {
    if (!drain()) return false
    const length = take(piece, queue.progress, min(PIECE, end - queue.progress))
    const taken = isRaw ? printRaw(port, piece, length) : printLines(port, piece, length)
    queue.progress += taken
    if (taken < length) return false
    if (length == 0) break
  }
  return true
}

/** cols and rows, how many ports there are if there can be several; emerg_wr reads as nothing. */
export function readConfig(offset: u32): u32 {
  if (offset == virtio.MAX_NR_PORTS) return portCount()
  if (offset != virtio.SIZE) return 0
  own().size = core.terminalSize()
  return own().size
}

/** An operator's terminal has another size, which a driver hears of that wants to; or another port is to have the keyboard. */
export function look(vcpu: u32): void {
  const c = own()
  if (!hasKeyboard()) return
  const slot = slotAt(c.slot - 1)
  if (hasPorts(slot)) follow()
  if (core.terminalSize() == c.size) return
  c.size = core.terminalSize()
  slot.configGeneration++
  if (hasPorts(slot)) control.resize(vcpu, slot)
  if (hasAccepted(slot, virtio.F_SIZE)) setInterrupt(vcpu, slot, slot.interruptStatus | CONFIGURATION_CHANGE)
}

export function writeConfig(offset: u32, size: u32, value: u32): void {
  // A byte in a word, in whatever width the driver has. One that host has no room for is lost, as on a wire.
  if (offset == virtio.EMERG_WR && size <= 4) core.consolePut(value & 0xff)
}
