/** The way to the control protocol. Its code is an extension (doc/extensions.md), which is there once core says so: whoever calls it
 * asks here first. */

import { STATE_ABSENT } from '../abi/life'
import { hasSession, isAttached, markAttached } from './attachment'
import * as event from './control/event'
import * as listen from './control/listen'
import { leavePlace } from './control/place'
import { initSession } from './control/session'
import { BURST, fill, LINE_BURST } from './fill'
import { typed } from './keyboard'
import { initOutgoing } from './outgoing'
import { VMS } from './source'

/** core: the extension is there. */
export function attach(frequency: u32): void {
  initOutgoing()
  initSession(frequency)
  markAttached()
}

/** A byte from the UART: a request's, or typed. False: whoever has the keyboard has no room for it now. */
export function hear(ch: u32): bool {
  return isAttached() ? listen.hear(ch) : typed(ch)
}

/** A VM is in another state: STATE_*, CAUSE_*. */
export function tell(vm: u32, state: u32, cause: u32): void {
  if (hasSession()) {
    event.tellState(vm, state, cause)
    fill(BURST)
  }
  if (state === STATE_ABSENT && vm < VMS && isAttached()) leavePlace(vm)
}

/** 1: somebody reads records, and `report` may follow with what is known of a VM. */
export function openReport(vm: u32): u32 {
  if (!hasSession()) return 0
  event.beginReport(vm)
  return 1
}

/** Up to eight bytes of it, as `say` takes them; a line feed is the last. */
export function report(bytes: u64, count: u32): void {
  if (!isAttached()) return
  let rest = bytes
  let ch: u32 = 0
  for (let i: u32 = 0; i < count; i++, rest >>= 8) {
    ch = <u32>rest & 0xff
    event.reportByte(ch)
  }
  if (ch === 0x0a) fill(LINE_BURST)
}
