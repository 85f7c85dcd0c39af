/**
 * Two of it, in one network: the one whose address is even sends frames of 1,500 bytes behind their header, as many at once
 * as WINDOW, and waits for an answer to these; the other offers buffers and answers. PSCI_VERSION marks begin and end.
 */

import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { enableInterrupt, initGic } from '../../../src/guest/gic'
import { wfi } from '../../../src/guest/hw'
import { PSCI_VERSION, psci, systemOff } from '../../../src/guest/psci'
import { frequency, now, setDeadline, stopTimer, TIMER_INTID } from '../../../src/guest/timer'
import { macOf, offerBuffer, openNet, sendFrame } from '../../../src/guest/virtio/net'
import { isAwaited, notify, Queue, sleepForAnswer, takeAnswer, takeAnswers } from '../../../src/guest/virtio/queue'
import { address, INTID, OUTGOING, QUEUES, RECEIVED, ROUNDS, SIZE, WINDOW } from './frame'

export { onSync } from '../../../src/guest/entry'

const BUFFERS: u32 = 96
const BUFFER_SIZE: u32 = 1536
const SHORT: u32 = 60

const rx = memory.data(64, 16)
const tx = memory.data(64, 16)

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(INTID)
  enableInterrupt(TIMER_INTID)
  const receive = changetype<Queue>(rx)
  const transmit = changetype<Queue>(tx)
  if (!openNet(receive, transmit, 0, QUEUES)) print('no network\n')
  else {
    for (let i: u32 = 0; i < BUFFERS; i++)
      offerBuffer(receive, RECEIVED + (i as u64) * (BUFFER_SIZE as u64), BUFFER_SIZE)
    notify(receive)
    const own = macOf(receive)
    const isSender = ((own >> 40) & 1) === 0
    address(own, own ^ ((1 as u64) << 40))
    if (isSender) sendAll(receive, transmit)
    else answerAll(receive, transmit)
  }
  systemOff()
}

export function onIrq(_count: u64): void {}

function sendAll(receive: Queue, transmit: Queue): void {
  waitFor(receive, 1) // the other is there
  psci(PSCI_VERSION)
  let sent: u32 = 0
  for (let round: u32 = 0; round < ROUNDS; round++) {
    for (let i: u32 = 0; i < WINDOW; i++) sendFrame(transmit, OUTGOING, SIZE)
    if (isAwaited(transmit, WINDOW)) notify(transmit)
    sent += takeAnswers(transmit)
    waitFor(receive, 1)
  }
  psci(PSCI_VERSION)
  print('bench net-frames ')
  printDecimal(sent as u64)
  print('\n')
}

function answerAll(receive: Queue, transmit: Queue): void {
  knock(receive, transmit)
  for (let round: u32 = 0; round < ROUNDS; round++) {
    waitFor(receive, round ? WINDOW : WINDOW - 1) // the knock took one
    sendFrame(transmit, OUTGOING, SHORT)
    notify(transmit)
    takeAnswers(transmit)
  }
}

/** Until somebody hears it; that one is heard before the next knock. */
function knock(receive: Queue, transmit: Queue): void {
  while (takeAnswer(receive) === u64.MAX_VALUE) {
    sendFrame(transmit, OUTGOING, SHORT)
    notify(transmit)
    takeAnswers(transmit)
    setDeadline(now() + frequency() / 1000)
    wfi()
    stopTimer()
  }
  again(receive, 1)
}

/** Takes `count` frames, and offers their buffers again as they come. */
function waitFor(receive: Queue, count: u32): void {
  let taken: u32 = 0
  while (taken < count) {
    let some: u32 = 0
    while (taken + some < count && takeAnswer(receive) !== u64.MAX_VALUE) some++
    taken += some
    if (some) again(receive, some)
    else sleepForAnswer(receive)
  }
}

/** Buffers go round in the order in which they came. */
function again(receive: Queue, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = RECEIVED + (((receive.offered as u32) % BUFFERS) as u64) * (BUFFER_SIZE as u64)
    offerBuffer(receive, at, BUFFER_SIZE)
  }
  if (isAwaited(receive, count)) notify(receive)
}
