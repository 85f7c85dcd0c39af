/**
 * An SD card as the board's disk, a request at a time. The host moves the data itself where it can (src/storage/sd-dma.ts); else a
 * core does, a block at each interrupt, through the host's buffer. An error is tried again, the last time through the buffer, then
 * told. A card has no cache that would need a flush: a write is over when the card has put it away. Physical Layer Simplified
 * Specification, "Data Transfer Mode"; SD Host Controller Simplified Specification, "Not using DMA", "Using ADMA".
 */
import { CAN_WRITE, HAS_DMA, VOLUME_BUFFER, VOLUME_FLUSH, VOLUME_READ, VOLUME_WRITE } from '../abi/storage'
import * as sd from '../arch/sd'
import * as host from '../arch/sdhci'
import { after, isOver } from '../drive/clock'
import { deviceRead, deviceWrite } from '../drive/core'
import { fromDevice } from '../drive/dma'
import { bufferAt } from './buffer'
import { requestDone } from './core'
import * as card from './sd-card'
import * as dma from './sd-dma'
import { recover, response, send } from './sd-host'

const BLOCK: u32 = 512
const TRIES: u32 = 3
/** Milliseconds for a read that is waited for. */
const PATIENCE: u32 = 2000
const R1: u32 = host.SHORT | host.CHECK_CRC | host.CHECK_INDEX
/** What to hear of: by DMA of the end alone. */
const END: u32 = host.TRANSFER_COMPLETE | host.ERROR | host.ERRORS
const STEPS: u32 = END | host.COMMAND_COMPLETE | host.WRITE_READY | host.READ_READY
const NONE: u32 = u32.MAX_VALUE

/** The request on its way, NONE if there is none; blocks that went through the buffer; tries that failed. */
let ticket: u32 = NONE
let request: u32 = 0
let sector: u64 = 0
let count: u32 = 0
let moved: u32 = 0
let failures: u32 = 0
/** The host moves its data itself. */
let isMaster: bool = false
let isNow: bool = false
let wasDone: bool = false

export function begin(clock: u32, speed: u32): u32 {
  ticket = NONE
  if (!card.begin(clock, speed)) return 0
  dma.begin()
  deviceWrite(host.STATUS, 0xffff_ffff)
  return 1
}

export function abilities(): u32 {
  return dma.canMove() ? CAN_WRITE | HAS_DMA : CAN_WRITE
}

export function submit(number: u32, wish: u32, first: u64, blocks: u32): void {
  if (wish == VOLUME_FLUSH) {
    requestDone(number, 1)
    return
  }
  if (ticket != NONE || wish > <u32>VOLUME_WRITE || blocks - 1 >= <u32>VOLUME_BUFFER / BLOCK) unreachable()
  ticket = number
  request = wish
  sector = first
  count = blocks
  failures = 0
  if (!start()) fail()
}

/** Sets off the request's command. False: it could not be sent. */
function start(): bool {
  moved = 0
  const isRead = request == VOLUME_READ
  const several: u32 = count > 1 ? host.MULTIPLE | host.AUTO_CMD12 | host.COUNT_ENABLE : 0
  const read = count > 1 ? sd.READ_MULTIPLE_BLOCK : sd.READ_SINGLE_BLOCK
  const write = count > 1 ? sd.WRITE_MULTIPLE_BLOCK : sd.WRITE_BLOCK
  isMaster = dma.canMove() && failures + 1 < TRIES
  if (isMaster) dma.give(bufferAt(ticket), count * BLOCK)
  deviceWrite(host.SIGNAL_ENABLE, isMaster ? END : STEPS)
  deviceWrite(host.BLOCK, BLOCK | (count << 16))
  const mode = R1 | host.HAS_DATA | several | (isRead ? host.READ : 0) | (isMaster ? host.DMA_ENABLE : 0)
  return send(isRead ? read : write, card.place(sector), mode)
}

export function interrupt(): void {
  const status = deviceRead(host.STATUS)
  if (ticket == NONE) {
    deviceWrite(host.STATUS, status)
    return
  }
  if (status & host.ERROR) {
    fail()
    return
  }
  if (status & host.COMMAND_COMPLETE) {
    deviceWrite(host.STATUS, host.COMMAND_COMPLETE)
    if (response() & sd.STATUS_ERRORS) {
      fail()
      return
    }
  }
  if (status & (host.READ_READY | host.WRITE_READY)) moveBlock(status & (host.READ_READY | host.WRITE_READY))
  else if (status & host.TRANSFER_COMPLETE) {
    deviceWrite(host.STATUS, host.TRANSFER_COMPLETE)
    // A table that ends before the data do is an error of the host's: all of them are there.
    if (isMaster) fromDevice(bufferAt(ticket), count * BLOCK)
    if (isMaster || moved == count) finish(1)
    else fail()
  }
}

/** One block between the host's buffer and the request's. The word is acknowledged first: the next block's may come at once. */
function moveBlock(why: u32): void {
  deviceWrite(host.STATUS, why)
  if (moved == count) return
  const at = bufferAt(ticket) + moved * BLOCK
  moved++
  if (request == VOLUME_READ) for (let i: u32 = 0; i < BLOCK; i += 4) store<u32>(at + i, deviceRead(host.BUFFER))
  else for (let i: u32 = 0; i < BLOCK; i += 4) deviceWrite(host.BUFFER, load<u32>(at + i))
}

/** The request did not get through: once more, as long as the card can. */
function fail(): void {
  while (true) {
    deviceWrite(host.SIGNAL_ENABLE, 0)
    stop()
    const isReady = card.settle()
    stop()
    if (!isReady || ++failures >= TRIES) break
    if (start()) return
  }
  finish(0)
}

/** Nothing moves any more. A host that cannot be stopped may still write to memory: only the reset of all of it, when this service begins
 * anew, may take that back. */
function stop(): void {
  if (!recover()) unreachable()
}

function finish(isDone: u32): void {
  const over = ticket
  ticket = NONE
  if (isNow) wasDone = isDone != 0
  else requestDone(over, isDone)
}

/** Into buffer 0, before any request is on its way. */
export function readNow(first: u64, blocks: u32): bool {
  if (first >= card.capacity() || <u64>blocks > card.capacity() - first) return false
  isNow = true
  wasDone = false
  submit(0, VOLUME_READ, first, blocks)
  const end = after(PATIENCE)
  while (ticket != NONE && !isOver(end)) if (deviceRead(host.STATUS) & STEPS) interrupt()
  if (ticket != NONE) {
    stop()
    finish(0)
  }
  isNow = false
  return wasDone
}
