/** Counts what 4 KiB reads of a disk cost, one at a time and 32 at once, and a console's line: the notification does all the work. */

import { S_OK, T_IN, T_OUT } from '../../../src/arch/virtio-block'
import { QueueNotify } from '../../../src/arch/virtio-mmio'
import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { timed_nothing, timed_write32 } from '../../../src/guest/hw'
import { systemOff } from '../../../src/guest/psci'
import { openBlock, request, statusAt } from '../../../src/guest/virtio/block'
import { openConsole, prepareLine } from '../../../src/guest/virtio/console'
import { notify, Queue, takeAnswers } from '../../../src/guest/virtio/queue'

export { onSync } from '../../../src/guest/entry'

const TRIES: u32 = 10
const CLUSTERS: u32 = 256
const DEPTH: u32 = 32
const SIZE: u32 = 4096
/** Above the program: the queue, then a buffer for each request. */
const QUEUE: u64 = 0x4018_0000
const BUFFERS: u64 = 0x4019_0000

/** Two queues of the console. */
const CONSOLE: u64 = 0x4016_0000
const LINE = 'a line of eighty characters, as a program prints them, with its end in the last\n'

const memoryOfQueue = memory.data(64, 16)
const memoryOfReceive = memory.data(64, 16)
const memoryOfTransmit = memory.data(64, 16)

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  const queue = changetype<Queue>(memoryOfQueue)
  if (!openBlock(queue, 0, QUEUE)) print('no disk\n')
  else {
    writeAll(queue)
    result('disk-one', least(queue, 1))
    result('disk-many', least(queue, DEPTH) / DEPTH)
  }
  result('console-line', leastLine())
  systemOff()
}

export function onIrq(_count: u64): void {}

/** So that reads find pages of the disk's own, not the zeroes that it begins as. */
function writeAll(queue: Queue): void {
  for (let i: u32 = 0; i < CLUSTERS; i++) {
    request(queue, T_OUT, (i * 8) as u64, BUFFERS, SIZE)
    notify(queue)
    if (takeAnswers(queue) !== 1) print('a write was not answered\n')
  }
}

function least(queue: Queue, depth: u32): u64 {
  let best: u64 = u64.MAX_VALUE
  for (let i: u32 = 0; i < TRIES; i++) {
    const ticks = measure(queue, depth, i)
    if (ticks < best) best = ticks
  }
  return best - timed_nothing()
}

/** A line of 80 characters, by one notification. */
function leastLine(): u64 {
  const receive = changetype<Queue>(memoryOfReceive)
  const transmit = changetype<Queue>(memoryOfTransmit)
  if (!openConsole(receive, transmit, CONSOLE)) print('no console\n')
  let best: u64 = u64.MAX_VALUE
  for (let i: u32 = 0; i < TRIES; i++) {
    prepareLine(transmit, LINE)
    const ticks = timed_write32(transmit.device + QueueNotify, transmit.index)
    if (takeAnswers(transmit) === 1 && ticks < best) best = ticks
  }
  return best - timed_nothing()
}

/** Sectors that differ from one try to the next; an answer that is not there or not good counts for nothing. */
function measure(queue: Queue, depth: u32, turn: u32): u64 {
  let last: u64 = 0
  for (let i: u32 = 0; i < depth; i++) {
    last = request(queue, T_IN, (((i * 37 + turn * 11) % CLUSTERS) * 8) as u64, BUFFERS + (i as u64) * SIZE, SIZE)
  }
  const ticks = timed_write32(queue.device + QueueNotify, 0)
  if (takeAnswers(queue) === depth && statusAt(last) === S_OK) return ticks
  print('a request was not answered\n')
  return u64.MAX_VALUE
}

function result(name: string, value: u64): void {
  print('bench ')
  print(name)
  print(' ')
  printDecimal(value)
  print('\n')
}
