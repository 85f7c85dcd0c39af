/**
 * Sends FRAMES frames of 1,500 bytes behind their header through an uplink, as many at once as WINDOW, to nobody that answers.
 * PSCI_VERSION marks begin and end.
 */

import { print } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { enableInterrupt, initGic } from '../../../src/guest/gic'
import { write64 } from '../../../src/guest/hw'
import { PSCI_VERSION, psci, systemOff } from '../../../src/guest/psci'
import { FRAME_AT, macOf, openNet, sendFrame } from '../../../src/guest/virtio/net'
import { isAwaited, notify, Queue, sleepForAnswer, takeAnswers } from '../../../src/guest/virtio/queue'

export { onSync } from '../../../src/guest/entry'

const WINDOW: u32 = 32
const ROUNDS: u32 = 20
const SIZE: u32 = 1514
/** The device's interrupt: it is the VM's only one. */
const INTID: u32 = 48
/** Above the program: the queues, a frame to send. */
const QUEUES: u64 = 0x4018_0000
const OUTGOING: u64 = 0x401c_0000
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
    const own = macOf(receive)
    write64(OUTGOING + (FRAME_AT as u64), NOBODY | (own << 48))
    write64(OUTGOING + (FRAME_AT as u64) + 8, (own >> 16) | 0xb588_0000_0000)
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
