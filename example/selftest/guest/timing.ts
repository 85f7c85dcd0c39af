/** How late interrupts come: a timer with a beat of 1 ms, and SGIs to itself. */
import { enableInterrupt, endInterrupt, sendSelf } from '../../../src/guest/gic'
import { cntpct_el0, cntvct_el0, irq_off, irq_on, isb, wfi } from '../../../src/guest/hw'
import { frequency, now, setDeadline, stopTimer, TIMER_INTID } from '../../../src/guest/timer'
import { Findings } from './memory'

export const TIMER: u32 = TIMER_INTID
export const SGI: u32 = 4
const BEATS: u64 = 2000
const BEATS_PER_SECOND: u64 = 1000
const SGIS: u64 = 1000
/** Loops until an SGI must have arrived. */
const SPINS: u32 = 10_000_000

let period: u64 = 0
let deadline: u64 = 0
let beats: u64 = 0
let met: u64 = 0
let sum: u64 = 0
let worst: u64 = 0
let arrivedAt: u64 = 0

export function measureBeat(found: Findings): void {
  period = frequency() / BEATS_PER_SECOND
  enableInterrupt(TIMER)
  const apart = cntpct_el0() - cntvct_el0()
  deadline = now() + period
  setDeadline(deadline)
  irq_on()
  while (beats < BEATS) wfi()
  irq_off()
  stopTimer()
  // Read one after the other, the second is later by an instruction or two.
  const apartNow = cntpct_el0() - cntvct_el0()
  found.drift = apartNow > apart ? apartNow - apart : apart - apartNow
  found.beats = beats
  found.beatsMet = met
  found.beatSum = sum
  found.beatWorst = worst
}

/** `count`: the virtual count when the CPU took the interrupt. */
export function onTimer(acknowledged: u32, count: u64): void {
  // Quiet first, armed last: QEMU's GICv2 looks at the timer's line only when it changes.
  stopTimer()
  endInterrupt(acknowledged)
  if (count >= deadline && beats < BEATS) {
    const late = count - deadline
    beats += 1
    sum += late
    if (late > worst) worst = late
    if (late < period) met += 1
    deadline += (late / period + 1) * period
  }
  if (beats < BEATS) setDeadline(deadline)
}

export function measureSgi(found: Findings): void {
  enableInterrupt(SGI)
  irq_on()
  for (let i: u64 = 0; i < SGIS; i++) {
    arrivedAt = 0
    const sent = now()
    sendSelf(SGI)
    for (let spins: u32 = 0; arrivedAt === 0 && spins < SPINS; spins++) isb()
    found.sgis++
    if (arrivedAt === 0) continue
    found.sgisArrived++
    const took = arrivedAt - sent
    found.sgiSum += took
    if (took > found.sgiWorst) found.sgiWorst = took
  }
  irq_off()
}

export function onSgi(acknowledged: u32): void {
  arrivedAt = now()
  endInterrupt(acknowledged)
}
