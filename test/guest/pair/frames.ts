/**
 * The one with the address ANSWERER sends every frame back to whom it came from. Others ask it, a frame each millisecond, and say under
 * which address, how many answers came, and how many did not within a second.
 */

import * as register from '../../../src/arch/virtio-mmio'
import { print, printDecimal, putByte } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { acknowledge, enableInterrupt, endInterrupt, initGic, intidOf } from '../../../src/guest/gic'
import { irq_off, irq_on, read32, read64, wfi, write32, write64 } from '../../../src/guest/hw'
import { frequency, now, setDeadline, stopTimer, TIMER_INTID } from '../../../src/guest/timer'
import { FRAME_AT, macOf, offerBuffer, openNet, sendFrame } from '../../../src/guest/virtio/net'
import { awaitAnswer, notify, Queue, takeAnswer, takeAnswers } from '../../../src/guest/virtio/queue'

export { onSync } from '../../../src/guest/entry'

/** 52:00:00:00:00:01, first byte lowest. */
const ANSWERER: u64 = 0x0100_0000_0052
const BUFFERS: u32 = 16
const BUFFER_SIZE: u32 = 2048
const SIZE: u32 = 64
/** Answers in a line. */
const REPORT: u64 = 1000
/** The device's interrupt. */
const INTID: u32 = 48
/** Above the program: the queues; buffers, so that what follows FRAME_AT is aligned to 16. */
const QUEUES: u64 = 0x400c_0000
const RECEIVED: u64 = 0x400d_0004
const OUTGOING: u64 = 0x400e_0004
/** IEEE 802, "Local Experimental EtherType", as it stands in memory. */
const TYPE: u64 = 0xb588
const MAC: u64 = 0xffff_ffff_ffff
const NUMBER_AT: u64 = 16

const rx = memory.data(64, 16)
const tx = memory.data(64, 16)

/** Where the frame that was taken last begins, and whose it is. */
let frameAt: u64 = 0
let lost: u64 = 0

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(INTID)
  enableInterrupt(TIMER_INTID)
  const receive = changetype<Queue>(rx)
  const transmit = changetype<Queue>(tx)
  if (!openNet(receive, transmit, 0, QUEUES)) {
    print('no network\n')
    return
  }
  for (let i: u32 = 0; i < BUFFERS; i++) offerBuffer(receive, bufferAt(i), BUFFER_SIZE)
  notify(receive)
  const own = macOf(receive)
  if (own === ANSWERER) answer(receive, transmit, own)
  ask(receive, transmit, own)
}

/** What woke us is served and quiet: it must not wake us again. */
export function onIrq(_count: u64): void {
  const acknowledged = acknowledge()
  const device = changetype<Queue>(rx).device
  if (intidOf(acknowledged) === TIMER_INTID) stopTimer()
  else if (device !== 0) write32(device + register.InterruptACK, read32(device + register.InterruptStatus))
  endInterrupt(acknowledged)
}

/** Until an interrupt was served. They are masked but here, so that none comes between looking and sleeping. */
function sleep(): void {
  wfi()
  irq_on()
  irq_off()
}

function bufferAt(i: u32): u64 {
  return RECEIVED + ((i % BUFFERS) as u64) * (BUFFER_SIZE as u64)
}

function answer(receive: Queue, transmit: Queue, own: u64): void {
  print('answers\n')
  for (;;) {
    if (take(receive)) send(transmit, own, sourceOf(frameAt), read64(frameAt + NUMBER_AT))
    else if (awaitAnswer(receive)) sleep()
  }
}

function ask(receive: Queue, transmit: Queue, own: u64): void {
  let answers: u64 = 0
  for (let number: u64 = 1; ; number++) {
    send(transmit, own, ANSWERER, number)
    if (isAnswered(receive, number)) answers++
    else if (answers) lost++ // whoever answers may come later than this one
    rest()
    if (answers && number % REPORT === 0) report(own, answers)
  }
}

function report(own: u64, answers: u64): void {
  for (let i: u64 = 0; i < 6; i++) {
    if (i) putByte(0x3a)
    putDigit(((own >> (i * 8 + 4)) & 15) as u32)
    putDigit(((own >> (i * 8)) & 15) as u32)
  }
  print(': ')
  printDecimal(answers)
  print(' answers, ')
  printDecimal(lost)
  print(' lost\n')
}

function putDigit(digit: u32): void {
  putByte(digit < 10 ? 0x30 + digit : 0x57 + digit)
}

/** A frame with that number from ANSWERER within a second. */
function isAnswered(receive: Queue, number: u64): bool {
  const until = now() + frequency()
  while (now() < until) {
    if (take(receive)) {
      if (sourceOf(frameAt) === ANSWERER && read64(frameAt + NUMBER_AT) === number) return true
    } else if (awaitAnswer(receive)) {
      setDeadline(until)
      sleep()
    }
  }
  return false
}

/** The next frame of our type; its buffer goes back at once, as nobody overwrites it before the others are used up. */
function take(receive: Queue): bool {
  while (takeAnswer(receive) !== u64.MAX_VALUE) {
    const at = bufferAt(receive.offered)
    offerBuffer(receive, at, BUFFER_SIZE)
    notify(receive)
    frameAt = at + (FRAME_AT as u64)
    if (((read64(frameAt + 8) >> 32) & 0xffff) === TYPE) return true
  }
  return false
}

function sourceOf(at: u64): u64 {
  return (read64(at) >> 48) | ((read64(at + 8) & 0xffff_ffff) << 16)
}

function send(transmit: Queue, own: u64, to: u64, number: u64): void {
  const at = OUTGOING + (FRAME_AT as u64)
  write64(at, (to & MAC) | (own << 48))
  write64(at + 8, (own >> 16) | (TYPE << 32))
  write64(at + NUMBER_AT, number)
  sendFrame(transmit, OUTGOING, SIZE)
  notify(transmit)
  takeAnswers(transmit)
}

function rest(): void {
  const until = now() + frequency() / 1000
  while (now() < until) {
    setDeadline(until)
    sleep()
  }
}
