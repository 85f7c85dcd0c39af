/**
 * The virtio transport on a memory bus: registers of 32 slots, of which the config fills some; guests probe all of them.
 * Virtio 1.2, "Virtio Over MMIO", "Device Initialization".
 *
 * Registers are words: narrower accesses read their part of one and write nothing; configuration space takes every width. A
 * driver that changes a queue when it may not, or in a way that makes no queue, is ignored or finds DEVICE_NEEDS_RESET.
 */

import { VIRTIO_STRIDE } from '../../abi/guest-machine'
import { DEVICE_NEEDS_RESET, DRIVER, DRIVER_OK, F_VERSION_1, FAILED, FEATURES_OK, TYPE } from '../../arch/virtio'
import * as register from '../../arch/virtio-mmio'
import { fitsWord, part } from '../width'
import { agrees, readConfig, reset, resetQueue, serve, writeConfig } from './device'
import { isUsable } from './queue'
import {
  breakDown,
  resetQueue as clearQueue,
  enableQueue,
  isLive,
  QUEUE_SIZE_MOST,
  Queue,
  queueOf,
  resetSlot,
  Slot,
  setInterrupt,
  slotAt,
} from './slot'

const STRIDE_SHIFT: u32 = 9
if (1 << STRIDE_SHIFT != VIRTIO_STRIDE) ERROR('slots have another size')

/** `offset` counts from the first slot. */
export function readSlot(offset: u32, size: u32): u64 {
  const slot = slotAt(offset >> STRIDE_SHIFT)
  const at = offset & (VIRTIO_STRIDE - 1)
  if (at >= register.Config && size == 8 && (at & 7) == 0) {
    return <u64>configWord(slot, at) | ((<u64>configWord(slot, at + 4)) << 32)
  }
  if (!fitsWord(at, size)) return 0
  const word = at >= register.Config ? configWord(slot, at & ~3) : read(slot, at & ~3)
  return part(word, at, size)
}

function configWord(slot: Slot, at: u32): u32 {
  return slot.type ? readConfig(slot, at - register.Config) : 0
}

function read(slot: Slot, at: u32): u32 {
  switch (at) {
    case register.MagicValue:
      return register.MAGIC
    case register.Version:
      return register.VERSION_2
    case register.DeviceID:
      return slot.type & TYPE
    case register.VendorID:
      return register.VENDOR
  }
  return slot.type ? readOwn(slot, at) : 0
}

/** Of a slot that holds a device. */
function readOwn(slot: Slot, at: u32): u32 {
  switch (at) {
    case register.DeviceFeatures:
      return half(slot.offered, slot.deviceFeaturesSel)
    case register.QueueNumMax:
      return slot.queueSel < slot.queueCount ? QUEUE_SIZE_MOST : 0
    case register.QueueReady:
      return slot.queueSel < slot.queueCount ? queueOf(slot, slot.queueSel).ready : 0
    case register.InterruptStatus:
      return slot.interruptStatus
    case register.Status:
      return slot.status
    case register.ConfigGeneration:
      return slot.configGeneration
  }
  // No shared memory region: its length and base are all ones.
  return at >= register.SHMLenLow && at <= register.SHMBaseHigh ? u32.MAX_VALUE : 0
}

function half(features: u64, select: u32): u32 {
  return select > 1 ? 0 : <u32>(features >> (select << 5))
}

export function writeSlot(vcpu: u32, offset: u32, size: u32, value: u32): void {
  const slot = slotAt(offset >> STRIDE_SHIFT)
  const at = offset & (VIRTIO_STRIDE - 1)
  if (slot.type == 0) return
  if (at == register.QueueNotify && size == 4) {
    if (value < slot.queueCount && isLive(slot)) serve(vcpu, slot)
  } else writeOther(vcpu, slot, at, size, value)
}

