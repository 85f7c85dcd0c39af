/**
 * A virtio block device as the board's disk. Each request on its way has a place: three descriptors, for header, data and answer,
 * whose own memory stands behind the rings. What the device says that cannot be is this service's fault: it begins anew, and the
 * device is reset. Virtio 1.2, "Block Device".
 */
import { WINDOW_DMA } from '../abi/layout'
import {
  CAN_DISCARD,
  CAN_WRITE,
  CAN_ZERO,
  HAS_DMA,
  STORAGE_CONTROL,
  VOLUME_BUFFER,
  VOLUME_DISCARD,
  VOLUME_FLUSH,
  VOLUME_RANGE_MOST,
  VOLUME_READ,
  VOLUME_WRITE,
} from '../abi/storage'
import * as block from '../arch/virtio-block'
import * as mmio from '../arch/virtio-mmio'
import { F_NEXT, F_WRITE } from '../arch/virtqueue'
import { after, isOver } from '../drive/clock'
import { dmaSize } from '../drive/core'
import { fromDevice, LINE, toDevice } from '../drive/dma'
import * as queues from '../drive/queue'
import { BROKEN, NONE, QUEUE_MEMORY, QUEUE_RECORD, Queue } from '../drive/queue'
import * as device from '../drive/virtio'
import { bufferAt } from './buffer'
import { requestDone } from './core'

/** Requests at once, and descriptors of each. */
const PLACES: u32 = 16
const CHAIN: u32 = 4
/** Milliseconds for a read that is waited for. */
const PATIENCE: u32 = 5000

/** Of each place, on lines of its own: the header; the answer; a range to discard or to zero. */
const PLACE_AT: usize = WINDOW_DMA + QUEUE_MEMORY
const HEADER: u32 = 0
const ANSWER: u32 = LINE
const RANGE: u32 = 2 * LINE
const PLACE_SIZE: u32 = 4 * LINE
if (QUEUE_MEMORY + PLACES * PLACE_SIZE > <u32>STORAGE_CONTROL) ERROR('the driver needs more memory')
const FREE: u32 = u32.MAX_VALUE
const NOW: u32 = 0xffff

const queueAt = memory.data(QUEUE_RECORD, 8)
const queue = changetype<Queue>(queueAt)
/** Of each place the ticket, FREE, or NOW for a read that is waited for; and its request. */
const tickets = memory.data(64, 4)
const requests = memory.data(64, 4)
if (PLACES << 2 > 64) ERROR('places need more memory')

let features: u64 = 0
let sectors: u64 = 0
let discardMost: u32 = 0
let zeroMost: u32 = 0
let ended: u32 = 0

const WANTED: u64 = block.F_RO | block.F_BLK_SIZE | block.F_FLUSH | block.F_DISCARD | block.F_WRITE_ZEROES

/** How many requests it takes at once; 0: it does not work. */
export function begin(): u32 {
  if (!device.reset()) return 0
  features = device.negotiate(WANTED)
  const size = features ? queues.openQueue(queue, 0, PLACES * CHAIN, WINDOW_DMA) : 0
  if (!size) return 0
  sectors = device.readConfig64(block.CAPACITY_LOW)
  discardMost = features & block.F_DISCARD ? device.readConfig(block.MAX_DISCARD_SECTORS) : 0
  zeroMost = features & block.F_WRITE_ZEROES ? device.readConfig(block.MAX_WRITE_ZEROES_SECTORS) : 0
  for (let i: u32 = 0; i < PLACES; i++) store<u32>(tickets + (i << 2), FREE)
  device.goLive()
  return size / CHAIN
}

export function capacity(): u64 {
  return sectors
}

/** Of what its owner sees as a block: 512 or 4096, whatever it says. */
export function blockSize(): u32 {
  return features & block.F_BLK_SIZE && device.readConfig(block.BLK_SIZE) == 4096 ? 4096 : 512
}

export function abilities(): u32 {
  if (features & block.F_RO) return HAS_DMA
  return HAS_DMA | CAN_WRITE | (discardMost ? CAN_DISCARD : 0) | (zeroMost >= <u32>VOLUME_RANGE_MOST ? CAN_ZERO : 0)
}

export function submit(ticket: u32, request: u32, sector: u64, count: u32): void {
  // Without F_FLUSH what was answered has been written for good. "Device Operation".
  if (request == VOLUME_FLUSH && !(features & block.F_FLUSH)) requestDone(ticket, 1)
  else if (bufferAt(ticket + 1) > WINDOW_DMA + dmaSize() || count > <u32>VOLUME_RANGE_MOST) unreachable()
  else send(place(), ticket, request, sector, count)
}

