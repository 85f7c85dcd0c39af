/** The line of the VM that holds `control`, and what waits for that VM: its bytes come and go through core, which knows who asks. */

import { LINE_GUEST } from '../../abi/control'
import { closeSession } from '../attachment'
import { announceInput } from '../input'
import { forgetOutgoing, waitingOn } from '../outgoing'
import { NOBODY, VMS } from '../source'
import { forgetLine } from './line'

/** Bytes that one call fetches: what stands above them says how many they are. */
const FETCHED_MOST: u32 = 7
const COUNT_SHIFT: u64 = 56

/** Who holds it, as far as it has spoken. */
let guest: u32 = NOBODY

/** The VM's driver begins anew: what was asked and answered before is nobody's. */
export function lineReset(vm: u32): void {
  guest = vm
  closeSession(LINE_GUEST)
  forgetLine(LINE_GUEST)
  forgetOutgoing(LINE_GUEST)
}

/** Up to seven bytes for the VM, the first in bits 7:0; how many, in bits 63:56. */
export function lineRead(): u64 {
  const waiting = waitingOn(LINE_GUEST)
  let bytes: u64 = 0
  let count: u32 = 0
  for (; count < FETCHED_MOST && waiting.used() !== 0; count++) bytes |= (<u64>waiting.pop()) << (count << 3)
  return bytes | ((<u64>count) << COUNT_SHIFT)
}

/** Something waits for it that it has not asked for. */
export function wakeGuest(): void {
  if (guest < VMS) announceInput(guest)
}
