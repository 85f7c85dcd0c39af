/**
 * Has QEMU virt's PL061 to itself: a thousand interrupts of a level, each ended; then a life that ends with the interrupt active and
 * the level high; and a life that finds the level, and not the activity. DDI 0190, "PrimeCell GPIO (PL061)".
 */
import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { acknowledge, enableInterrupt, endInterrupt, initGic, intidOf } from '../../../src/guest/gic'
import { hvc, irq_off, irq_on, isb, read32, write32 } from '../../../src/guest/hw'
import { fail, pass } from '../program/verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'gpio'
const GPIO: u64 = 0x0903_0000
const INTID: u32 = 39
const DATA: u64 = GPIO + 0x3fc
const DIRECTION: u64 = GPIO + 0x400
const SENSE: u64 = GPIO + 0x404
const EVENT: u64 = GPIO + 0x40c
const ENABLE: u64 = GPIO + 0x410
/** Keeps what one life leaves for the next: nobody looks at it. */
const FUNCTION: u64 = GPIO + 0x420
const ROUNDS: u32 = 1000
const SPINS: u32 = 10_000_000
const SYSTEM_RESET: u64 = 0x8400_0009

let arrived: u32 = 0
let strangers: u32 = 0
let leaves: bool = false

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  const life = read32(FUNCTION)
  if (life) expectLevelOfLastLife()
  else prepareLevel()
  rounds()
  if (life) pass(NAME)
  write32(FUNCTION, 1)
  print('gpio: leaves its interrupt active\n')
  leaves = true
  write32(ENABLE, 1)
  await1(ROUNDS + 1)
  fail(NAME, 'it should have been reset', arrived)
}

/** Pin 0 interrupts as long as it is what it is. */
function prepareLevel(): void {
  write32(DIRECTION, 0)
  write32(ENABLE, 0)
  write32(SENSE, 1)
  write32(EVENT, read32(DATA) & 1)
  enableInterrupt(INTID)
  irq_on()
}

function expectLevelOfLastLife(): void {
  if (!(read32(ENABLE) & 1)) fail(NAME, 'somebody reset the device', 0)
  enableInterrupt(INTID)
  irq_on()
  await1(1)
  if (arrived !== 1) fail(NAME, 'a level that was high did not come once, but', arrived)
  arrived = 0
}

function rounds(): void {
  for (let i: u32 = 0; i < ROUNDS; i++) {
    write32(ENABLE, 1)
    await1(i + 1)
    if (arrived !== i + 1) fail(NAME, 'interrupts that came', arrived)
  }
  if (strangers) fail(NAME, 'an interrupt that nobody sent, INTID', strangers)
  print('gpio: interrupts ')
  printDecimal(arrived)
  print('\n')
}

function await1(count: u32): void {
  for (let spins: u32 = 0; arrived < count && spins < SPINS; spins++) isb()
}

export function onIrq(_count: u64): void {
  const acknowledged = acknowledge()
  const intid = intidOf(acknowledged)
  if (intid !== INTID) {
    if (intid < 1020) strangers = intid
    return
  }
  arrived++
  if (leaves) {
    irq_off()
    hvc(SYSTEM_RESET, 0, 0, 0)
  }
  write32(ENABLE, 0)
  endInterrupt(acknowledged)
}
