/**
 * The guest kit's drivers, each on its device: what a disk was given it gives back, random bytes differ, a line comes out whole.
 * Notifications are exits that copy much, and the vector registers are the guest's all the while.
 */

import { S_OK, T_IN, T_OUT } from '../../../src/arch/virtio-block'
import { initGuest } from '../../../src/guest/entry'
import { read64, set_vectors, vectors_differ, write64 } from '../../../src/guest/hw'
import { BLOCK_MEMORY, capacity, openBlock, request, statusAt } from '../../../src/guest/virtio/block'
import { CONSOLE_MEMORY, openConsole, write } from '../../../src/guest/virtio/console'
import { openEntropy, random } from '../../../src/guest/virtio/entropy'
import { notify, QUEUE_MEMORY, Queue, takeAnswers } from '../../../src/guest/virtio/queue'
import { fail, pass } from './verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'virtio-kit'
/** Above the program, in 16 MiB. */
const MEMORY: u64 = 0x4080_0000
const BUFFER: u64 = 0x4090_0000
const SECTORS: u64 = 2048
const SEED: u64 = 0x0123_4567_89ab_cdef

const diskQueue = memory.data(64, 16)
const entropyQueue = memory.data(64, 16)
const receiveQueue = memory.data(64, 16)
const transmitQueue = memory.data(64, 16)

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  tryDisk()
  tryEntropy()
  tryConsole()
  pass(NAME)
}

export function onIrq(_count: u64): void {}

function tryDisk(): void {
  const disk = changetype<Queue>(diskQueue)
  if (!openBlock(disk, 0, MEMORY)) fail(NAME, 'there is no disk', 0)
  if (capacity(disk) !== SECTORS) fail(NAME, 'the disk has sectors', capacity(disk))
  // Sizes about those at which copies change their way.
  for (let sectors: u64 = 1; sectors <= 24; sectors++) {
    const size = (sectors * 512) as u32
    fill(BUFFER, size, sectors)
    transfer(disk, T_OUT, sectors, size)
    fill(BUFFER, size, 0)
    transfer(disk, T_IN, sectors, size)
    for (let at: u32 = 0; at < size; at += 8) {
      if (read64(BUFFER + (at as u64)) !== word(at, sectors)) fail(NAME, 'a disk changed byte', at)
    }
  }
}

function transfer(disk: Queue, type: u32, sector: u64, size: u32): void {
  const status = request(disk, type, sector, BUFFER, size)
  set_vectors(SEED + sector)
  notify(disk)
  const changed = vectors_differ(SEED + sector)
  if (changed !== 0) fail(NAME, 'vector registers changed by', changed)
  if (takeAnswers(disk) !== 1 || statusAt(status) !== S_OK) fail(NAME, 'the disk says', statusAt(status))
}

function fill(at: u64, size: u32, seed: u64): void {
  for (let i: u32 = 0; i < size; i += 8) write64(at + (i as u64), seed === 0 ? 0 : word(i, seed))
}

function word(at: u32, seed: u64): u64 {
  return ((at as u64) + 1) * (0x9e37_79b9_7f4a_7c15 + seed)
}

function tryEntropy(): void {
  const queue = changetype<Queue>(entropyQueue)
  if (!openEntropy(queue, 0, MEMORY + BLOCK_MEMORY)) fail(NAME, 'there is no entropy device', 0)
  fill(BUFFER, 128, 0)
  if (random(queue, BUFFER, 64) !== 64 || random(queue, BUFFER + 64, 64) !== 64) fail(NAME, 'too few random bytes', 0)
  for (let i: u64 = 0; i < 15 * 8; i += 8) {
    if (read64(BUFFER + i) === read64(BUFFER + i + 8)) fail(NAME, 'random words are equal at', i)
  }
}

function tryConsole(): void {
  const receive = changetype<Queue>(receiveQueue)
  const transmit = changetype<Queue>(transmitQueue)
  const at = MEMORY + BLOCK_MEMORY + QUEUE_MEMORY
  if (!openConsole(receive, transmit, at)) fail(NAME, 'there is no console', CONSOLE_MEMORY)
  write(transmit, 'a line in one piece\n')
}
