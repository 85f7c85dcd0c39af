/**
 * Reads 4 KiB from a disk on the board's own, one request at a time and then DEPTH at once; waits for answers as a driver does.
 * PSCI_VERSION marks begin and end of each part.
 */

import { S_OK, T_IN } from '../../../src/arch/virtio-block'
import { print } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { enableInterrupt, initGic } from '../../../src/guest/gic'
import { PSCI_VERSION, psci, systemOff } from '../../../src/guest/psci'
import { openBlock, request, statusAt } from '../../../src/guest/virtio/block'
import { isAwaited, notify, Queue, sleepForAnswer, takeAnswers } from '../../../src/guest/virtio/queue'

export { onSync } from '../../../src/guest/entry'

/** Requests of each part, and how many of the second are under way together. */
const REQUESTS: u32 = 64
const DEPTH: u32 = 8
const SIZE: u32 = 4096
const SECTORS: u32 = 8
/** The device's interrupt: it is the VM's only one. */
const INTID: u32 = 48
/** Above the program: the queue, then a buffer for each request. */
const QUEUE: u64 = 0x4018_0000
const BUFFERS: u64 = 0x4019_0000

const memoryOfQueue = memory.data(64, 16)

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(INTID)
  const queue = changetype<Queue>(memoryOfQueue)
  if (!openBlock(queue, 0, QUEUE)) print('no disk\n')
  else {
    readAll(queue, 1) // once for caches of the hypervisor's own
    psci(PSCI_VERSION)
    readAll(queue, 1)
    psci(PSCI_VERSION)
    readAll(queue, DEPTH)
    psci(PSCI_VERSION)
  }
  systemOff()
}

export function onIrq(_count: u64): void {}

function readAll(queue: Queue, depth: u32): void {
  for (let done: u32 = 0; done < REQUESTS; done += depth) {
    let status: u64 = 0
    for (let i: u32 = 0; i < depth; i++) {
      status = request(queue, T_IN, ((done + i) * SECTORS) as u64, BUFFERS + (i as u64) * (SIZE as u64), SIZE)
    }
    if (isAwaited(queue, depth)) notify(queue)
    for (let left = depth; left; left -= takeAnswers(queue)) sleepForAnswer(queue)
    if (statusAt(status) !== S_OK) print('a read failed\n')
  }
}
