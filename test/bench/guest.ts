/**
 * Counts what an operation costs in executed instructions, as QEMU's `-icount` makes them ticks of the virtual count.
 * Prints `bench NAME VALUE` lines for test/bench/run.ts; VALUE is the least of several tries after warming up.
 */

import { UART_IPA } from '../../src/abi/guest-machine'
import { print, printDecimal } from '../../src/guest/console'
import { initGuest } from '../../src/guest/entry'
import {
  acknowledge,
  enableInterrupt,
  endInterrupt,
  GICD_ISENABLER,
  GICD_SGIR,
  GICD_TYPER,
  gicVersion,
  initGic,
  intidOf,
  selfSgi,
} from '../../src/guest/gic'
import {
  irq_on,
  isb,
  timed_hvc,
  timed_nops,
  timed_nothing,
  timed_read32,
  timed_sgi1r,
  timed_write32,
  wfi,
  write32,
} from '../../src/guest/hw'
import { PSCI_VERSION, systemOff } from '../../src/guest/psci'
import { now, setDeadline, stopTimer, TIMER_INTID } from '../../src/guest/timer'

export { onSync } from '../../src/guest/entry'

const WARM_UP = 3
const TRIES = 10
const SGI: u32 = 1
/** Ticks ahead: after all that a handler of the last one may still do. */
const AHEAD: u64 = 50_000
/** GICD_ICENABLER<n> stands this far above GICD_ISENABLER<n>; SPI 40 is bit 8 of register 1 and belongs to no device. */
const ISENABLER1: u64 = GICD_ISENABLER + 4
const ICENABLER1: u64 = ISENABLER1 + 0x80
const UNUSED_SPI: u32 = 1 << 8
const UARTFR: u64 = UART_IPA + 0x18

/** Interrupts taken, and the count at which the last one reached the vector. */
let taken: u32 = 0
let takenAt: u64 = 0

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(SGI)
  enableInterrupt(TIMER_INTID)
  irq_on()
  const reading = timed_nothing()
  result('nops', timed_nops() - reading)
  result('hypercall', least(Operation.Hypercall) - reading)
  result('typer', least(Operation.Typer) - reading)
  result('isenabler', least(Operation.Isenabler) - reading)
  result('uart', least(Operation.Uart) - reading)
  result('sgi', least(Operation.Sgi) - reading)
  result('timer-busy', least(Operation.TimerBusy))
  result('timer-wfi', least(Operation.TimerWfi))
  print('bench done\n')
  systemOff()
}

export function onIrq(count: u64): void {
  const acknowledged = acknowledge()
  takenAt = count
  taken += 1
  if (intidOf(acknowledged) === TIMER_INTID) stopTimer()
  endInterrupt(acknowledged)
}

const enum Operation {
  Hypercall,
  Typer,
  Isenabler,
  Uart,
  Sgi,
  TimerBusy,
  TimerWfi,
}

function least(operation: Operation): u64 {
  let best: u64 = u64.MAX_VALUE
  for (let i = 0; i < WARM_UP + TRIES; i++) {
    const ticks = measure(operation)
    if (i >= WARM_UP && ticks < best) best = ticks
  }
  return best
}

function measure(operation: Operation): u64 {
  if (operation === Operation.Hypercall) return timed_hvc(PSCI_VERSION)
  if (operation === Operation.Typer) return timed_read32(GICD_TYPER)
  if (operation === Operation.Isenabler) {
    write32(ICENABLER1, UNUSED_SPI)
    return timed_write32(ISENABLER1, UNUSED_SPI)
  }
  if (operation === Operation.Uart) return timed_read32(UARTFR)
  if (operation === Operation.Sgi) return sgi()
  return timer(operation === Operation.TimerWfi)
}

/** From sending it to the instruction behind, the handler in between; a try that it did not interrupt there counts for nothing. */
function sgi(): u64 {
  const before = taken
  const value = selfSgi(SGI)
  const ticks = gicVersion() === 3 ? timed_sgi1r(value) : timed_write32(GICD_SGIR, value as u32)
  if (taken !== before) return ticks
  while (taken === before) isb()
  return u64.MAX_VALUE
}

/** From the deadline to the second instruction of the vector, which reads the count. */
function timer(waiting: boolean): u64 {
  const before = taken
  const deadline = now() + AHEAD
  setDeadline(deadline)
  while (taken === before) {
    if (waiting) wfi()
    else isb()
  }
  return takenAt - deadline
}

function result(name: string, value: u64): void {
  print('bench ')
  print(name)
  print(' ')
  printDecimal(value)
  print('\n')
}