function writeOther(vcpu: u32, slot: Slot, at: u32, size: u32, value: u32): void {
  if (at >= register.Config) {
    if (fitsWord(at, size)) writeConfig(slot, at - register.Config, size, value)
    return
  }
  if (size != 4) return
  switch (at) {
    case register.DeviceFeaturesSel:
      slot.deviceFeaturesSel = value
      break
    case register.DriverFeaturesSel:
      slot.driverFeaturesSel = value
      break
    case register.DriverFeatures:
      accept(slot, value)
      break
    case register.QueueSel:
      slot.queueSel = value
      break
    case register.InterruptACK:
      setInterrupt(vcpu, slot, slot.interruptStatus & ~value)
      break
    case register.Status:
      writeStatus(vcpu, slot, value)
      break
    default:
      if (slot.queueSel < slot.queueCount) writeQueue(vcpu, slot, queueOf(slot, slot.queueSel), at, value)
  }
}

/** Between DRIVER and FEATURES_OK; afterwards they are settled. */
function accept(slot: Slot, value: u32): void {
  if ((slot.status & (DRIVER | FEATURES_OK)) != DRIVER || slot.driverFeaturesSel > 1) return
  const shift = slot.driverFeaturesSel << 5
  slot.accepted = (slot.accepted & ~((<u64>u32.MAX_VALUE) << shift)) | ((<u64>value) << shift)
}

/**
 * Bits are only added, each after those before it in the order of initialization; whatever does not follow that order is
 * ignored. FEATURES_OK stays clear if the driver accepts what was not offered, or is a legacy one.
 */
function writeStatus(vcpu: u32, slot: Slot, value: u32): void {
  if (value == 0) {
    resetSlot(vcpu, slot)
    reset(vcpu, slot)
    return
  }
  const was = slot.status
  let now = was | (value & FAILED)
  if (!(~value & was & ~(DEVICE_NEEDS_RESET | FAILED))) now |= inOrder(value)
  if (now & ~was & FEATURES_OK && !canAgree(slot)) now &= ~(FEATURES_OK | DRIVER_OK)
  slot.status = now
  if (now & ~was & DRIVER_OK) serve(vcpu, slot) // what the driver may have offered before
}

/** ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK as far as none before it is missing. */
function inOrder(value: u32): u32 {
  if (!(value & 1)) return 0
  if (!(value & DRIVER)) return 1
  if (!(value & FEATURES_OK)) return 1 | DRIVER
  return 1 | DRIVER | FEATURES_OK | (value & DRIVER_OK)
}

function canAgree(slot: Slot): bool {
  return !(slot.accepted & ~slot.offered) && (slot.accepted & F_VERSION_1) != 0 && agrees(slot)
}

/** A queue is described after FEATURES_OK and while it is not ready. */
function writeQueue(vcpu: u32, slot: Slot, queue: Queue, at: u32, value: u32): void {
  if (!(slot.status & FEATURES_OK)) return
  if (at == register.QueueReset) {
    if (value == 1) forget(slot)
  } else if (queue.ready) {
    if (at == register.QueueReady && value == 0) forget(slot)
  } else if (at == register.QueueReady) {
    if (value != 1) return
    if (isUsable(queue)) enableQueue(slot, queue)
    else breakDown(vcpu, slot)
  } else describe(queue, at, value)
}

/** The queue that the driver selected. */
function forget(slot: Slot): void {
  clearQueue(slot, slot.queueSel)
  resetQueue(slot, slot.queueSel)
}

function describe(queue: Queue, at: u32, value: u32): void {
  switch (at) {
    case register.QueueNum:
      if (value && value <= QUEUE_SIZE_MOST && popcnt(value) == 1) queue.size = value
      break
    case register.QueueDescLow:
      queue.table = low(queue.table, value)
      break
    case register.QueueDescHigh:
      queue.table = high(queue.table, value)
      break
    case register.QueueDriverLow:
      queue.available = low(queue.available, value)
      break
    case register.QueueDriverHigh:
      queue.available = high(queue.available, value)
      break
    case register.QueueDeviceLow:
      queue.used = low(queue.used, value)
      break
    case register.QueueDeviceHigh:
      queue.used = high(queue.used, value)
      break
  }
}

function low(address: u64, value: u32): u64 {
  return (address & ~(<u64>u32.MAX_VALUE)) | <u64>value
}

function high(address: u64, value: u32): u64 {
  return (address & <u64>u32.MAX_VALUE) | ((<u64>value) << 32)
}
