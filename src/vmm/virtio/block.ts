/**
 * Block device: a disk that core keeps (src/core/disk.ts), which copies between the disk and the guest's buffers itself. A request
 * that is larger than what one exit may do goes on in the next; all of it is RAM, so that a flush has nothing to do. Virtio 1.2,
 * "Block Device".
 */

import { VIRTIO_SLOTS } from '../../abi/guest-machine'
import * as block from '../../arch/virtio-block'
import * as core from '../core'
import * as ram from '../ram'
import {
  header,
  identify,
  isInside,
  lastWritable,
  RANGE_MOST,
  RANGE_UNMAP,
  Range,
  Request,
  range,
  SECTOR,
} from './disk-request'
import { admits, charge, isLimited } from './limit'
import { answer, chain, cost, next, segmentIpa, segmentSize, signal, TURN, take } from './queue'
import { breakDown, QUEUE_SIZE_MOST, Queue, queueOf, Slot } from './slot'
import { postpone } from './turn'

export const QUEUES: u32 = 1
const FEATURES: u64 = block.F_SEG_MAX | block.F_BLK_SIZE | block.F_FLUSH | block.F_TOPOLOGY
const WRITABLE: u64 = block.F_DISCARD | block.F_WRITE_ZEROES

/** Bytes in one turn; a segment counts as so many at least. */
const TURN_BYTES: u32 = 0x2_0000
const SEGMENT_LEAST: u32 = 512
/** core's limit for one call. */
const PIECE: u64 = 0x1_0000
/** Physical blocks of 4 KiB: the clusters that core keeps. */
const CLUSTER_SECTORS: u32 = 8
/** Sectors of each disk: core holds every access against the disk itself once more. */
const capacities = memory.data(VIRTIO_SLOTS * 8, 8)

function sectorsOf(unit: u32): u64 {
  return load<u64>(capacities + (unit << 3))
}

/** Of disk `unit`, which the device is to be from now on. */
export function features(unit: u32): u64 {
  store<u64>(capacities + (unit << 3), core.diskSize(unit) >> block.SECTOR_SHIFT)
  return FEATURES | (core.diskWritable(unit) ? WRITABLE : block.F_RO)
}

export function readConfig(slot: Slot, offset: u32): u32 {
  const sectors = sectorsOf(slot.unit)
  switch (offset) {
    case block.CAPACITY_LOW:
      return <u32>sectors
    case block.CAPACITY_HIGH:
      return <u32>(sectors >> 32)
    case block.SEG_MAX:
      return QUEUE_SIZE_MOST - 2
    case block.BLK_SIZE:
      return SECTOR
    case block.TOPOLOGY:
      return ctz(CLUSTER_SECTORS) | (CLUSTER_SECTORS << 16)
    case block.MAX_DISCARD_SECTORS:
    case block.MAX_WRITE_ZEROES_SECTORS:
      return RANGE_MOST
    case block.MAX_DISCARD_SEG:
    case block.MAX_WRITE_ZEROES_SEG:
      return 1
    case block.DISCARD_SECTOR_ALIGNMENT:
      return CLUSTER_SECTORS
  }
  return 0
}

export function serve(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, 0)
  const found = chain()
  let budget = TURN_BYTES
  // A limited device asks before each chain.
  const most: u32 = isLimited(slot.index) ? 0 : TURN
  let turn: u32 = 0
  while (next(vcpu, slot, queue)) {
    if ((turn >= most || !budget) && !goesOn(slot, queue, turn < TURN && budget != 0)) break
    if (found.writableSize == 0) {
      breakDown(vcpu, slot) // there is no byte for the answer
      break
    }
    const before = queue.progress
    let result = executePlain(slot, queue, budget)
    const isPlain = result != UNFINISHED
    if (!isPlain) result = execute(slot, queue, budget)
    const done = queue.progress
    budget -= min(budget, max(done - before, found.count * SEGMENT_LEAST))
    turn += cost()
    if (result == UNFINISHED) continue
    ram.store8(isPlain ? segmentIpa(PLAIN - 1) : lastWritable(), result)
    const type = changetype<Request>(header).type
    answer(queue, type == block.T_IN || type == block.T_GET_ID ? done + 1 : 1)
  }
  signal(vcpu, queue)
}

/** The turn is over, or the device is limited: whether there is time and allowance for the next chain. Else it goes on by itself. */
function goesOn(slot: Slot, queue: Queue, hasTime: bool): bool {
  if (!hasTime) postpone(slot.index)
  else if (queue.progress) return true // the whole of it was charged
  if (!hasTime || !admits(slot.index)) return false
  const size = chain().readableSize + chain().writableSize
  // What is larger than the disk fails, and moves nothing.
  charge(slot.index, 1, size >> block.SECTOR_SHIFT > sectorsOf(slot.unit) ? 0 : size)
  return true
}

const UNFINISHED: u32 = 0xff

/** Segments of a request as drivers make them. */
const PLAIN: u32 = 3

