/** A bad neighbour: a storm of SGIs and timer interrupts on itself, calls and device accesses in between, and no end of it. */

import { print } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import {
  acknowledge,
  enableInterrupt,
  endInterrupt,
  GICD_ISENABLER,
  gicVersion,
  INTID_LAST,
  initGic,
  intidOf,
  sendSelf,
} from '../../../src/guest/gic'
import { irq_on, read32 } from '../../../src/guest/hw'
import { PSCI_VERSION, psci } from '../../../src/guest/psci'
import { frequency, now, setDeadline, stopTimer, TIMER_INTID } from '../../../src/guest/timer'

export { onSync } from '../../../src/guest/entry'

const SGIS: u32 = 16
/** What it walks over in between, bytes. */
const WALK = memory.data(64 * 1024, 64)
const WALK_BYTES: usize = 64 * 1024
const LINE: usize = 64

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  for (let sgi: u32 = 0; sgi < SGIS; sgi++) enableInterrupt(sgi)
  enableInterrupt(TIMER_INTID)
  print('storm: begins\n')
  setDeadline(now())
  irq_on()
  for (let sgi: u32 = 0; ; sgi = (sgi + 1) % SGIS) {
    sendSelf(sgi)
    psci(PSCI_VERSION)
    read32(GICD_ISENABLER)
    if (sgi === 0) walk()
  }
}

export function onIrq(_count: u64): void {
  const acknowledged = acknowledge()
  if (intidOf(acknowledged) > INTID_LAST) return
  const isTimer = intidOf(acknowledged) === TIMER_INTID
  if (isTimer) stopTimer()
  endInterrupt(acknowledged)
  if (isTimer) setDeadline(restless())
}

/** Over already, so that the line rises at once; a little later on QEMU's GICv2, which only sees a line that changes. */
function restless(): u64 {
  return gicVersion() === 3 ? now() : now() + frequency() / 100_000
}

function walk(): void {
  for (let at: usize = 0; at < WALK_BYTES; at += LINE) store<u32>(WALK + at, load<u32>(WALK + at) + 1)
}
