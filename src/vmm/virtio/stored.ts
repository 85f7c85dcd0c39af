/**
 * Block devices whose disk is on the board's storage. A request is taken, and its guest runs on; core hands its pieces to the storage
 * service and says when each is done. Data goes through a buffer of core's, in pieces of that size; between two pieces the chain
 * stays the driver's to change, so it is looked at anew. Virtio 1.2, "Block Device".
 */
import {
  CAN_DISCARD,
  CAN_WRITE,
  CAN_ZERO,
  VOLUME_BUFFER,
  VOLUME_DISCARD,
  VOLUME_FLUSH,
  VOLUME_READ,
  VOLUME_TICKETS,
  VOLUME_WRITE,
  VOLUME_ZERO,
} from '../../abi/storage'
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
} from './disk-request'
import { admits, charge, isLimited } from './limit'
import { again, chain, cost, giveBack, keep, next, segmentIpa, segmentSize, signal, TURN, take } from './queue'
import { breakDown, isLive, Queue, queueOf, Slot, slotAt } from './slot'
import { postpone } from './turn'

const NONE: u32 = u32.MAX_VALUE
/** In what `core.volumeTake` says. */
const IS_DONE: u32 = 1 << 30
const TICKET: u32 = 0xff
const DISKS: u32 = 8

/** A request on its way, by the disk and by core's number for it. */
@unmanaged
class Job {
  head: u32
  /** VOLUME_* */
  request: u32
  sector: u64
  /** Bytes in all, those that are done, those that are on their way. */
  size: u64
  done: u64
  piece: u64
  /** Where its answer goes. */
  status: u64
  /** It writes zeroes, as the device cannot by itself. */
  isZero: u32
}

const JOB_SHIFT: u32 = 6
const jobs = memory.data(4096, 8)
if (offsetof<Job>() > 1 << JOB_SHIFT || (DISKS * VOLUME_TICKETS) << JOB_SHIFT > 4096) ERROR('jobs need more memory')
/** A bit for each slot whose disk is on the board's storage. */
const slots = memory.data(4, 4)

function jobAt(unit: u32, ticket: u32): Job {
  return changetype<Job>(
    jobs + (((unit & (DISKS - 1)) * VOLUME_TICKETS + (ticket & (VOLUME_TICKETS - 1))) << JOB_SHIFT),
  )
}

/** Before the guest runs: whether this device's disk is there. */
export function attach(slot: Slot): void {
  if (core.diskStored(slot.unit)) store<u32>(slots, load<u32>(slots) | (1 << slot.index))
}

export function isStored(slot: Slot): bool {
  return ((load<u32>(slots) >> slot.index) & 1) != 0
}

/** The driver or its queue is gone. */
export function reset(slot: Slot): void {
  if (isStored(slot)) core.volumeForget(slot.unit)
}

/** Some of the VM's disks have answered. */
export function collect(vcpu: u32): void {
  for (let left = load<u32>(slots); left; left &= left - 1) {
    const slot = slotAt(ctz(left))
    const queue = queueOf(slot, 0)
    for (let taken = core.volumeTake(slot.unit); taken != NONE; taken = core.volumeTake(slot.unit)) {
      const ticket = taken & TICKET
      if (isLive(slot)) goOn(vcpu, slot, queue, ticket, (taken & IS_DONE) != 0)
      else core.volumeRelease(slot.unit, ticket)
    }
    serve(vcpu, slot)
  }
}

export function serve(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, 0)
  const limited = isLimited(slot.index)
  let turn: u32 = 0
  while (turn < TURN && next(vcpu, slot, queue)) {
    if (chain().writableSize == 0) {
      breakDown(vcpu, slot) // there is no byte for the answer
      break
    }
    if (limited && !admits(slot.index)) break
    const ticket = core.volumeClaim(slot.unit)
    if (ticket == NONE) break // one that ends comes back here
    turn += cost()
    keep(queue)
    begin(slot, queue, ticket)
  }
  if (isLive(slot) && queue.ready) signal(vcpu, queue)
  if (turn >= TURN) postpone(slot.index)
}

/** The chain that `next` found. */
function begin(slot: Slot, queue: Queue, ticket: u32): void {
  const job = jobAt(slot.unit, ticket)
  memory.fill(changetype<usize>(job), 0, offsetof<Job>())
  job.head = chain().head
  job.status = lastWritable()
  const answer = read(slot, job)
  if (isLimited(slot.index)) charge(slot.index, 1, job.size)
  if (answer != UNFINISHED) finish(slot, queue, ticket, answer)
  else step(slot, queue, ticket)
}

/** No answer yet. */
const UNFINISHED: u32 = 0x100

