/**
 * A device's side of a split virtqueue. Virtio 1.2, "Split Virtqueues".
 *
 * Everything in the rings is the guest's and may change while it is read: each word is read once, indices are held against the
 * queue's size, chains are no longer than the queue, and every buffer lies in the VM's RAM, or the device breaks down. A chain
 * is taken by `next`, which lists its buffers as segments, and stays the next one until `answer` gives it back.
 */

import { F_INDIRECT_DESC } from '../../arch/virtio'
import { USED_BUFFER } from '../../arch/virtio-mmio'
import * as ring from '../../arch/virtqueue'
import * as ram from '../ram'
import { breakDown, hasAccepted, isLive, QUEUE_SIZE_MOST, Queue, Slot, setInterrupt, slotAt } from './slot'

const INDEX_MASK: u32 = 0xffff
/** What a device does in one exit: descriptors, or work that takes as long; a chain takes as long as so many by itself. */
export const TURN: u32 = 512
const CHAIN_COST: u32 = 8

/** The chain that `next` found; one for all queues, since a compartment does one thing at a time. */
@unmanaged
class Chain {
  head: u32
  /** Segments 0 to readable - 1 are for the device to read, readable to count - 1 for it to write. */
  readable: u32
  count: u32
  /** Bytes of either kind. */
  readableSize: u64
  writableSize: u64
}

const chainAt = memory.data(64, 64)
const SEGMENT_SHIFT: u32 = 4
const segments = memory.data(4096, 64)
if (QUEUE_SIZE_MOST << SEGMENT_SHIFT > 4096) ERROR('a chain has more segments than there is room for')

export function chain(): Chain {
  return changetype<Chain>(chainAt)
}

export function segmentIpa(i: u32): u64 {
  return load<u64>(segments + (i << SEGMENT_SHIFT))
}

export function segmentSize(i: u32): u32 {
  return load<u32>(segments + (i << SEGMENT_SHIFT), 8)
}

/** What the chain that `next` found takes of a turn. */
export function cost(): u32 {
  return chain().count + CHAIN_COST
}

/** Whether the three areas that the driver named can be a queue: aligned, and all of them RAM. */
export function isUsable(queue: Queue): bool {
  if (queue.table & (ring.DESCRIPTOR_ALIGNMENT - 1) || queue.available & (ring.AVAILABLE_ALIGNMENT - 1)) return false
  if (queue.used & (ring.USED_ALIGNMENT - 1) || !ram.holds(queue.table, ring.tableSize(queue.size))) return false
  return (ram.holds(queue.available, ring.availableSize(queue.size)) &
    ram.holds(queue.used, ring.usedSize(queue.size))) as bool
}

/** Takes the next chain. False: there is none, and the driver will say when there is; or the device broke down. */
export function next(vcpu: u32, slot: Slot, queue: Queue): bool {
  if (!queue.ready || !isLive(slot)) return false
  if (queue.next == queue.offered && !hasMore(queue)) return false
  if (((queue.offered - queue.next) & INDEX_MASK) <= queue.size && walk(slot, queue, nextHead(queue))) return true
  breakDown(vcpu, slot)
  return false
}

/** Looks for new chains, and asks to be told of the next one, in such an order that none is missed. */
function hasMore(queue: Queue): bool {
  if (look(queue)) return true
  if (!queue.hasEventIdx) return false
  ram.store16(queue.used + ring.USED_RING + ((<u64>queue.size) << 3), queue.next) // avail_event
  ram.dmb_ish() // the wish before the look; the driver has its index before its look at the wish
  return look(queue)
}

function look(queue: Queue): bool {
  queue.offered = ram.load16(queue.available + ring.AVAILABLE_INDEX)
  if (queue.offered == queue.next) return false
  ram.dmb_ishld() // the index before what it promises
  return true
}

function nextHead(queue: Queue): u32 {
  return ram.load16(queue.available + ring.AVAILABLE_RING + ((<u64>(queue.next & (queue.size - 1))) << 1))
}

/** Lists the buffers of a chain that is held, as they are now. False: it is none any more, and the device broke down. */
export function again(vcpu: u32, slot: Slot, queue: Queue, head: u32): bool {
  if (walk(slot, queue, head)) return true
  breakDown(vcpu, slot)
  return false
}

