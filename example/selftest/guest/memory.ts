/** What one life tells the next: the first sector of a disk, which outlives the VM, and a pattern on the rest of it. */
import { T_IN, T_OUT } from '../../../src/arch/virtio-block'
import { read32, read64, write32, write64 } from '../../../src/guest/hw'
import { openBlock, request, statusAt } from '../../../src/guest/virtio/block'
import { notify, Queue, takeAnswers } from '../../../src/guest/virtio/queue'

/** All of it 64 bits wide, as it stands on the disk. Times are ticks of the counter. */
@unmanaged
export class Findings {
  magic: u64
  lives: u64
  hasDisk: u64
  /** The virtual count when the last life ended. */
  lastCount: u64
  /** Deadlines, those that were met within their period, and how late all and the worst began. */
  beats: u64
  beatsMet: u64
  beatSum: u64
  beatWorst: u64
  /** Ticks by which virtual and physical count went apart meanwhile. */
  drift: u64
  /** SGIs to itself: sent, arrived, and the time from sending to the handler. */
  sgis: u64
  sgisArrived: u64
  sgiSum: u64
  sgiWorst: u64
  /** Later lives that began with RAM scrubbed, with a clock from 0, with the disk as it was. */
  scrubbed: u64
  clockRestarts: u64
  diskKept: u64
  /** The board's disk: bytes of the pattern, requests that failed in all lives, bytes that were others than written, ticks for writing with
   * the flush, and for reading; times that a later life found the pattern. */
  storedBytes: u64
  storedErrors: u64
  storedWrong: u64
  storedWriting: u64
  storedReading: u64
  storedKept: u64
  /** What makes this run's pattern another than the last one's. */
  salt: u64
}

const MAGIC: u64 = 0x6b_6c75_6265
const SECTOR: u32 = 512
/** Of the pattern, behind the first. */
export const PATTERN_SECTORS: u32 = 120
/** Above the program: the queue, then a buffer of one sector. */
const QUEUE: u64 = 0x4018_0000
const BUFFER: u64 = 0x4019_0000

const memoryOfQueue = memory.data(64, 16)
const memoryOfFindings = memory.data(offsetof<Findings>(), 8)
let isFirst = false

export function findings(): Findings {
  return changetype<Findings>(memoryOfFindings)
}

/** Reads what the last life left. False: there is no disk. */
export function openMemory(): bool {
  if (!openBlock(queue(), 0, QUEUE) || !move(T_IN, 0)) return false
  isFirst = read64(BUFFER) !== MAGIC
  if (isFirst) return true
  for (let at: u32 = 0; at < offsetof<Findings>(); at += 8) {
    store<u64>(memoryOfFindings + at, read64(BUFFER + (at as u64)))
  }
  return true
}

export function isFirstLife(): bool {
  return isFirst
}

export function remember(): void {
  findings().magic = MAGIC
  for (let at: u32 = 0; at < offsetof<Findings>(); at += 8) {
    write64(BUFFER + (at as u64), load<u64>(memoryOfFindings + at))
  }
  move(T_OUT, 0)
}

export function writePattern(): void {
  for (let sector: u32 = 1; sector <= PATTERN_SECTORS; sector++) {
    for (let at: u32 = 0; at < SECTOR; at += 4) write32(BUFFER + (at as u64), word(sector, at))
    move(T_OUT, sector)
  }
}

export function checkPattern(): bool {
  for (let sector: u32 = 1; sector <= PATTERN_SECTORS; sector++) {
    if (!move(T_IN, sector)) return false
    for (let at: u32 = 0; at < SECTOR; at += 4) if (read32(BUFFER + (at as u64)) !== word(sector, at)) return false
  }
  return true
}

/** No two words of the disk are alike. */
function word(sector: u32, at: u32): u32 {
  return (((sector << 9) | at) * 0x9e37_79b1) ^ 0x5bd1_e995
}

function move(type: u32, sector: u32): bool {
  const status = request(queue(), type, sector as u64, BUFFER, SECTOR)
  notify(queue())
  return takeAnswers(queue()) === 1 && statusAt(status) === 0
}

function queue(): Queue {
  return changetype<Queue>(memoryOfQueue)
}
