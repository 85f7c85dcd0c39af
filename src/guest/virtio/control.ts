/**
 * The control line of a VM that holds `control`: asks the hypervisor, and reads what it answers and tells. A console to look at, the
 * one without emergency writes. doc/control.md; Virtio 1.2, "Console Device".
 */

import { RECORD_END, RECORD_MOST, RECORD_START } from '../../abi/control'
import { F_EVENT_IDX, F_VERSION_1, VIRTIO_CONSOLE } from '../../arch/virtio'
import * as register from '../../arch/virtio-mmio'
import { F_WRITE } from '../../arch/virtqueue'
import { hint_yield, read8, read32, write8, write32 } from '../hw'
import { findDevice, goLive, negotiate } from './device'
import { addBuffer, lastWritten, notify, offer, openQueue, QUEUE_MEMORY, Queue, takeAnswers } from './queue'

const RECEIVE: u32 = 0
const TRANSMIT: u32 = 1
const F_EMERG_WRITE: u32 = 1 << 2
/** Bytes of one request, and of one piece of what comes. */
const PIECE: u32 = 512
/** Two queues, then a buffer for each. */
export const CONTROL_MEMORY: u64 = 2 * QUEUE_MEMORY + 2 * 512

/** The record that comes, and how far it has come: how many bytes of it, of the last piece how many were looked at and how many there are. */
const RECORD = memory.data(1536)
if (RECORD_MOST !== 1536) ERROR('control: RECORD holds one record')
let length: u32 = 0
let isOpen = false
let seen: u32 = 0
let held: u32 = 0
/** Bytes of the request in the making. */
let composed: u32 = 0

/** The two queues are the caller's, with CONTROL_MEMORY bytes of zeroes at `at`. False: the VM may not steer the board. */
export function openControl(receive: Queue, transmit: Queue, at: u64): bool {
  const device = lineAmong()
  if (device === 0 || !negotiate(device, F_VERSION_1 | F_EVENT_IDX)) return false
  length = seen = held = 0
  isOpen = false
  openQueue(receive, device, RECEIVE, at)
  openQueue(transmit, device, TRANSMIT, at + QUEUE_MEMORY)
  goLive(device)
  listen(receive)
  return true
}

/** 0: none of the VM's consoles is its line. */
function lineAmong(): u64 {
  let device = findDevice(VIRTIO_CONSOLE, 0)
  for (let index: u32 = 1; device !== 0; index++) {
    write32(device + register.DeviceFeaturesSel, 0)
    if ((read32(device + register.DeviceFeatures) & F_EMERG_WRITE) === 0) break
    device = findDevice(VIRTIO_CONSOLE, index)
  }
  return device
}

/** `method` of the VM named `vm`, or without params where that is ''; waits until the hypervisor has read it. */
export function ask(transmit: Queue, id: u32, method: string, vm: string): void {
  composed = 0
  addByte(transmit, RECORD_START)
  add(transmit, '{"jsonrpc":"2.0","id":')
  addNumber(transmit, id)
  add(transmit, ',"method":"')
  add(transmit, method)
  if (vm.length === 0) add(transmit, '"}')
  else {
    add(transmit, '","params":{"vm":"')
    add(transmit, vm)
    add(transmit, '"}}')
  }
  addByte(transmit, RECORD_END)
  offer(transmit, addBuffer(transmit, bufferOf(transmit), composed, 0))
  notify(transmit)
  while (takeAnswers(transmit) === 0) hint_yield()
}

/** Bytes of the next record, an answer or an event, which stays until the next call; 0: none has come yet. */
export function nextRecord(receive: Queue): u32 {
  let whole: u32 = 0
  while (whole === 0) {
    if (seen === held) {
      if (takeAnswers(receive) === 0) return 0
      seen = 0
      held = min(lastWritten(receive), PIECE)
    }
    whole = gather(receive)
    if (seen === held) listen(receive)
  }
  return whole
}

/** From the piece that is held; the record's bytes once it is whole. */
function gather(receive: Queue): u32 {
  while (seen < held) {
    const ch = read8(bufferOf(receive) + (seen as u64))
    seen += 1
    if (ch === RECORD_START) {
      isOpen = true
      length = 0
    } else if (ch === RECORD_END && isOpen) {
      isOpen = false
      return length
    } else if (isOpen && length < <u32>RECORD_MOST) {
      store<u8>(RECORD + length, ch as u8)
      length += 1
    }
  }
  return 0
}

/** Whether the record that `nextRecord` found has this in it. */
export function recordHolds(text: string): bool {
  const size: u32 = text.length
  for (let from: u32 = 0; from + size <= length; from++) {
    let i: u32 = 0
    while (i < size && <u32>load<u8>(RECORD + from + i) === text.charCodeAt(i)) i++
    if (i === size) return true
  }
  return false
}

/** Byte `i` of it. */
export function recordByte(i: u32): u32 {
  return i < length ? load<u8>(RECORD + i) : 0
}

function listen(receive: Queue): void {
  offer(receive, addBuffer(receive, bufferOf(receive), PIECE, F_WRITE))
  notify(receive)
}

/** Behind the two queues; `table` is where a queue's own memory begins. */
function bufferOf(queue: Queue): u64 {
  return queue.index === RECEIVE ? queue.table + 2 * QUEUE_MEMORY : queue.table + QUEUE_MEMORY + (PIECE as u64)
}

function addByte(transmit: Queue, ch: u32): void {
  if (composed >= PIECE) return
  write8(bufferOf(transmit) + (composed as u64), ch)
  composed += 1
}

function add(transmit: Queue, text: string): void {
  for (let i = 0; i < text.length; i++) addByte(transmit, text.charCodeAt(i))
}

function addNumber(transmit: Queue, value: u32): void {
  let divisor: u32 = 1
  while (value / divisor >= 10) divisor *= 10
  for (; divisor !== 0; divisor /= 10) addByte(transmit, 0x30 + ((value / divisor) % 10))
}
