/**
 * A control loop at 1 kHz beside whatever else the board runs: every second it prints how late its worst period began.
 * Copy it to start a real-time program of your own; `control` is the place for it.
 */

import { print, printDecimal } from '../../src/guest/console'
import { initGuest } from '../../src/guest/entry'
import { acknowledge, enableInterrupt, endInterrupt, initGic, intidOf } from '../../src/guest/gic'
import { irq_off, irq_on, wfi } from '../../src/guest/hw'
import { frequency, now, setDeadline, stopTimer, TIMER_INTID } from '../../src/guest/timer'

export { onSync } from '../../src/guest/entry'

const PERIODS_PER_SECOND: u64 = 1000

/** Ticks. */
let period: u64 = 0
let deadline: u64 = 0
// Since the last report; the interrupt handler writes, `main` reads and clears with interrupts off.
let periods: u64 = 0
let missed: u64 = 0
let worst: u64 = 0

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(TIMER_INTID)
  print('pulse: control loop at 1000 Hz\n') // before the first deadline: a UART takes longer than a period
  period = frequency() / PERIODS_PER_SECOND
  deadline = now() + period
  setDeadline(deadline)
  irq_on()
  for (;;) {
    wfi()
    if (periods + missed >= PERIODS_PER_SECOND) report()
  }
}

/** `count`: the virtual count when the CPU took the interrupt. */
export function onIrq(count: u64): void {
  const acknowledged = acknowledge()
  if (intidOf(acknowledged) !== TIMER_INTID) {
    endInterrupt(acknowledged)
    return
  }
  // Quiet first, armed last: a controller may look at the timer's line only when it changes, and QEMU's GICv2 does.
  stopTimer()
  endInterrupt(acknowledged)
  beginPeriod(count)
}

function beginPeriod(count: u64): void {
  if (count < deadline) {
    setDeadline(deadline)
    return
  }
  const late = count - deadline
  if (late > worst) worst = late
  // A period that is over before it could begin is missed; the beat goes on where it would have been.
  const skipped = late / period
  missed += skipped
  periods += 1
  deadline += (skipped + 1) * period
  setDeadline(deadline)
  control()
}

/** A plant with first-order lag and its PI controller, Q16 fixed point: no floating point in an interrupt handler. */
let output: i64 = 0
let integral: i64 = 0
const SETPOINT: i64 = 1 << 16

function control(): void {
  const error = SETPOINT - output
  integral += error >> 6
  const drive = (error >> 1) + integral
  output += (drive - output) >> 4
}

function report(): void {
  irq_off()
  const done = periods
  const lost = missed
  const jitter = worst
  periods = 0
  missed = 0
  worst = 0
  irq_on()
  print('pulse: ')
  printDecimal(done)
  print(' periods, worst jitter ')
  printTime((jitter * 1_000_000_000) / frequency())
  print(' (')
  printDecimal(lost)
  print(' missed)\n')
}

function printTime(nanoseconds: u64): void {
  const isLong = nanoseconds >= 10_000
  printDecimal(isLong ? nanoseconds / 1000 : nanoseconds)
  print(isLong ? ' us' : ' ns')
}
