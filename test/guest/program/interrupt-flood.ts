/**
 * Floods itself with interrupts: SGIs, a timer that never rests, and every interrupt number at once, far more than there
 * are list registers. Each arrives as often as it was sent, and it never stops the guest's own progress.
 */

import { UART_INTID } from '../../../src/abi/guest-machine'
import { initGuest } from '../../../src/guest/entry'
import {
  acknowledge,
  disableInterrupt,
  enableInterrupt,
  endInterrupt,
  gicVersion,
  initGic,
  intidOf,
  pendInterrupt,
  sendSelf,
} from '../../../src/guest/gic'
import { irq_off, irq_on, isb } from '../../../src/guest/hw'
import { frequency, now, setDeadline, stopTimer, TIMER_INTID } from '../../../src/guest/timer'
import { fail, pass } from './verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'interrupt-flood'
const ROUNDS: u32 = 10_000
const STORM: u32 = 5000
const ALL_ROUNDS = 20
const FIRST_SPI: u32 = 32
/** Interrupts of a machine with 256 shared ones. */
const INTIDS: u32 = 288
const SPURIOUS: u32 = 1020
/** Seconds that the storm may last: where an interrupt hangs as `restless` says, another VM's brings it back. */
const STORM_SECONDS: u64 = 10
/** Loops until what was sent must have arrived. */
const SPINS: u32 = 10_000_000

/** Arrivals of each interrupt. */
const ARRIVED = memory.data(288 * 4, 4)
let storm: u32 = 0
let unknown: u32 = 0

function arrivals(intid: u32): u32 {
  return load<u32>(ARRIVED + intid * 4)
}

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  for (let sgi: u32 = 0; sgi < 16; sgi++) enableInterrupt(sgi)
  oneByOne()
  restlessTimer()
  allAtOnce()
  if (unknown !== 0) fail(NAME, 'an interrupt that nobody sent, INTID', unknown)
  pass(NAME)
}

export function onIrq(_count: u64): void {
  const acknowledged = acknowledge()
  const intid = intidOf(acknowledged)
  if (intid >= SPURIOUS) return
  if (intid >= INTIDS) unknown = intid
  else store<u32>(ARRIVED + intid * 4, arrivals(intid) + 1)
  if (intid === TIMER_INTID) {
    storm += 1
    if (storm < STORM) setDeadline(restless())
    else stopTimer()
  }
  endInterrupt(acknowledged)
}

/**
 * A deadline that is over already: the level never drops. QEMU's GICv2, though, does not look at the level again when a
 * list register deactivates the interrupt, only at the next change: so there it rises after the end of the interrupt.
 */
function restless(): u64 {
  return gicVersion() === 3 ? 0 : now() + frequency() / 20_000
}

function oneByOne(): void {
  irq_on()
  for (let i: u32 = 0; i < ROUNDS; i++) {
    const sgi = i % 16
    const before = arrivals(sgi)
    sendSelf(sgi)
    let spins: u32 = 0
    while (arrivals(sgi) === before && spins < SPINS) {
      isb()
      spins += 1
    }
    if (arrivals(sgi) !== before + 1) fail(NAME, 'an SGI did not arrive once: round', i)
  }
  irq_off()
}

/** Every end of the interrupt is the next one's beginning. */
function restlessTimer(): void {
  enableInterrupt(TIMER_INTID)
  setDeadline(now())
  irq_on()
  const begin = now()
  while (storm < STORM && now() - begin < frequency() * STORM_SECONDS) isb()
  irq_off()
  disableInterrupt(TIMER_INTID)
  if (storm < STORM) fail(NAME, 'the timer interrupt stopped coming after', storm)
}

/** The console's own interrupt is level-sensitive and follows its line: it stays out of this. */
function allAtOnce(): void {
  for (let intid: u32 = FIRST_SPI; intid < INTIDS; intid++) {
    if (intid !== UART_INTID) enableInterrupt(intid)
  }
  for (let round = 0; round < ALL_ROUNDS; round++) {
    memory.fill(ARRIVED, 0, INTIDS * 4)
    for (let sgi: u32 = 0; sgi < 16; sgi++) sendSelf(sgi)
    for (let intid: u32 = FIRST_SPI; intid < INTIDS; intid++) {
      if (intid !== UART_INTID) pendInterrupt(intid)
    }
    irq_on()
    let spins: u32 = 0
    while (countArrived() < 16 + INTIDS - FIRST_SPI - 1 && spins < SPINS / 1000) {
      isb()
      spins += 1
    }
    irq_off()
    checkOnce()
  }
}

function countArrived(): u32 {
  let count: u32 = 0
  for (let intid: u32 = 0; intid < INTIDS; intid++) {
    if (arrivals(intid) !== 0) count += 1
  }
  return count
}

function checkOnce(): void {
  for (let intid: u32 = 0; intid < INTIDS; intid++) {
    const wanted: u32 = intid < 16 || (intid >= FIRST_SPI && intid !== UART_INTID) ? 1 : 0
    if (arrivals(intid) !== wanted) fail(NAME, 'sent once with all others, but did not arrive once: INTID', intid)
  }
}
