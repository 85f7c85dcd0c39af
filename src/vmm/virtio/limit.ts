/**
 * Limits of devices: token buckets for operations, for bytes, and for the VM's interrupts. A bucket is kept as the count at which
 * it will be full again; it is empty if that is more than `burst` away. Who finds one empty waits for an alarm of core's. What was
 * done is charged afterwards, so that a request larger than a bucket goes through, and its device waits for longer.
 *
 * ITU-T I.371, "Equivalent versions of GCRA": the virtual scheduling algorithm.
 */

import { VIRTIO_SLOTS } from '../../abi/guest-machine'
import {
  SETTING_BANDWIDTH,
  SETTING_BURST,
  SETTING_INTERRUPTS,
  SETTING_KEY_SHIFT,
  SETTING_OF_VM,
  SETTING_RATE,
  SETTING_SLOT_SHIFT,
} from '../../abi/setting'
import * as core from '../core'
import { wait } from './turn'

const MICROSECONDS: u64 = 1_000_000
/** Saved up at most where the config says nothing: 100 ms of it. */
const BURST: u64 = 100_000
const VALUE: u64 = ((<u64>1) << SETTING_KEY_SHIFT) - 1

@unmanaged
class Limit {
  /** Operations and bytes in a second; 0: as many as it likes. */
  rate: u64
  bandwidth: u64
  /** Ticks. */
  burst: u64
  /** Counts at which the buckets are full again: of what it does, and of what a network card receives. */
  rateAt: u64
  bandwidthAt: u64
  receivedRateAt: u64
  receivedBandwidthAt: u64
}

/** The interrupts of all devices together stand behind the last slot. */
const INTERRUPTS: u32 = VIRTIO_SLOTS
const LIMIT_SHIFT: u32 = 6
const limits = memory.data((VIRTIO_SLOTS + 1) << 6, 64)
/** A bit for each slot that has a limit; behind it, whether interrupts have one. */
const limited = memory.data(8, 4)
if (offsetof<Limit>() > 1 << LIMIT_SHIFT) ERROR('a limit has grown')

function limitAt(index: u32): Limit {
  return changetype<Limit>(limits + (index << LIMIT_SHIFT))
}

/** One setting, before the guest runs: true if it was a limit. */
export function setLimit(setting: u64): bool {
  const slot = <u32>(setting >> SETTING_SLOT_SHIFT)
  const key = <u32>(setting >> SETTING_KEY_SHIFT) & 0xff
  const value = setting & VALUE
  if (slot == SETTING_OF_VM) {
    if (key != SETTING_INTERRUPTS) return false
    limitAt(INTERRUPTS).rate = value
    limitAt(INTERRUPTS).burst = ticks(BURST, MICROSECONDS)
    store<u32>(limited, 1, 4)
    return true
  }
  if (slot >= <u32>VIRTIO_SLOTS || key < <u32>SETTING_RATE || key > <u32>SETTING_BURST) return false
  const limit = limitAt(slot)
  if (!limit.burst) limit.burst = ticks(BURST, MICROSECONDS)
  if (key == SETTING_RATE) limit.rate = value
  else if (key == SETTING_BANDWIDTH) limit.bandwidth = value
  else limit.burst = ticks(value, MICROSECONDS)
  store<u32>(limited, load<u32>(limited) | (1 << slot))
  return true
}

export function isLimited(slot: u32): bool {
  return ((load<u32>(limited) >> slot) & 1) != 0
}

/** Whether the device may begin something now. False: it waits, and goes on by itself. */
export function admits(slot: u32): bool {
  const limit = limitAt(slot)
  return isPaid(slot, max(limit.rateAt, limit.bandwidthAt))
}

/** The same for what it receives: buffers that it may offer. */
export function admitsReceived(slot: u32): bool {
  const limit = limitAt(slot)
  return isPaid(slot, max(limit.receivedRateAt, limit.receivedBandwidthAt))
}

function isPaid(slot: u32, full: u64): bool {
  const burst = limitAt(slot).burst
  if (full <= core.counter() + burst) return true
  wait(1 << slot, full - burst)
  return false
}

/** It did so much. */
export function charge(slot: u32, operations: u32, bytes: u64): void {
  const limit = limitAt(slot)
  limit.rateAt = later(limit.rateAt, operations, limit.rate)
  limit.bandwidthAt = later(limit.bandwidthAt, bytes, limit.bandwidth)
}

/** It received so much. */
export function chargeReceived(slot: u32, operations: u32, bytes: u64): void {
  const limit = limitAt(slot)
  limit.receivedRateAt = later(limit.receivedRateAt, operations, limit.rate)
  limit.receivedBandwidthAt = later(limit.receivedBandwidthAt, bytes, limit.bandwidth)
}

/** When a bucket is full again of which `count` are taken, that is full at `full`. */
function later(full: u64, count: u64, rate: u64): u64 {
  return rate ? max(full, <u64>core.counter()) + ticks(count, rate) : full
}

/** How many operations of `size` bytes the device may have saved up, 1 at least. */
export function saved(slot: u32, size: u32): u64 {
  const limit = limitAt(slot)
  let count: u64 = u64.MAX_VALUE
  if (limit.rate) count = limit.burst / ticks(1, limit.rate)
  if (limit.bandwidth) count = min(count, limit.burst / ticks(size, limit.bandwidth))
  return max<u64>(count, 1)
}

/** Whether one more interrupt is within the VM's budget, and charges it. False: it waits, and `turn.ts` says when it may come. */
export function admitsInterrupt(): bool {
  if (!load<u32>(limited, 4)) return true
  const limit = limitAt(INTERRUPTS)
  const now = core.counter()
  if (limit.rateAt > now + limit.burst) {
    wait(0, limit.rateAt - limit.burst)
    return false
  }
  charge(INTERRUPTS, 1, 0)
  return true
}

/** Ticks that `count` things take at `rate` a second, rounded up: at most the limit. */
function ticks(count: u64, rate: u64): u64 {
  return (count * <u64>core.frequency() + rate - 1) / rate
}