/** A request as drivers make them: header, one buffer of data that core copies at one go, status, each in a segment of its own.
 * The status to answer, or UNFINISHED: it is not such a request. */
function executePlain(slot: Slot, queue: Queue, budget: u32): u32 {
  const found = chain()
  const size = segmentSize(1)
  const isShaped = found.count == PLAIN && segmentSize(0) == block.HEADER_SIZE && segmentSize(2) == 1
  if (!isShaped || queue.progress || size > budget || size > PIECE) return UNFINISHED
  ram.load128(header, segmentIpa(0))
  const request = changetype<Request>(header)
  const place = request.sector << block.SECTOR_SHIFT
  if (size & (SECTOR - 1) || place >> block.SECTOR_SHIFT != request.sector) return UNFINISHED
  let isDone: u32
  if (request.type == block.T_IN && found.readable == 1) isDone = core.diskRead(slot.unit, place, segmentIpa(1), size)
  else if (request.type == block.T_OUT && found.readable == 2)
    isDone = core.diskWrite(slot.unit, place, segmentIpa(1), size)
  else return UNFINISHED
  if (!isDone) return block.S_IOERR
  queue.progress = size
  return block.S_OK
}

/** The same of any request; UNFINISHED where the budget ended before the request did. */
function execute(slot: Slot, queue: Queue, budget: u32): u32 {
  const found = chain()
  if (take(header, 0, block.HEADER_SIZE) < block.HEADER_SIZE) return block.S_IOERR
  const type = changetype<Request>(header).type
  switch (type) {
    case block.T_IN:
      return transfer(slot, queue, found.writableSize - 1, budget)
    case block.T_OUT:
      return transfer(slot, queue, found.readableSize - block.HEADER_SIZE, budget)
    case block.T_FLUSH:
      return block.S_OK
    case block.T_GET_ID:
      if (!identify(slot.unit)) return block.S_IOERR
      queue.progress = block.ID_SIZE
      return block.S_OK
    case block.T_DISCARD:
    case block.T_WRITE_ZEROES:
      return clear(slot, queue, type, budget)
  }
  return block.S_UNSUPP
}

/** T_IN and T_OUT: from where the last turn ended, segment by segment. */
function transfer(slot: Slot, queue: Queue, size: u64, budget: u32): u32 {
  const found = chain()
  const request = changetype<Request>(header)
  if (!isInside(sectorsOf(slot.unit), request.sector, size)) return block.S_IOERR
  const isIn = request.type == block.T_IN
  const first: u32 = isIn ? found.readable : 0
  const done = queue.progress
  if (<u64>done > size) return block.S_IOERR // the chain is another one now
  const end = min(size, <u64>done + budget)
  let at = <u64>done
  let from = at + (isIn ? 0 : <u64>block.HEADER_SIZE) // in the chain's part, from the segment on
  for (let i = first; i < found.count && at < end; i++) {
    const whole = <u64>segmentSize(i)
    if (from >= whole) {
      from -= whole
      continue
    }
    const part = <u32>min(min(whole - from, end - at), PIECE)
    const place = (request.sector << block.SECTOR_SHIFT) + at
    const ipa = segmentIpa(i) + from
    const isDone = isIn ? core.diskRead(slot.unit, place, ipa, part) : core.diskWrite(slot.unit, place, ipa, part)
    if (!isDone) return block.S_IOERR
    at += part
    from += part
    if (from < whole)
      i-- // a segment of more than one piece
    else from = 0
  }
  queue.progress = <u32>at
  return at == size ? block.S_OK : UNFINISHED
}

/** T_DISCARD and T_WRITE_ZEROES: one range, as the configuration space says. */
function clear(slot: Slot, queue: Queue, type: u32, budget: u32): u32 {
  const wanted = changetype<Range>(range)
  if (chain().readableSize != block.HEADER_SIZE + block.RANGE_SIZE) return block.S_IOERR
  take(range, block.HEADER_SIZE, block.RANGE_SIZE)
  if (wanted.flags & ~RANGE_UNMAP || (wanted.flags && type == block.T_DISCARD)) return block.S_UNSUPP
  const size = (<u64>wanted.count) << block.SECTOR_SHIFT
  if (wanted.count > RANGE_MOST || !core.diskWritable(slot.unit)) return block.S_IOERR
  if (!isInside(sectorsOf(slot.unit), wanted.sector, size)) return block.S_IOERR
  const done = <u64>queue.progress
  if (done > size) return block.S_IOERR // the chain is another one now
  const part = <u32>min(min(size - done, PIECE), budget)
  const place = (wanted.sector << block.SECTOR_SHIFT) + done
  const isDone =
    type == block.T_DISCARD ? core.diskDiscard(slot.unit, place, part) : core.diskZero(slot.unit, place, part)
  if (!isDone) return block.S_IOERR
  queue.progress = <u32>done + part
  return done + part == size ? block.S_OK : UNFINISHED
}
