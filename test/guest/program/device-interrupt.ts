/**
 * PL011 and PL031 by interrupt, as real-time kernels drive them. PL011 in loop-back: raised at the FIFO's level, held down by the mask,
 * gone when the FIFO is read or the interrupt is cleared. DDI 0183, "Interrupts". PL031: an alarm. DDI 0224, "Interrupts".
 */

import { RTC_INTID, RTC_IPA, UART_INTID, UART_IPA } from '../../../src/abi/guest-machine'
import { initGuest } from '../../../src/guest/entry'
import { acknowledge, enableInterrupt, endInterrupt, initGic, intidOf } from '../../../src/guest/gic'
import { dsb_sy, irq_off, irq_on, isb, read32, wfi, write32 } from '../../../src/guest/hw'
import { frequency, now, setDeadline, stopTimer, TIMER_INTID } from '../../../src/guest/timer'
import { fail, pass } from './verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'device-interrupt'
const UARTDR: u64 = UART_IPA
const UARTFR: u64 = UART_IPA + 0x18
const UARTLCR_H: u64 = UART_IPA + 0x2c
const UARTCR: u64 = UART_IPA + 0x30
const UARTIFLS: u64 = UART_IPA + 0x34
const UARTIMSC: u64 = UART_IPA + 0x38
const UARTRIS: u64 = UART_IPA + 0x3c
const UARTMIS: u64 = UART_IPA + 0x40
const UARTICR: u64 = UART_IPA + 0x44
const RXFE: u32 = 1 << 4
const BUSY: u32 = 1 << 3
const RX: u32 = 1 << 4
const TX: u32 = 1 << 5
const CR_ON: u32 = 0x301
const CR_LOOP: u32 = 1 << 7
/** Eight bits, FIFOs; receive level 1/2 of 16, transmit level 1/8. */
const LINE: u32 = 0x70
const LEVELS: u32 = 2 << 3
const HALF: u32 = 8
/** In a second. */
const NAPS: u64 = 32
const RTCDR: u64 = RTC_IPA
const RTCMR: u64 = RTC_IPA + 0x04
const RTCIMSC: u64 = RTC_IPA + 0x10
const RTCRIS: u64 = RTC_IPA + 0x14
const RTCMIS: u64 = RTC_IPA + 0x18
const RTCICR: u64 = RTC_IPA + 0x1c

let uarts: u32 = 0
let clocks: u32 = 0
let status: u32 = 0

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(UART_INTID)
  enableInterrupt(RTC_INTID)
  enableInterrupt(TIMER_INTID)
  while (read32(UARTFR) & BUSY) {}
  write32(UARTCR, 0)
  write32(UARTLCR_H, LINE)
  write32(UARTIFLS, LEVELS)
  write32(UARTIMSC, 0)
  write32(UARTICR, 0x7ff)
  write32(UARTCR, CR_ON | CR_LOOP)
  receiveLevel()
  maskAndClear()
  transmit()
  write32(UARTIMSC, 0)
  write32(UARTCR, CR_ON)
  alarm()
  pass(NAME)
}

function open(): void {
  dsb_sy()
  irq_on()
  isb()
  irq_off()
}

/** At the level, not before; gone once the FIFO is below it. */
function receiveLevel(): void {
  write32(UARTIMSC, RX)
  for (let i: u32 = 0; i < HALF; i++) write32(UARTDR, 0x40 + i)
  open()
  if (uarts !== 1 || !(status & RX)) fail(NAME, 'at the receive level came, times', uarts)
  if (read32(UARTRIS) & RX) fail(NAME, 'below the level it is raised', read32(UARTRIS))
  if (!(read32(UARTFR) & RXFE)) fail(NAME, 'the FIFO is not empty', read32(UARTFR))
}

/** The mask holds it down, raw it stays; clearing ends it although the FIFO is full. */
function maskAndClear(): void {
  uarts = 0
  write32(UARTIMSC, 0)
  for (let i: u32 = 0; i < HALF; i++) write32(UARTDR, 0x50 + i)
  if (!(read32(UARTRIS) & RX) || read32(UARTMIS) !== 0) fail(NAME, 'masked, MIS reads', read32(UARTMIS))
  open()
  if (uarts !== 0) fail(NAME, 'masked, it came, times', uarts)
  write32(UARTICR, RX)
  if (read32(UARTRIS) & RX) fail(NAME, 'cleared, it is raised', read32(UARTRIS))
  for (let i: u32 = 0; i < HALF; i++)
    if ((read32(UARTDR) & 0xff) !== 0x50 + i) fail(NAME, 'looped back came another byte, number', i)
}

/** The transmit interrupt comes when a full FIFO has drained to its level, and not again once it was cleared. */
function transmit(): void {
  uarts = 0
  write32(UARTICR, 0x7ff)
  for (let i: u32 = 0; i < 2 * HALF; i++) write32(UARTDR, 0x61)
  while (read32(UARTFR) & BUSY) {}
  write32(UARTIMSC, TX)
  open()
  if (uarts !== 1 || !(status & TX)) fail(NAME, 'a FIFO that drained raised TX, times', uarts)
  open()
  if (uarts !== 1) fail(NAME, 'cleared, TX came again, times', uarts)
  while (!(read32(UARTFR) & RXFE)) read32(UARTDR)
}

/** Waits without a look at any device: the alarm comes by itself. */
function doze(): void {
  setDeadline(now() + frequency() / NAPS)
  wfi()
  open()
  stopTimer()
}

/** The second that the match register names, and once. */
function alarm(): void {
  write32(RTCIMSC, 1)
  let start: u32 = 0
  // Set within the second before it, however long this took.
  do {
    start = read32(RTCDR)
    write32(RTCMR, start + 1)
    write32(RTCICR, 1)
    open()
    clocks = 0
  } while (read32(RTCDR) !== start)
  while (clocks === 0 && read32(RTCDR) <= start + 1) {
    doze()
    if ((clocks !== 0 || read32(RTCRIS) & 1) && read32(RTCDR) <= start) fail(NAME, 'the alarm is early', start)
  }
  if (clocks !== 1) fail(NAME, 'the alarm came, times', clocks)
  if (read32(RTCMIS) & 1) fail(NAME, 'cleared, the alarm is raised', read32(RTCRIS))
  open()
  if (clocks !== 1) fail(NAME, 'cleared, the alarm came again, times', clocks)
}

export function onIrq(_count: u64): void {
  const iar = acknowledge()
  const intid = intidOf(iar)
  if (intid === UART_INTID) {
    uarts++
    status = read32(UARTMIS)
    while (!(read32(UARTFR) & RXFE)) read32(UARTDR)
    write32(UARTICR, status)
  } else if (intid === RTC_INTID) {
    clocks++
    write32(RTCICR, 1)
  } else if (intid === TIMER_INTID) stopTimer()
  endInterrupt(iar)
}
