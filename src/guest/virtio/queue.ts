/**
 * The driver's side of a split virtqueue, in memory of the program's own that the caller names. One queue has one user, which
 * adds chains, notifies, and takes what is answered. Virtio 1.2, "Split Virtqueues".
 */

import * as register from '../../arch/virtio-mmio'
import * as ring from '../../arch/virtqueue'
import { dsb_sy, read16, read32, read64, wfi, write16, write32, write64 } from '../hw'

/** Entries; rings and table take QUEUE_MEMORY bytes, aligned to 16. */
export const QUEUE_SIZE: u32 = 128
export const QUEUE_MEMORY: u64 = 0x1000

@unmanaged
export class Queue {
  device: u64
  table: u64
  available: u64
  used: u64
  index: u32
  /** The next descriptor to use, and indices of both rings: what was offered, what was taken back. */
  nextDescriptor: u32
  offered: u32
  taken: u32
}

/** Hands the device queue `index`, in memory from `at` on that holds zeroes. */
export function openQueue(queue: Queue, device: u64, index: u32, at: u64): void {
  queue.device = device
  queue.index = index
  queue.table = at
  queue.available = at + ring.tableSize(QUEUE_SIZE)
  queue.used = (queue.available + ring.availableSize(QUEUE_SIZE) + 3) & ~3
  queue.nextDescriptor = queue.offered = queue.taken = 0
  write32(device + register.QueueSel, index)
  write32(device + register.QueueNum, QUEUE_SIZE)
  address(device + register.QueueDescLow, queue.table)
  address(device + register.QueueDriverLow, queue.available)
  address(device + register.QueueDeviceLow, queue.used)
  write32(device + register.QueueReady, 1)
}

function address(at: u64, value: u64): void {
  write32(at, value as u32)
  write32(at + 4, (value >> 32) as u32)
}

/** Writes the chain's next buffer; `flags` are F_WRITE and, but for the last one, F_NEXT. Returns the descriptor's index. */
export function addBuffer(queue: Queue, ipa: u64, size: u32, flags: u32): u32 {
  const index = queue.nextDescriptor
  const next = (index + 1) % QUEUE_SIZE
  const at = queue.table + ((index as u64) << ring.DESCRIPTOR_SHIFT)
  write64(at, ipa)
  write64(at + 8, (size as u64) | ((flags as u64) << 32) | ((next as u64) << 48))
  queue.nextDescriptor = next
  return index
}

/** Offers the chain that begins at descriptor `head`; the device looks for it when it is notified. */
export function offer(queue: Queue, head: u32): void {
  write16(queue.available + ring.AVAILABLE_RING + ((queue.offered % QUEUE_SIZE) as u64) * 2, head)
  queue.offered = (queue.offered + 1) & 0xffff
  dsb_sy() // the chain before the index
  write16(queue.available + ring.AVAILABLE_INDEX, queue.offered)
  dsb_sy() // the index before a notification
}

export function notify(queue: Queue): void {
  write32(queue.device + register.QueueNotify, queue.index)
}

/** The next chain that the device has answered: its head, and in bits 63:32 the bytes that were written; all ones if there is none. */
export function takeAnswer(queue: Queue): u64 {
  if (read16(queue.used + ring.USED_INDEX) === queue.taken) return u64.MAX_VALUE
  dsb_sy() // the index before the answer
  const answer = read64(queue.used + ring.USED_RING + ((queue.taken % QUEUE_SIZE) as u64) * 8)
  queue.taken = (queue.taken + 1) & 0xffff
  return answer
}

/** With EVENT_IDX: asks for an interrupt as soon as there is an answer that was not taken. False: there is one already. */
export function awaitAnswer(queue: Queue): bool {
  write16(queue.available + ring.AVAILABLE_RING + (QUEUE_SIZE as u64) * 2, queue.taken)
  dsb_sy() // the wish before the look
  return read16(queue.used + ring.USED_INDEX) === queue.taken
}

/** The same, and sleeps until the device interrupts, whose interrupt is the guest's only one; returns at once if there is an answer. */
export function sleepForAnswer(queue: Queue): void {
  if (!awaitAnswer(queue)) return
  wfi()
  write32(queue.device + register.InterruptACK, read32(queue.device + register.InterruptStatus))
}

/** With EVENT_IDX: whether the device waits to be told of any of the last `count` chains that were offered. */
export function isAwaited(queue: Queue, count: u32): bool {
  dsb_sy() // the index before the look
  const event = read16(queue.used + ring.USED_RING + (QUEUE_SIZE as u64) * 8)
  return ((queue.offered - event - 1) & 0xffff) < count
}

/** Chains that the device has answered since the last call. */
export function takeAnswers(queue: Queue): u32 {
  const used = read16(queue.used + ring.USED_INDEX)
  const count = (used - queue.taken) & 0xffff
  queue.taken = used
  dsb_sy() // the index before what the device wrote
  return count
}

/** Bytes that the device wrote into the chain that it answered last. */
export function lastWritten(queue: Queue): u32 {
  return read32(queue.used + ring.USED_RING + (((queue.taken - 1) % QUEUE_SIZE) as u64) * 8 + 4)
}
