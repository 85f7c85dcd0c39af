/** What a VM's virtio devices are, slot by slot: the state that the transport keeps for each device and each of its queues. */

import { VIRTIO_INTID, VIRTIO_SLOTS } from '../../abi/guest-machine'
import { DEVICE_NEEDS_RESET, DRIVER_OK, F_EVENT_IDX, VIRTIO_NETWORK, VIRTIO_SOCKET } from '../../arch/virtio'
import { CONFIGURATION_CHANGE } from '../../arch/virtio-mmio'
import { setLine } from '../vgic/pend'
import { admitsInterrupt } from './limit'

/** What QueueNumMax says; chains are no longer either. */
export const QUEUE_SIZE_MOST: u32 = 256
/** Queues of all devices together: two for each slot, and those of a console's further ports. */
const QUEUES: u32 = VIRTIO_SLOTS * 2 + 16

@unmanaged
export class Slot {
  index: u32
  /** Device type; 0 for an empty slot. */
  type: u32
  status: u32
  interruptStatus: u32
  deviceFeaturesSel: u32
  driverFeaturesSel: u32
  queueSel: u32
  configGeneration: u32
  /** Where its queues begin: an address, so that a queue's fields are one load away from it. */
  queues: usize
  queueCount: u32
  /** How many devices of its type stand in slots below; of those that have ports, of both types. */
  unit: u32
  /** Feature bits that the device offers, and those that the driver accepts. */
  offered: u64
  accepted: u64
}

@unmanaged
export class Queue {
  slot: u32
  /** Entries, as the driver chose; a power of two. */
  size: u32
  ready: u32
  /** Where the driver waits for the used ring to get to (EVENT_IDX), or says in flags whether it waits. */
  hasEventIdx: u32
  /** The driver's three areas, IPA. */
  table: u64
  available: u64
  used: u64
  /** Free-running ring indices, 16 bits: the next chain to take and to give back, those that the driver is known to have
   * offered, answers that the driver can see. */
  next: u32
  offered: u32
  published: u32
  /** Bytes that are done of the next chain, where a turn ended within it. */
  progress: u32
  /** Chains that were taken and are to be given back later: so far behind `next` are the answers. */
  held: u32
}

const SLOT_SHIFT: u32 = 6
const QUEUE_SHIFT: u32 = 6
const slots = memory.data(2048, 64)
const queues = memory.data(5120, 64)
/** How many of them are some device's. */
const taken = memory.data(4, 4)
if (offsetof<Slot>() > 1 << SLOT_SHIFT || offsetof<Queue>() > 1 << QUEUE_SHIFT) ERROR('virtio state has grown')
if (VIRTIO_SLOTS << SLOT_SHIFT > 2048 || QUEUES << QUEUE_SHIFT > 5120) ERROR('virtio state needs more memory')

/** A bit for each slot whose interrupt waits for the VM's budget of them. */
const held = memory.data(4, 4)

export function slotAt(index: u32): Slot {
  return changetype<Slot>(slots + (index << SLOT_SHIFT))
}

/** Queue `index` of the device, which has it. */
export function queueOf(slot: Slot, index: u32): Queue {
  return changetype<Queue>(slot.queues + (index << QUEUE_SHIFT))
}

/** Whether devices of this type have a port of core's (src/core/port.ts). */
export function hasPort(type: u32): bool {
  return type == VIRTIO_NETWORK || type == VIRTIO_SOCKET
}

/** Puts a device of `type` into an empty slot. False: there are no queues left for it. */
export function plug(index: u32, type: u32, queueCount: u32, offered: u64): bool {
  const slot = slotAt(index)
  let unit: u32 = 0
  for (let i: u32 = 0; i < index; i++) {
    const other = slotAt(i).type
    if (other == type || (hasPort(type) && hasPort(other))) unit++
  }
  slot.index = index
  if (!provide(slot, queueCount)) return false
  slot.type = type
  slot.unit = unit
  slot.offered = offered
  return true
}

/** Gives the device so many queues, in place of those that it has. False: there are not so many left. Before the guest runs. */
export function provide(slot: Slot, queueCount: u32): bool {
  let first = load<u32>(taken)
  const own = slot.queueCount
  if (own && slot.queues + (own << QUEUE_SHIFT) == queues + (first << QUEUE_SHIFT)) first -= own
  if (first + queueCount > QUEUES) return false
  store<u32>(taken, first + queueCount)
  slot.queues = queues + (first << QUEUE_SHIFT)
  slot.queueCount = queueCount
  for (let i: u32 = 0; i < queueCount; i++) resetQueue(slot, i)
  return true
}

export function resetQueue(slot: Slot, index: u32): void {
  const queue = queueOf(slot, index)
  memory.fill(changetype<usize>(queue), 0, offsetof<Queue>())
  queue.slot = slot.index
  queue.size = QUEUE_SIZE_MOST
}

/** What a write of 0 to Status does, but for the device's own part. */
export function resetSlot(vcpu: u32, slot: Slot): void {
  for (let i: u32 = 0; i < slot.queueCount; i++) resetQueue(slot, i)
  slot.status = 0
  slot.accepted = 0
  slot.deviceFeaturesSel = slot.driverFeaturesSel = slot.queueSel = 0
  setInterrupt(vcpu, slot, 0)
}

/** Whether the device may look at its queues. */
export function isLive(slot: Slot): bool {
  return (slot.status & (DRIVER_OK | DEVICE_NEEDS_RESET)) == DRIVER_OK
}

export function hasAccepted(slot: Slot, feature: u64): bool {
  return (slot.accepted & feature) != 0
}

export function enableQueue(slot: Slot, queue: Queue): void {
  queue.hasEventIdx = hasAccepted(slot, F_EVENT_IDX) ? 1 : 0
  queue.ready = 1
}

/** InterruptStatus, and with it the line, which is high as long as any bit is set; it rises within the VM's budget. */
export function setInterrupt(vcpu: u32, slot: Slot, bits: u32): void {
  const was = slot.interruptStatus
  slot.interruptStatus = bits
  if ((was == 0) != (bits == 0)) setOwnLine(vcpu, slot.index, bits != 0)
}

function setOwnLine(vcpu: u32, index: u32, isHigh: bool): void {
  const others = load<u32>(held) & ~(1 << index)
  const waits = isHigh && !admitsInterrupt()
  store<u32>(held, waits ? others | (1 << index) : others)
  if (!waits) setLine(vcpu, VIRTIO_INTID + index, isHigh)
}

/** Interrupts that waited come, as far as the budget goes. */
export function release(vcpu: u32): void {
  for (let bits = load<u32>(held); bits; bits &= bits - 1) setOwnLine(vcpu, ctz(bits), true)
}

/** The driver broke the rules in a way that has no answer: the device rests until it is reset. "Device Status Field". */
export function breakDown(vcpu: u32, slot: Slot): void {
  if (slot.status & DEVICE_NEEDS_RESET) return
  slot.status |= DEVICE_NEEDS_RESET
  if (slot.status & DRIVER_OK) setInterrupt(vcpu, slot, slot.interruptStatus | CONFIGURATION_CHANGE)
}
