/**
 * An SD card as the board's disk, a request at a time and a block at each interrupt, by the host's buffer: no DMA, so nothing has to be
 * told of memory. An error is tried again, then told. A card has no cache that would need a flush: a write is over when the
 * card has put it away. Physical Layer Simplified Specification, "Data Transfer Mode"; SD Host Controller Simplified
 * Specification, "Not using DMA".
 */
import { CAN_WRITE, VOLUME_FLUSH, VOLUME_READ, VOLUME_WRITE } from '../abi/storage'
import * as sd from '../arch/sd'
import * as host from '../arch/sdhci'
import { after, isOver } from '../drive/clock'
import { deviceRead, deviceWrite } from '../drive/core'
import { bufferAt } from './buffer'
import { requestDone } from './core'
import * as card from './sd-card'
import { recover, response, send } from './sd-host'

const BLOCK: u32 = 512
const TRIES: u32 = 3
/** Milliseconds for a read that is waited for. */
const PATIENCE: u32 = 2000
const R1: u32 = host.SHORT | host.CHECK_CRC | host.CHECK_INDEX
const WANTED: u32 =
  host.COMMAND_COMPLETE | host.TRANSFER_COMPLETE | host.WRITE_READY | host.READ_READY | host.ERROR | host.ERRORS
const NONE: u32 = u32.MAX_VALUE

/** The request on its way, NONE if there is none; blocks that went through the buffer; tries that failed. */
let ticket: u32 = NONE
let request: u32 = 0
let sector: u64 = 0
let count: u32 = 0
let moved: u32 = 0
let failures: u32 = 0
let isNow: bool = false
let wasDone: bool = false

export function begin(clock: u32): u32 {
  ticket = NONE
  if (!card.begin(clock)) return 0
  deviceWrite(host.STATUS, 0xffff_ffff)
  deviceWrite(host.SIGNAL_ENABLE, WANTED)
  return 1
}

export function abilities(): u32 {
  return CAN_WRITE
}

export function submit(number: u32, wish: u32, first: u64, blocks: u32): void {
  if (wish == VOLUME_FLUSH) {
    requestDone(number, 1)
    return
  }
  if (ticket != NONE || wish > <u32>VOLUME_WRITE) unreachable()
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
  deviceWrite(host.BLOCK, BLOCK | (count << 16))
  const mode = R1 | host.HAS_DATA | several | (isRead ? host.READ : 0)
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
    if (moved == count) finish(1)
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
    recover()
    const isReady = card.settle()
    recover()
    deviceWrite(host.SIGNAL_ENABLE, WANTED)
    if (!isReady || ++failures >= TRIES) break
    if (start()) return
  }
  finish(0)
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
  while (ticket != NONE && !isOver(end)) if (deviceRead(host.STATUS) & WANTED) interrupt()
  if (ticket != NONE) finish(0)
  isNow = false
  return wasDone
}
