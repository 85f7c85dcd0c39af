/**
 * Writes numbered records to its disk without end, several at once, and says how far a flush has acknowledged them. Where it begins
 * it reads what is there and goes on from the last one. test/machine/virtio-power-cut.test.ts looks at the disk itself.
 */
import { S_OK, T_FLUSH, T_IN, T_OUT } from '../../../src/arch/virtio-block'
import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { hint_yield, read64, write64 } from '../../../src/guest/hw'
import { systemOff } from '../../../src/guest/psci'
import { openBlock, request, statusAt } from '../../../src/guest/virtio/block'
import { notify, Queue, takeAnswers } from '../../../src/guest/virtio/queue'

export { onSync } from '../../../src/guest/entry'

/** Places for records on the disk, bytes of each, and records between two flushes. */
const PLACES: u64 = 512
const SIZE: u32 = 4096
const BATCH: u32 = 8
/** Above the program: the queue, then a buffer for each record of a batch. */
const QUEUE: u64 = 0x4018_0000
const BUFFERS: u64 = 0x4019_0000

const memoryOfQueue = memory.data(64, 16)

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  const queue = changetype<Queue>(memoryOfQueue)
  if (!openBlock(queue, 0, QUEUE)) {
    print('no disk\n')
    systemOff()
  }
  let number = lastOf(queue)
  say('found ', number)
  while (true) {
    for (let i: u32 = 0; i < BATCH; i++) {
      number += 1
      const buffer = BUFFERS + (i as u64) * SIZE
      for (let at: u64 = 0; at < SIZE; at += 8) write64(buffer + at, (number << 16) | (at >> 3))
      request(queue, T_OUT, (number % PLACES) * 8, buffer, SIZE)
    }
    settle(queue, BATCH)
    const status = request(queue, T_FLUSH, 0, 0, 0)
    settle(queue, 1)
    if (statusAt(status) !== S_OK) print('a flush failed\n')
    say('flushed ', number)
  }
}

export function onIrq(_count: u64): void {}

/** The largest number that is on the disk, 0 if there is none. */
function lastOf(queue: Queue): u64 {
  let last: u64 = 0
  for (let i: u64 = 0; i < PLACES; i++) {
    const status = request(queue, T_IN, i * 8, BUFFERS, SIZE)
    settle(queue, 1)
    if (statusAt(status) !== S_OK) print('a read failed\n')
    const number = read64(BUFFERS) >> 16
    if (number > last) last = number
  }
  return last
}

/** Tells the device, and waits for so many answers. */
function settle(queue: Queue, count: u32): void {
  notify(queue)
  for (let left = count; left > 0; left -= takeAnswers(queue)) hint_yield()
}

function say(what: string, number: u64): void {
  print(what)
  printDecimal(number)
  print('.\n')
}