/** Lists the buffers of the chain: a segment is its descriptor, copied once. False: it is not a chain. */
function walk(slot: Slot, queue: Queue, head: u32): bool {
  const found = chain()
  let index = head
  let table = queue.table
  const most = queue.size
  let limit = most
  let isIndirect = false
  found.head = index
  let readableSize: u64 = 0
  let writableSize: u64 = 0
  let readable: u32 = 0
  let count: u32 = 0
  while (true) {
    // The second: longer than a chain may be, or it runs in circles.
    if (index >= limit || count == most) return false
    const at = segments + (count << SEGMENT_SHIFT)
    if (!ram.load128(at, table + ((<u64>index) << ring.DESCRIPTOR_SHIFT))) return false
    const ipa = load<u64>(at)
    // Length, flags and the next one's index, little-endian: one word of which each is a part.
    const rest = load<u64>(at, 8)
    const size = <u32>rest
    const flags = <u32>(rest >> 32)
    if (size && !ram.holds(ipa, size)) return false
    if (flags & ring.F_INDIRECT) {
      // Once, at the end of the chain, and a table of whole descriptors.
      if (isIndirect || flags & ring.F_NEXT || size == 0 || size & 15 || !hasAccepted(slot, F_INDIRECT_DESC))
        return false
      isIndirect = true
      table = ipa
      limit = size >> ring.DESCRIPTOR_SHIFT
      index = 0
      continue
    }
    if (flags & ring.F_WRITE) writableSize += size
    else if (readable != count)
      return false // what is to be read comes first
    else {
      readable++
      readableSize += size
    }
    count++
    if (!(flags & ring.F_NEXT)) break
    index = flags >> 16
  }
  found.readable = readable
  found.count = count
  found.readableSize = readableSize
  found.writableSize = writableSize
  return true
}

/** Gives the chain back that `next` took, of a queue none of whose chains is held, with `written` bytes in its writable part. The driver sees it after `signal`. */
export function answer(queue: Queue, written: u32): void {
  const index = queue.next
  const at = queue.used + ring.USED_RING + ((<u64>(index & (queue.size - 1))) << 3)
  ram.store64(at, <u64>chain().head | ((<u64>written) << 32))
  queue.next = (index + 1) & INDEX_MASK
  queue.progress = 0
}

/** Takes the chain that `next` found for longer than a turn; `giveBack` answers it by its head. */
export function keep(queue: Queue): void {
  queue.next = (queue.next + 1) & INDEX_MASK
  queue.held++
}

/** Answers one of those that are held. */
export function giveBack(queue: Queue, head: u32, written: u32): void {
  const at = queue.used + ring.USED_RING + ((<u64>((queue.next - queue.held) & (queue.size - 1))) << 3)
  ram.store64(at, <u64>head | ((<u64>written) << 32))
  queue.held--
}

/** Shows the driver what was answered, and interrupts it if it waits for that. At the end of every turn. */
export function signal(vcpu: u32, queue: Queue): void {
  const answered = (queue.next - queue.held) & INDEX_MASK
  if (answered == queue.published) return
  ram.dmb_ishst() // the answers before the index
  ram.store16(queue.used + ring.USED_INDEX, answered)
  ram.dmb_ish() // the index before the look at what the driver waits for
  const before = queue.published
  queue.published = answered
  if (waits(queue, before, answered)) {
    const slot = slotAt(queue.slot)
    setInterrupt(vcpu, slot, slot.interruptStatus | USED_BUFFER)
  }
}

/** "Used Buffer Notification Suppression". */
function waits(queue: Queue, before: u32, after: u32): bool {
  if (!queue.hasEventIdx) return (ram.load16(queue.available) & ring.F_NO_INTERRUPT) == 0
  const event = ram.load16(queue.available + ring.AVAILABLE_RING + ((<u64>queue.size) << 1)) // used_event
  return ((after - event - 1) & INDEX_MASK) < ((after - before) & INDEX_MASK)
}

/** Copies from `at` of our memory into the chain's writable part, from its start. Bytes that found room. */
export function fill(at: usize, size: u32): u32 {
  const found = chain()
  let done: u32 = 0
  for (let i = found.readable; i < found.count && done < size; i++) {
    const part = min(segmentSize(i), size - done)
    if (!part) continue // nobody has looked where that is
    ram.write(segmentIpa(i), at + done, part)
    done += part
  }
  return done
}

/** Copies to `at` of our memory up to `size` bytes of the chain's readable part, from its byte `skip` on. Bytes that were there. */
export function take(at: usize, skip: u32, size: u32): u32 {
  const found = chain()
  let before: u64 = skip
  let done: u32 = 0
  for (let i: u32 = 0; i < found.readable && done < size; i++) {
    const whole = segmentSize(i)
    if (before < whole) {
      const part = min(whole - <u32>before, size - done)
      ram.read(at + done, segmentIpa(i) + before, part)
      done += part
      before = 0
    } else before -= whole
  }
  return done
}
