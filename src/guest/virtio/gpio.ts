/** GPIO device: lines of the board one by one, and waits for their events. Virtio 1.2, "GPIO Device". */

import { F_EVENT_IDX, F_VERSION_1, VIRTIO_GPIO } from '../../arch/virtio'
import { F_IRQ, IRQ_REQUEST_SIZE, REQUEST_SIZE, RESPONSE_SIZE, STATUS_OK } from '../../arch/virtio-gpio'
import * as register from '../../arch/virtio-mmio'
import { F_NEXT, F_WRITE } from '../../arch/virtqueue'
import { hint_yield, read8, read32, write8, write16, write32 } from '../hw'
import { findDevice, goLive, negotiate } from './device'
import { addBuffer, notify, offer, openQueue, QUEUE_MEMORY, Queue, takeAnswer, takeAnswers } from './queue'

/** Two queues, and a message of each. */
export const GPIO_MEMORY: u64 = QUEUE_MEMORY * 3
const WAIT_AT: u64 = 0x100
export const NOT_OK: u32 = 0xffff_ffff

/** Brings up the VM's GPIO in GPIO_MEMORY bytes of zeroes at `at`. False: there is none, or it does not want us. */
export function openGpio(requests: Queue, events: Queue, at: u64): boolean {
  const device = findDevice(VIRTIO_GPIO, 0)
  if (device === 0 || !negotiate(device, F_VERSION_1 | F_EVENT_IDX | F_IRQ)) return false
  openQueue(requests, device, 0, at)
  openQueue(events, device, 1, at + QUEUE_MEMORY)
  goLive(device)
  return true
}

export function lineCount(requests: Queue): u32 {
  return read32(requests.device + register.Config) & 0xffff
}

/** The device's answer to a message, MSG_*; NOT_OK if it refuses. */
export function ask(requests: Queue, type: u32, line: u32, value: u32): u32 {
  const at = requests.table + QUEUE_MEMORY * 2
  write16(at, type)
  write16(at + 2, line)
  write32(at + 4, value)
  const head = addBuffer(requests, at, REQUEST_SIZE, F_NEXT)
  addBuffer(requests, at + REQUEST_SIZE, RESPONSE_SIZE, F_WRITE)
  offer(requests, head)
  notify(requests)
  while (takeAnswers(requests) === 0) hint_yield()
  return read8(at + REQUEST_SIZE) === STATUS_OK ? read8(at + REQUEST_SIZE + 1) : NOT_OK
}

/** Waits for a line's next event, one line at a time; its status, IRQ_STATUS_*, once `hasHappened`. */
export function awaitLine(events: Queue, line: u32): void {
  const at = messageOf(events)
  write16(at, line)
  write8(at + IRQ_REQUEST_SIZE, 0xff)
  const head = addBuffer(events, at, IRQ_REQUEST_SIZE, F_NEXT)
  addBuffer(events, at + IRQ_REQUEST_SIZE, 1, F_WRITE)
  offer(events, head)
  notify(events)
}

export function hasHappened(events: Queue): boolean {
  return takeAnswer(events) !== u64.MAX_VALUE
}

export function statusOf(events: Queue): u32 {
  return read8(messageOf(events) + IRQ_REQUEST_SIZE)
}

function messageOf(events: Queue): u64 {
  return events.table + QUEUE_MEMORY + WAIT_AT
}
