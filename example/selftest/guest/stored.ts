/** The board's own disk: a pattern is written and flushed, read back and compared, then read again in every later life. */
import { T_FLUSH, T_IN, T_OUT } from '../../../src/arch/virtio-block'
import { cntpct_el0, hint_yield, read32, write32 } from '../../../src/guest/hw'
import { frequency, now } from '../../../src/guest/timer'
import { capacity, openBlock, request, statusAt } from '../../../src/guest/virtio/block'
import { notify, Queue, takeAnswers } from '../../../src/guest/virtio/queue'
import { Findings } from './memory'

const DISK: u32 = 1
const SECTOR_SHIFT: u32 = 9
/** Of the pattern: more than any cache that a disk of this kind has on its way. */
const SECTORS: u32 = 2048
/** Of a request. */
const PIECE: u32 = 64
const PIECE_SIZE: u32 = PIECE << SECTOR_SHIFT
/** A request that takes so many seconds is lost. */
const PATIENCE: u64 = 10
/** The queue, then a buffer of PIECE_SIZE bytes. */
const QUEUE: u64 = 0x401a_0000
const BUFFER: u64 = 0x401b_0000

const memoryOfQueue = memory.data(64, 16)

/** Once in each life. False: there is no such disk, or it is smaller than the pattern. */
export function openStored(): bool {
  return openBlock(queue(), DISK, QUEUE) && capacity(queue()) >= (SECTORS as u64)
}

/** The first life: writes, flushes, reads back. */
export function measureStored(found: Findings): void {
  found.salt = cntpct_el0()
  const before = now()
  for (let sector: u32 = 0; sector < SECTORS; sector += PIECE) {
    for (let at: u32 = 0; at < PIECE_SIZE; at += 4) write32(BUFFER + (at as u64), word(found, sector, at))
    move(found, T_OUT, sector)
  }
  move(found, T_FLUSH, 0)
  found.storedWriting = now() - before
  const from = now()
  found.storedBytes = (SECTORS as u64) << (SECTOR_SHIFT as u64)
  found.storedWrong = compare(found)
  found.storedReading = now() - from
}

/** A later life: what was written is there, as far as another VM's life tells. */
export function checkStored(found: Findings): void {
  const wrong = compare(found)
  found.storedWrong += wrong
  if (wrong === 0) found.storedKept++
}

/** Bytes of words that are others than were written. */
function compare(found: Findings): u64 {
  let wrong: u64 = 0
  for (let sector: u32 = 0; sector < SECTORS; sector += PIECE) {
    // What the disk does not fill is never taken for the pattern.
    for (let at: u32 = 0; at < PIECE_SIZE; at += 4) write32(BUFFER + (at as u64), ~word(found, sector, at))
    move(found, T_IN, sector)
    for (let at: u32 = 0; at < PIECE_SIZE; at += 4) {
      if (read32(BUFFER + (at as u64)) !== word(found, sector, at)) wrong += 4
    }
  }
  return wrong
}

/** No two words are alike, nor any like the last run's. */
function word(found: Findings, sector: u32, at: u32): u32 {
  const place = ((sector << SECTOR_SHIFT) + at) >> 2
  return (place * 0x9e37_79b1) ^ (found.salt as u32) ^ ((found.salt >> 32) as u32)
}

function move(found: Findings, type: u32, sector: u32): void {
  const status = request(queue(), type, sector as u64, BUFFER, PIECE_SIZE)
  notify(queue())
  const end = now() + PATIENCE * frequency()
  while (takeAnswers(queue()) === 0) {
    if (now() > end) break
    hint_yield()
  }
  if (statusAt(status) !== 0) found.storedErrors++
}

function queue(): Queue {
  return changetype<Queue>(memoryOfQueue)
}
