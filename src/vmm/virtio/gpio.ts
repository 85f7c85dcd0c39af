/**
 * GPIO: the lines of the board that the config gives to this VM, by name. core has the pins (src/core/gpio.ts); here are messages, and
 * the buffers by which the driver waits for a line. Virtio 1.2, "GPIO Device".
 *
 * An edge is latched from when the driver names the type; at most one waits for the driver, however many there were.
 */
import { GPIO_LINES_MOST } from '../../abi/gpio'
import * as gpio from '../../arch/virtio-gpio'
import * as core from '../core'
import * as ram from '../ram'
import { admits, charge, isLimited } from './limit'
import { answer, chain, cost, fill, giveBack, keep, next, segmentIpa, segmentSize, signal, TURN, take } from './queue'
import { hasAccepted, isLive, Queue, queueOf, Slot, slotAt } from './slot'
import { postpone } from './turn'

export const QUEUES: u32 = 2
export const FEATURES: u64 = gpio.F_IRQ

const REQUEST: u32 = 0
const EVENT: u32 = 1
const NAMES_MOST: u32 = 255
/** Bytes of names in one setting. */
const PIECE: u32 = 6

@unmanaged
class Lines {
  /** The device's slot plus 1; 0 while there is none. */
  slot: u32
  /** Bytes that came, in whole pieces. */
  namesSize: u32
  /** A bit for each line: the driver waits for it; it has an event that the driver has not heard of. */
  queued: u32
  latched: u32
}

const at = memory.data(64, 64)
/** For each line IRQ_*; where the driver waits, its chain's head and where the status goes. */
const senses = memory.data(32)
const heads = memory.data(32 * 4, 4)
const statuses = memory.data(32 * 8, 8)
const message = memory.data(8, 8)
/** A status, and behind it a value or the names. */
const reply = memory.data(256, 8)
const names = reply + 1
if (GPIO_LINES_MOST > 32) ERROR('bitmaps of lines are u32')

function own(): Lines {
  return changetype<Lines>(at)
}

/** A VM has one; the schema says so, and here the last one counts. */
export function attach(slot: u32): void {
  own().slot = slot + 1
}

/** Bytes of the lines' names, in order, each with a NUL; the last piece is filled up with more of those, which no name begins with. */
export function addNames(piece: u64): void {
  const size = own().namesSize
  if (size + PIECE > NAMES_MOST - 1) return
  for (let i: u32 = 0; i < PIECE; i++) store<u8>(names + size + i, <u8>(piece >> (i << 3)))
  own().namesSize = size + PIECE
}

export function readConfig(offset: u32): u32 {
  if (offset == gpio.NGPIO) return core.gpioCount()
  return offset == gpio.NAMES_SIZE ? namesSize() : 0
}

/** Bytes of the names that lines have: one NUL for each. */
function namesSize(): u32 {
  let left = core.gpioCount()
  let size: u32 = 0
  for (; left && size < own().namesSize; size++) if (!load<u8>(names + size)) left--
  return size
}

export function reset(): void {
  for (let line: u32 = 0; line < core.gpioCount(); line++) {
    core.gpioSense(line, gpio.IRQ_NONE)
    core.gpioDirect(line, gpio.DIRECTION_NONE)
    store<u8>(senses + line, 0)
  }
  own().queued = own().latched = 0
}

/** The driver's buffers there are no more. */
export function resetQueue(index: u32): void {
  if (index == EVENT) own().queued = 0
}

export function serve(vcpu: u32, slot: Slot): void {
  const turn = answerRequests(vcpu, slot)
  const all = turn < TURN ? acceptWaits(vcpu, slot, turn) : turn
  if (all >= TURN) postpone(slot.index)
}

/** Lines of the board have interrupted. */
export function collect(vcpu: u32): void {
  const lines = own()
  if (!lines.slot) return
  const slot = slotAt(lines.slot - 1)
  const queue = queueOf(slot, EVENT)
  for (let bits = core.gpioTake(); bits; bits &= bits - 1) {
    const line = ctz(bits)
    if (!senseOf(line)) continue
    lines.latched |= 1 << line
    if (isLive(slot) && queue.ready) deliver(queue, line)
  }
  if (isLive(slot) && queue.ready) signal(vcpu, queue)
}

function answerRequests(vcpu: u32, slot: Slot): u32 {
  const queue = queueOf(slot, REQUEST)
  const limited = isLimited(slot.index)
  let turn: u32 = 0
  while (turn < TURN && next(vcpu, slot, queue)) {
    if (limited && !admits(slot.index)) break
    turn += cost()
    const isWhole = take(message, 0, gpio.REQUEST_SIZE) == gpio.REQUEST_SIZE
    answer(queue, isWhole ? carryOut(slot) : fillStatus(gpio.STATUS_ERR, 0))
    if (limited) charge(slot.index, 1, 0)
  }
  signal(vcpu, queue)
  return turn
}

