/** Devices that go on later: in the next turn, once physical interrupts and neighbours had theirs, or when their time has come. */

import { VIRTIO_SLOTS } from '../../abi/guest-machine'
import * as core from '../core'

@unmanaged
class Turns {
  /** A bit for each slot whose device has more to do than one exit allows. */
  postponed: u32
  /** Something waits; `isAny` reads both at once. */
  isWaiting: u32
  /** The slot that last went on. */
  last: u32
  /** A bit for each slot whose device waits until the VM's count says so much. */
  waiting: u32
  until: u64
}

const at = memory.data(64, 64)
if (VIRTIO_SLOTS > 32) ERROR('bitmaps of slots are u32')

function turns(): Turns {
  return changetype<Turns>(at)
}

/** Whether some device goes on by itself. Asked at every kick. */
export function isAny(): bool {
  return load<u64>(at) != 0
}

if (offsetof<Turns>('postponed') != 0 || offsetof<Turns>('isWaiting') != 4) ERROR('isAny reads the first two words')

export function postpone(slot: u32): void {
  turns().postponed |= 1 << slot
  core.again()
}

/** Nothing to do for those in `slots`, a bitmap, before the VM's count reaches `until`. */
export function wait(slots: u32, until: u64): void {
  const own = turns()
  own.until = own.isWaiting ? min(own.until, until) : until
  own.waiting |= slots
  own.isWaiting = 1
  core.wakeAt(own.until)
}

/** True if the time has come that something waited for: its devices go on, turn by turn, and it may look for itself. */
export function isOver(): bool {
  const own = turns()
  if (!own.isWaiting) return false
  if (core.counter() < own.until) {
    core.wakeAt(own.until) // by whichever vCPU was told
    return false
  }
  own.isWaiting = 0
  own.postponed |= own.waiting
  own.waiting = 0
  return true
}

/** The slot whose device goes on, or VIRTIO_SLOTS: the first above the one that last did, so that every one comes to its turn. */
export function take(): u32 {
  const own = turns()
  const bits = own.postponed
  if (!bits) return VIRTIO_SLOTS
  const first = own.last + 1
  const slot = (first + ctz(rotr<u32>(bits, first))) & 31
  own.postponed = bits & ~(1 << slot)
  own.last = slot
  if (own.postponed) core.again()
  return slot
}
