/**
 * What network and socket devices have in common: a port of core's, to which they offer the driver's empty buffers ahead of time, so
 * that nobody who sends needs this compartment, and from which they collect what was filled (src/core/port.ts). The first queue
 * receives.
 */

import * as core from '../core'
import { admitsReceived, chargeReceived, isLimited, saved } from './limit'
import { chain, cost, giveBack, keep, next, segmentIpa, segmentSize, signal, TURN } from './queue'
import { isLive, QUEUE_SIZE_MOST, queueOf, Slot } from './slot'
import { postpone } from './turn'

export const RECEIVE: u32 = 0
export const TRANSMIT: u32 = 1

/** With so many buffers offered the driver is not asked for more. */
const PLENTY: u32 = QUEUE_SIZE_MOST / 2
/** Pieces of buffers that core holds for a device. */
const OFFERED_MOST: u32 = QUEUE_SIZE_MOST
/** Drivers that merge buffers have them no smaller, and with offloads frames of so many bytes; a socket's packets are no longer. */
const BUFFER_SHIFT: u32 = 10
const SEGMENTED: u32 = 0x1_0000
/** What Linux gives a socket as one buffer. */
const PACKET: u32 = 4096
const NOTHING: u64 = u64.MAX_VALUE

/** A bit for each slot whose port is open. */
const opened = memory.data(4, 4)

export function openSlots(): u32 {
  return load<u32>(opened)
}

/** As soon as the driver's receive queue is there. `merges`: a frame may take several buffers. */
export function open(slot: Slot, merges: bool): void {
  if (openSlots() & (1 << slot.index) || !queueOf(slot, RECEIVE).ready) return
  store<u32>(opened, openSlots() | (1 << slot.index))
  core.portOpen(slot.unit, merges ? 1 : 0)
}

/** The driver, or its receive queue, is no more. */
export function close(slot: Slot): void {
  if (!(openSlots() & (1 << slot.index))) return
  store<u32>(opened, openSlots() & ~(1 << slot.index))
  core.portClose(slot.unit)
}

export function closeQueue(slot: Slot, index: u32): void {
  if (index == RECEIVE) close(slot)
}

/** What came goes to the driver, its empty buffers to core. */
export function receive(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, RECEIVE)
  if (!isLive(slot) || !queue.ready) return
  const limited = isLimited(slot.index)
  for (let taken = core.frameTake(slot.unit); taken != NOTHING; taken = core.frameTake(slot.unit)) {
    giveBack(queue, <u32>taken, <u32>(taken >> 32))
    if (limited) chargeReceived(slot.index, 1, taken >> 32)
  }
  const room = core.frameRoom(slot.unit)
  if (limited) offerBuffers(vcpu, slot, room, allowed(slot, room))
  else if (room >= PLENTY) offerBuffers(vcpu, slot, room, room)
  signal(vcpu, queue)
}

/** Pieces that a limited device offers now: nobody can send it more at once than it may have saved up, or one frame. */
function allowed(slot: Slot, room: u32): u32 {
  const held = OFFERED_MOST - min(room, OFFERED_MOST)
  const mtu = <u32>(core.portPlace(slot.unit) >> 48)
  const frame = mtu && !core.portOffload(slot.unit) ? mtu : SEGMENTED
  const most = max<u64>(saved(slot.index, mtu ? mtu : PACKET), (frame >> BUFFER_SHIFT) + 1)
  return held < most && admitsReceived(slot.index) ? <u32>min<u64>(room, most - held) : 0
}

/** `wanted` pieces and what their last buffer has beyond them, as far as there is room. */
function offerBuffers(vcpu: u32, slot: Slot, room: u32, wanted: u32): void {
  const queue = queueOf(slot, RECEIVE)
  let left = room
  let turn: u32 = 0
  while (turn < TURN && room - left < wanted && next(vcpu, slot, queue)) {
    const count = chain().count
    if (count > left) break
    left -= count
    turn += cost()
    keep(queue)
    if (!offer(slot)) giveBack(queue, chain().head, 0)
  }
  if (turn >= TURN) postpone(slot.index)
}

/** False: no byte can be written there. */
function offer(slot: Slot): bool {
  const found = chain()
  if (found.count == 1 && !found.readable && segmentSize(0)) {
    core.frameOffer(slot.unit, segmentIpa(0), segmentSize(0), found.head, 1)
    return true
  }
  let last = found.count
  while (last > found.readable && segmentSize(last - 1) == 0) last--
  if (last == found.readable) return false
  for (let i = found.readable; i < last; i++) {
    const size = segmentSize(i)
    if (size) core.frameOffer(slot.unit, segmentIpa(i), size, found.head, i + 1 == last ? 1 : 0)
  }
  return true
}
