/**
 * Tests the board that it runs on, by itself: three lives, whose findings a disk carries from one to the next, and one block of
 * text at the end to paste into a report. `npx bulkhead selftest` builds the system around it.
 */
import { initGuest } from '../../../src/guest/entry'
import { acknowledge, endInterrupt, initGic, intidOf } from '../../../src/guest/gic'
import { read64, write64 } from '../../../src/guest/hw'
import { systemOff, systemReset } from '../../../src/guest/psci'
import { now } from '../../../src/guest/timer'
import { checkPattern, Findings, findings, isFirstLife, openMemory, remember, writePattern } from './memory'
import { report } from './report'
import { checkStored, measureStored, openStored } from './stored'
import { measureBeat, measureSgi, onSgi, onTimer, SGI, TIMER } from './timing'

export { onSync } from '../../../src/guest/entry'

const LIVES: u32 = 3
/** RAM that nothing else uses: what one life leaves there, the next must not find. */
const MARKED: u64 = 0x401c_0000
const MARK: u64 = 0x5e_c7e7_5ec7

export function main(dtb: u64, _start: u64, level: u32): void {
  const born = now()
  initGuest(level)
  initGic(dtb)
  const found = findings()
  found.hasDisk = openMemory() ? 1 : 0
  if (!found.hasDisk) {
    report(found)
    systemOff()
  }
  if (isFirstLife()) beginFirst(found)
  else goOn(found, born)
  testStored(found)
  found.lives++
  found.lastCount = now()
  write64(MARKED, MARK)
  if (found.lives < LIVES) {
    remember()
    systemReset()
  }
  report(found)
  systemOff()
}

function beginFirst(found: Findings): void {
  measureBeat(found)
  measureSgi(found)
  writePattern()
}

/** A later life: nothing of the last one is left but the disk. */
function goOn(found: Findings, born: u64): void {
  if (read64(MARKED) === 0) found.scrubbed++
  if (born < found.lastCount) found.clockRestarts++
  if (checkPattern()) found.diskKept++
}

function testStored(found: Findings): void {
  if (!openStored()) return
  if (found.lives === 0) measureStored(found)
  else checkStored(found)
}

export function onIrq(count: u64): void {
  const acknowledged = acknowledge()
  const intid = intidOf(acknowledged)
  if (intid === TIMER) onTimer(acknowledged, count)
  else if (intid === SGI) onSgi(acknowledged)
  else if (intid < 1020) endInterrupt(acknowledged)
}