/** Bytes of the answer to the message at hand. */
function carryOut(slot: Slot): u32 {
  const type: u32 = load<u16>(message)
  const line: u32 = load<u16>(message, gpio.REQUEST_LINE)
  const value = load<u32>(message, gpio.REQUEST_VALUE)
  if (type == gpio.MSG_GET_LINE_NAMES) return fillNames()
  if (line >= core.gpioCount()) return fillStatus(gpio.STATUS_ERR, 0)
  switch (type) {
    case gpio.MSG_GET_DIRECTION:
      return fillStatus(gpio.STATUS_OK, core.gpioDirection(line))
    case gpio.MSG_GET_VALUE:
      return fillStatus(gpio.STATUS_OK, core.gpioValue(line))
    case gpio.MSG_SET_DIRECTION:
      if (value > gpio.DIRECTION_IN) break
      core.gpioDirect(line, value)
      return fillStatus(gpio.STATUS_OK, 0)
    case gpio.MSG_SET_VALUE:
      if (value > 1) break
      core.gpioSet(line, value)
      return fillStatus(gpio.STATUS_OK, 0)
    case gpio.MSG_SET_IRQ_TYPE:
      if (!hasAccepted(slot, gpio.F_IRQ) || !setType(slot, line, value)) break
      return fillStatus(gpio.STATUS_OK, 0)
  }
  return fillStatus(gpio.STATUS_ERR, 0)
}

function fillStatus(status: u32, value: u32): u32 {
  store<u8>(message, <u8>status)
  store<u8>(message, <u8>value, 1)
  return fill(message, gpio.RESPONSE_SIZE)
}

function fillNames(): u32 {
  store<u8>(reply, <u8>gpio.STATUS_OK)
  return fill(reply, namesSize() + 1)
}

/** False: no type, or not one for an output. */
function setType(slot: Slot, line: u32, type: u32): bool {
  if (!gpio.isIrqType(type)) return false
  if (type && core.gpioDirection(line) == gpio.DIRECTION_OUT) return false
  own().latched &= ~(1 << line)
  core.gpioSense(line, type)
  store<u8>(senses + line, <u8>type)
  if (!type) withdraw(slot, line)
  else if (isEdge(line)) core.gpioArm(line)
  return true
}

/** The driver waits no longer for a line that it has disabled. */
function withdraw(slot: Slot, line: u32): void {
  if (!(own().queued & (1 << line))) return
  giveStatus(queueOf(slot, EVENT), line, gpio.IRQ_STATUS_INVALID)
}

function acceptWaits(vcpu: u32, slot: Slot, used: u32): u32 {
  const queue = queueOf(slot, EVENT)
  let turn = used
  while (turn < TURN && next(vcpu, slot, queue)) {
    turn += cost()
    const size = take(message, 0, gpio.IRQ_REQUEST_SIZE)
    keep(queue)
    accept(queue, size == gpio.IRQ_REQUEST_SIZE ? <u32>load<u16>(message) : u32.MAX_VALUE)
  }
  signal(vcpu, queue)
  return turn
}

/** The chain at hand waits for `line`. One that cannot gets its buffers back at once. */
function accept(queue: Queue, line: u32): void {
  const head = chain().head
  const status = statusIpa()
  if (!status) giveBack(queue, head, 0)
  else if (line >= core.gpioCount() || own().queued & (1 << line) || !senseOf(line)) {
    store<u8>(message, <u8>gpio.IRQ_STATUS_INVALID)
    ram.write(status, message, 1)
    giveBack(queue, head, 1)
  } else {
    own().queued |= 1 << line
    store<u32>(heads + (line << 2), head)
    store<u64>(statuses + (line << 3), status)
    if (own().latched & (1 << line)) deliver(queue, line)
    else if (!isEdge(line)) core.gpioArm(line)
  }
}

/** The first byte of the chain that can be written; 0: there is none. No VM's RAM begins at 0. */
function statusIpa(): u64 {
  for (let i = chain().readable; i < chain().count; i++) if (segmentSize(i)) return segmentIpa(i)
  return 0
}

/** The driver hears of the line's event, if it waits. A level is looked at again when the driver next waits for it. */
function deliver(queue: Queue, line: u32): void {
  const bit: u32 = 1 << line
  if (!(own().queued & bit)) return
  own().latched &= ~bit
  giveStatus(queue, line, gpio.IRQ_STATUS_VALID)
  if (isEdge(line)) core.gpioArm(line)
}

function giveStatus(queue: Queue, line: u32, status: u32): void {
  own().queued &= ~(1 << line)
  store<u8>(message, <u8>status)
  ram.write(load<u64>(statuses + (line << 3)), message, 1)
  giveBack(queue, load<u32>(heads + (line << 2)), 1)
}

function senseOf(line: u32): u32 {
  return line < <u32>GPIO_LINES_MOST ? <u32>load<u8>(senses + line) : 0
}

function isEdge(line: u32): bool {
  return (senseOf(line) & ~gpio.IRQ_EDGES) == 0
}
