/** What core tells whoever speaks the protocol. */

import { STATE_ABSENT } from '../../abi/life'
import { hasSession } from '../attachment'
import { BURST, fill, LINE_BURST } from '../fill'
import { VMS } from '../source'
import { beginReport, reportByte, tellState } from './event'
import { leavePlace } from './place'

/** A VM is in another state: STATE_*, CAUSE_*. */
export function tell(vm: u32, state: u32, cause: u32): void {
  if (hasSession()) {
    tellState(vm, state, cause)
    fill(BURST)
  }
  if (state === STATE_ABSENT && vm < VMS) leavePlace(vm)
}

/** 1: somebody reads records, and `report` may follow with what is known of a VM. */
export function openReport(vm: u32): u32 {
  if (!hasSession()) return 0
  beginReport(vm)
  return 1
}

/** Up to eight bytes of it, as `say` takes them; a line feed is the last. */
export function report(bytes: u64, count: u32): void {
  let rest = bytes
  let ch: u32 = 0
  for (let i: u32 = 0; i < count; i++, rest >>= 8) {
    ch = <u32>rest & 0xff
    reportByte(ch)
  }
  if (ch === 0x0a) fill(LINE_BURST)
}
