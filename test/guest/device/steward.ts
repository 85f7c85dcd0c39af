/**
 * A VM that holds `control`: asks who is there, has its neighbour `target` begin anew and sees the events of it, finds out what it may
 * not ask, and sends more than the line takes. Without `control` it says that it has no line.
 */

import { print, putByte } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { hint_yield } from '../../../src/guest/hw'
import { systemOff } from '../../../src/guest/psci'
import { ask, nextRecord, openControl, recordByte, recordHolds } from '../../../src/guest/virtio/control'
import { Queue } from '../../../src/guest/virtio/queue'

export { onSync } from '../../../src/guest/entry'

/** Above the program, in 2 MiB. */
const MEMORY: u64 = 0x4018_0000
/** More than the line grants at once. */
const FLOOD: u32 = 40
const SHOWN: u32 = 180

const receiveQueue = memory.data(64, 16)
const transmitQueue = memory.data(64, 16)

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  const transmit = changetype<Queue>(transmitQueue)
  if (!openControl(changetype<Queue>(receiveQueue), transmit, MEMORY)) {
    print('no control line\n')
    systemOff()
  }
  ask(transmit, 1, 'hello', '')
  show('"id":1')
  ask(transmit, 2, 'restart', 'target')
  show('"id":2')
  show('"state":"starting"')
  show('"state":"running","cause":"ready"')
  ask(transmit, 3, 'pause', 'nobody')
  show('"id":3')
  for (let i: u32 = 0; i < FLOOD; i++) ask(transmit, 4, 'hello', '')
  show('"too-fast"')
  print('steward: done\n')
  systemOff()
}

export function onIrq(_count: u64): void {}

/** Prints the beginning of the next record with `text` in it, so much that the console has it in one line; others are passed over. */
function show(text: string): void {
  const receive = changetype<Queue>(receiveQueue)
  let length: u32 = 0
  do {
    length = nextRecord(receive)
    if (length === 0) hint_yield()
  } while (length === 0 || !recordHolds(text))
  for (let i: u32 = 0; i < min(length, SHOWN); i++) putByte(recordByte(i))
  print('\n')
}
