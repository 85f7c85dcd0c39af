/**
 * Signs of life: that the guest reloads its watchdog, or calls BULKHEAD_ALIVE. The first of a life says that the VM is ready; where the
 * config sets a heart-beat, one that does not come in time ends the VM as a crash. Time is the VM's own.
 */

import { HANG_HEARTBEAT } from '../../abi/life'
import { SETTING_FIRST_SIGN, SETTING_HEARTBEAT, SETTING_KEY_SHIFT } from '../../abi/setting'
import * as core from '../core'
import { LOOK_HEART, setLook } from '../fitted'

@unmanaged
class Heart {
  /** Counts of the VM's clock between two signs at most, and until the first; 0: nobody waits for them. */
  within: u64
  first: u64
  /** The count at which the next is too late. */
  until: u64
  /** This life has given one. */
  hasBeaten: u32
}

const at = memory.data(64, 64)
function heart(): Heart {
  return changetype<Heart>(at)
}

const MICROSECONDS: u64 = 1_000_000

/** One of src/abi/setting.ts, in microseconds. What nobody knows means nothing. */
export function configure(setting: u64): void {
  const key = <u32>(setting >> SETTING_KEY_SHIFT) & 0xff
  const counts = ((setting & 0xffff_ffff) * core.frequency()) / MICROSECONDS
  if (key == SETTING_HEARTBEAT) heart().within = counts
  if (key == SETTING_FIRST_SIGN) heart().until = heart().first = counts // a VM's clock begins at 0
  setLook(LOOK_HEART, heart().within != 0)
}

export function giveSign(): void {
  const h = heart()
  if (h.within) h.until = core.counter() + h.within
  if (h.hasBeaten) return
  h.hasBeaten = 1
  // The next may be due before the first was; a later alarm is always early enough for a later sign.
  if (h.within) core.wakeAt(h.until)
  core.vmAlive()
}

/** Ends the VM if the next sign is too late; core says when to look again. */
export function lookAtHeart(): void {
  const h = heart()
  if (!h.within) return
  if (core.counter() >= h.until) {
    // Where a debugger has the VM, it halts instead: once it goes on, it has all of the time again.
    h.until = core.counter() + h.within
    core.vmHang(HANG_HEARTBEAT)
  }
  core.wakeAt(h.until)
}
