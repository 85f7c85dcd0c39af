/**
 * Sends frames of 1,500 bytes behind their header through an uplink, as many at once as WINDOW, to nobody that answers.
 * PSCI_VERSION marks begin and end.
 */

import { print } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { enableInterrupt, initGic } from '../../../src/guest/gic'
import { PSCI_VERSION, psci, systemOff } from '../../../src/guest/psci'
import { macOf, openNet, sendFrame } from '../../../src/guest/virtio/net'
import { isAwaited, notify, Queue, sleepForAnswer, takeAnswers } from '../../../src/guest/virtio/queue'
import { address, INTID, OUTGOING, QUEUES, ROUNDS, SIZE, WINDOW } from './frame'

export { onSync } from '../../../src/guest/entry'

/** A locally administered address that nobody has. */
const NOBODY: u64 = 0x0100_0000_0002

const rx = memory.data(64, 16)
const tx = memory.data(64, 16)

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(INTID)
  const receive = changetype<Queue>(rx)
  const transmit = changetype<Queue>(tx)
  if (!openNet(receive, transmit, 0, QUEUES)) print('no network\n')
  else {
    address(macOf(receive), NOBODY)
    send(transmit) // once for caches of the hypervisor's own
    psci(PSCI_VERSION)
    for (let round: u32 = 0; round < ROUNDS; round++) send(transmit)
    psci(PSCI_VERSION)
  }
  systemOff()
}

export function onIrq(_count: u64): void {}

function send(transmit: Queue): void {
  for (let i: u32 = 0; i < WINDOW; i++) sendFrame(transmit, OUTGOING, SIZE)
  if (isAwaited(transmit, WINDOW)) notify(transmit)
  for (let left = WINDOW; left; left -= takeAnswers(transmit)) sleepForAnswer(transmit)
}