/** What the chain asks for; UNFINISHED if it has to go to the disk. */
function read(slot: Slot, job: Job): u32 {
  const found = chain()
  if (take(header, 0, block.HEADER_SIZE) < block.HEADER_SIZE) return block.S_IOERR
  const request = changetype<Request>(header)
  job.sector = request.sector
  switch (request.type) {
    case block.T_IN:
      return place(slot, job, VOLUME_READ, found.writableSize - 1)
    case block.T_OUT:
      if (!(core.volumeAbilities(slot.unit) & CAN_WRITE)) return block.S_IOERR
      return place(slot, job, VOLUME_WRITE, found.readableSize - block.HEADER_SIZE)
    case block.T_FLUSH:
      job.request = VOLUME_FLUSH
      return UNFINISHED
    case block.T_GET_ID:
      if (!identify(slot.unit)) return block.S_IOERR
      job.done = block.ID_SIZE
      return block.S_OK
    case block.T_DISCARD:
    case block.T_WRITE_ZEROES:
      return readRange(slot, job, request.type)
  }
  return block.S_UNSUPP
}

function place(slot: Slot, job: Job, request: u32, size: u64): u32 {
  if (!isInside(core.diskSize(slot.unit) >> block.SECTOR_SHIFT, job.sector, size)) return block.S_IOERR
  job.request = request
  job.size = size
  return size ? UNFINISHED : block.S_OK
}

/** One range, as the configuration space says. */
function readRange(slot: Slot, job: Job, type: u32): u32 {
  const wanted = changetype<Range>(range)
  const abilities = core.volumeAbilities(slot.unit)
  if (chain().readableSize != block.HEADER_SIZE + block.RANGE_SIZE) return block.S_IOERR
  take(range, block.HEADER_SIZE, block.RANGE_SIZE)
  if (wanted.flags & ~RANGE_UNMAP || (wanted.flags && type == block.T_DISCARD)) return block.S_UNSUPP
  if (wanted.count > RANGE_MOST || !(abilities & CAN_WRITE)) return block.S_IOERR
  job.sector = wanted.sector
  const isZero = type == block.T_WRITE_ZEROES
  const isOwn = isZero && !(abilities & CAN_ZERO)
  const request: u32 = isOwn ? VOLUME_WRITE : isZero ? VOLUME_ZERO : VOLUME_DISCARD
  job.isZero = isOwn ? 1 : 0
  const answer = place(slot, job, request, (<u64>wanted.count) << block.SECTOR_SHIFT)
  return answer == UNFINISHED && !isZero && !(abilities & CAN_DISCARD) ? block.S_OK : answer
}

/** The next piece of a request whose chain is the one that was found last. */
function step(slot: Slot, queue: Queue, ticket: u32): void {
  const job = jobAt(slot.unit, ticket)
  const isRange = job.request == VOLUME_DISCARD || job.request == VOLUME_ZERO
  job.piece = isRange ? job.size : min<u64>(job.size - job.done, VOLUME_BUFFER)
  const size = <u32>job.piece
  let isFilled = true
  if (job.isZero) isFilled = core.volumeClear(slot.unit, ticket, size) != 0
  else if (job.request == VOLUME_WRITE) isFilled = move(slot, ticket, job.done + block.HEADER_SIZE, size, false)
  const sector = job.sector + (job.done >> block.SECTOR_SHIFT)
  const count = <u32>(job.piece >> block.SECTOR_SHIFT)
  if (!isFilled || !core.volumeSubmit(slot.unit, ticket, job.request, sector, count))
    finish(slot, queue, ticket, block.S_IOERR)
}

/** A piece is over. */
function goOn(vcpu: u32, slot: Slot, queue: Queue, ticket: u32, isDone: bool): void {
  const job = jobAt(slot.unit, ticket)
  if (!isDone) {
    finish(slot, queue, ticket, block.S_IOERR)
    return
  }
  const isLast = job.done + job.piece == job.size
  const isRead = job.request == VOLUME_READ
  if ((isRead || !isLast) && !again(vcpu, slot, queue, job.head)) {
    core.volumeRelease(slot.unit, ticket)
    return
  }
  const isMoved = !isRead || move(slot, ticket, job.done, <u32>job.piece, true)
  if (isMoved) job.done += job.piece
  if (!isMoved) finish(slot, queue, ticket, block.S_IOERR)
  else if (isLast) finish(slot, queue, ticket, block.S_OK)
  else step(slot, queue, ticket)
}

/** Between the request's buffer and the chain: its readable part, or its writable one, from byte `from` of that on. False: it is shorter. */
function move(slot: Slot, ticket: u32, from: u64, size: u32, isRead: bool): bool {
  const found = chain()
  const last = isRead ? found.count : found.readable
  let before = from
  let done: u32 = 0
  for (let i: u32 = isRead ? found.readable : 0; i < last && done < size; i++) {
    const whole: u32 = segmentSize(i)
    if (before >= whole) {
      before -= whole
      continue
    }
    const part = min(whole - <u32>before, size - done)
    const ipa = segmentIpa(i) + before
    const isMoved = isRead
      ? core.volumeEmpty(slot.unit, ticket, done, ipa, part)
      : core.volumeFill(slot.unit, ticket, done, ipa, part)
    if (!isMoved) return false
    done += part
    before = 0
  }
  return done == size
}

/** The request is answered, and core's place for it is free. */
function finish(slot: Slot, queue: Queue, ticket: u32, status: u32): void {
  const job = jobAt(slot.unit, ticket)
  ram.store8(job.status, status)
  giveBack(queue, job.head, job.request == VOLUME_READ ? <u32>job.done + 1 : 1)
  core.volumeRelease(slot.unit, ticket)
}
