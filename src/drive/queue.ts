/**
 * A split virtqueue from its driver's side, in memory that the device reaches. The device's word is not taken for granted: an answer
 * counts only for a chain that it has, and for no more bytes than it could write there. Virtio 1.2, "Split Virtqueues".
 */
import * as register from '../arch/virtio-mmio'
import * as ring from '../arch/virtqueue'
import { deviceRead, deviceWrite } from './core'
import { addressOf, fromDevice, LINE, toDevice } from './dma'
import * as hw from './hw'

export const QUEUE_SIZE_MOST: u32 = 256
/** Bytes of memory for a queue of the largest size: table, available ring, used ring, each on lines of its own. */
export const QUEUE_MEMORY: u32 = 0x2000
const INDEX_MASK: u32 = 0xffff
/** virtq_used.flags: the device looks by itself. */
const F_NO_NOTIFY: u32 = 1
/** What `takeUsed` says where there is no answer, and where there is one that cannot be. */
export const NONE: u64 = u64.MAX_VALUE
export const BROKEN: u64 = u64.MAX_VALUE - 1

@unmanaged
export class Queue {
  index: u32
  size: u32
  /** In our window. */
  table: usize
  available: usize
  used: usize
  /** Free-running indices of both rings: what was offered, what was taken back. */
  offered: u32
  taken: u32
}

const HEAD_SHIFT: u32 = 2
/** Behind a Queue, for each descriptor: 0, or the bytes plus 1 that the device may write into the chain that begins there. */
export const QUEUE_RECORD: i32 = 32 + (256 << 2)
if (offsetof<Queue>() > 32) ERROR('QUEUE_RECORD counts 32 bytes for a Queue')

function chainAt(queue: Queue, head: u32): usize {
  return changetype<usize>(queue) + 32 + (head << HEAD_SHIFT)
}

/** Hands the device queue `index` with up to `most` descriptors, a power of two, in QUEUE_MEMORY bytes at `at`. How many it has; 0: the
 * device has no such queue. Between `negotiate` and `goLive`. */
export function openQueue(queue: Queue, index: u32, most: u32, at: usize): u32 {
  deviceWrite(register.QueueSel, index)
  if (deviceRead(register.QueueReady)) return 0
  const offered = min(min(deviceRead(register.QueueNumMax), QUEUE_SIZE_MOST), most)
  if (!offered) return 0
  // It may say any number; we take a power of two (split virtqueues have no others).
  const size: u32 = 1 << (31 - clz(offered))
  memory.fill(changetype<usize>(queue), 0, QUEUE_RECORD)
  memory.fill(at, 0, QUEUE_MEMORY)
  queue.index = index
  queue.size = size
  queue.table = at
  queue.available = at + <usize>ring.tableSize(size)
  queue.used = (queue.available + <usize>ring.availableSize(size) + LINE - 1) & ~(LINE - 1)
  toDevice(at, QUEUE_MEMORY)
  deviceWrite(register.QueueNum, size)
  writeAddress(register.QueueDescLow, queue.table)
  writeAddress(register.QueueDriverLow, queue.available)
  writeAddress(register.QueueDeviceLow, queue.used)
  deviceWrite(register.QueueReady, 1)
  return size
}

function writeAddress(low: u32, at: usize): void {
  const address = addressOf(at)
  deviceWrite(low, <u32>address)
  deviceWrite(low + 4, <u32>(address >> 32))
}

/** Fills descriptor `i`: `size` bytes at `at` of our window; `flags` of F_WRITE and F_NEXT, then the next one is `next`. */
export function describe(queue: Queue, i: u32, at: usize, size: u32, flags: u32, next: u32): void {
  const entry = queue.table + (i << (<u32>ring.DESCRIPTOR_SHIFT))
  store<u64>(entry, addressOf(at))
  store<u64>(entry, <u64>size | ((<u64>flags) << 32) | ((<u64>next) << 48), 8)
}

/** Offers the chain of `count` descriptors from `head` on, which stand side by side, and into which the device may write `writable`
 * bytes. It sees them after `notify`, or before. */
export function offer(queue: Queue, head: u32, count: u32, writable: u32): void {
  store<u32>(chainAt(queue, head), writable + 1)
  toDevice(queue.table + (head << (<u32>ring.DESCRIPTOR_SHIFT)), count << (<u32>ring.DESCRIPTOR_SHIFT))
  const entry = queue.available + <usize>ring.AVAILABLE_RING + ((queue.offered & (queue.size - 1)) << 1)
  store<u16>(entry, <u16>head)
  toDevice(entry, 2)
  queue.offered = (queue.offered + 1) & INDEX_MASK
  store<u16>(queue.available, <u16>queue.offered, <usize>ring.AVAILABLE_INDEX)
  toDevice(queue.available, 4)
}

/** Tells the device that something was offered, unless it looks by itself. "Available Buffer Notification Suppression". */
export function notify(queue: Queue): void {
  hw.dmb_osh() // the index before the look at its flags
  fromDevice(queue.used, 2)
  if (!(load<u16>(queue.used) & F_NO_NOTIFY)) deviceWrite(register.QueueNotify, queue.index)
}

/** The device need not interrupt for answers: a hint, which it may overlook. "Used Buffer Notification Suppression". */
export function suppress(queue: Queue): void {
  store<u16>(queue.available, <u16>ring.F_NO_INTERRUPT)
  toDevice(queue.available, 2)
}

/** The next chain that the device has answered: its head, and bytes that were written from bit 32 on. NONE; or BROKEN, after which the
 * device is to be reset. */
export function takeUsed(queue: Queue): u64 {
  fromDevice(queue.used, 4)
  const index: u32 = load<u16>(queue.used, <usize>ring.USED_INDEX)
  if (index == queue.taken) return NONE
  if (((index - queue.taken) & INDEX_MASK) > queue.size) return BROKEN
  const entry = queue.used + <usize>ring.USED_RING + ((queue.taken & (queue.size - 1)) << 3)
  fromDevice(entry, 8)
  const head = load<u32>(entry)
  const written = load<u32>(entry, 4)
  if (head >= queue.size) return BROKEN
  const most = load<u32>(chainAt(queue, head))
  if (!most || written >= most) return BROKEN
  store<u32>(chainAt(queue, head), 0)
  queue.taken = (queue.taken + 1) & INDEX_MASK
  return <u64>head | ((<u64>written) << 32)
}