/** A free one. core counts what it hands over, so there is one. */
function place(): u32 {
  for (let i: u32 = 0; i < PLACES; i++) if (load<u32>(tickets + (i << 2)) == FREE) return i
  unreachable()
  return 0
}

function send(at: u32, ticket: u32, request: u32, sector: u64, count: u32): void {
  store<u32>(tickets + (at << 2), ticket)
  store<u32>(requests + (at << 2), request)
  const own = PLACE_AT + at * PLACE_SIZE
  const head = at * CHAIN
  store<u32>(own, typeOf(request), HEADER)
  store<u32>(own, 0, HEADER + 4)
  store<u64>(own, request == VOLUME_READ || request == VOLUME_WRITE ? sector : 0, HEADER + 8)
  toDevice(own + HEADER, block.HEADER_SIZE)
  queues.describe(queue, head, own + HEADER, block.HEADER_SIZE, F_NEXT, head + 1)
  const data = describeData(head + 1, own + RANGE, ticket, request, sector, count)
  store<u8>(own, 0xff, ANSWER)
  toDevice(own + ANSWER, 1)
  queues.describe(queue, head + data + 1, own + ANSWER, 1, F_WRITE, 0)
  queues.offer(queue, head, data + 2, (request == VOLUME_READ ? count << (<u32>block.SECTOR_SHIFT) : 0) + 1)
  queues.notify(queue)
}

function typeOf(request: u32): u32 {
  if (request == VOLUME_READ) return block.T_IN
  if (request == VOLUME_WRITE) return block.T_OUT
  if (request == VOLUME_FLUSH) return block.T_FLUSH
  return request == VOLUME_DISCARD ? block.T_DISCARD : block.T_WRITE_ZEROES
}

/** Descriptors that it took: 0 or 1. */
function describeData(i: u32, range: usize, ticket: u32, request: u32, sector: u64, count: u32): u32 {
  if (request == VOLUME_FLUSH) return 0
  if (request == VOLUME_READ || request == VOLUME_WRITE) {
    const size = count << (<u32>block.SECTOR_SHIFT)
    if (size > <u32>VOLUME_BUFFER) unreachable()
    const at = bufferAt(ticket == NOW ? 0 : ticket)
    toDevice(at, size)
    queues.describe(queue, i, at, size, request == VOLUME_READ ? F_NEXT | F_WRITE : F_NEXT, i + 1)
    return 1
  }
  store<u64>(range, sector)
  // A discard is a hint: of what is more than the device takes at once, it hears of a part.
  store<u32>(range, request == VOLUME_DISCARD ? min(count, discardMost) : count, 8)
  store<u32>(range, 0, 12)
  toDevice(range, block.RANGE_SIZE)
  queues.describe(queue, i, range, block.RANGE_SIZE, F_NEXT, i + 1)
  return 1
}

export function interrupt(): void {
  const why = device.takeInterrupt()
  if (why & mmio.CONFIGURATION_CHANGE && device.needsReset()) unreachable()
  takeAnswers()
}

function takeAnswers(): void {
  for (let answer = queues.takeUsed(queue); answer != NONE; answer = queues.takeUsed(queue)) {
    if (answer == BROKEN) unreachable()
    const at = <u32>answer / CHAIN
    const ticket = load<u32>(tickets + (at << 2))
    const request = load<u32>(requests + (at << 2))
    const status = PLACE_AT + at * PLACE_SIZE + ANSWER
    fromDevice(status, 1)
    const isDone: u32 = load<u8>(status) == block.S_OK ? 1 : 0
    // A buffer that was not filled must not be taken for the disk's.
    if (request == VOLUME_READ) fromDevice(bufferAt(ticket == NOW ? 0 : ticket), VOLUME_BUFFER)
    store<u32>(tickets + (at << 2), FREE)
    if (ticket != NOW) requestDone(ticket, isDone)
    else ended = isDone ? 2 : 1
  }
}

/** Before any request is on its way. */
export function readNow(sector: u64, count: u32): bool {
  if (sector >= sectors || <u64>count > sectors - sector) return false
  ended = 0
  send(place(), NOW, VOLUME_READ, sector, count)
  const end = after(PATIENCE)
  while (!ended) {
    takeAnswers()
    if (isOver(end)) unreachable() // the device still has our memory: only a reset takes it back
  }
  device.takeInterrupt()
  return ended == 2
}
