/**
 * Socket device: packets of streams between VMs that the config joins, which core copies from RAM to RAM (src/core/packet.ts). What
 * finds no buffer waits, and the packets behind it: nothing of a stream is lost. The event queue keeps its buffers: a VM's own CID
 * never changes, and connections that end are reset one by one. Virtio 1.2, "Socket Device".
 */

import * as socket from '../../arch/virtio-socket'
import * as core from '../core'
import { admits, charge, isLimited } from './limit'
import { open, receive, TRANSMIT } from './port'
import { answer, chain, cost, next, segmentIpa, segmentSize, signal, TURN, take } from './queue'
import { isLive, Queue, queueOf, Slot } from './slot'
import { postpone, wait } from './turn'

/** Receive, transmit, event. */
export const QUEUES: u32 = 3
export const FEATURES: u64 = socket.F_STREAM

/** Bytes that one turn copies. */
const TURN_BYTES: u32 = 0x1_0000
/** Pieces of a packet that go at once: core takes twice as many. */
const PIECES: u32 = 32
/** Answers of `packetSend` from bit 32 on. */
const HELD: u32 = 1
const OVER: u32 = 2
/** A packet that waits is tried again so many times a second, whether or not somebody says that there are buffers. */
const TRIES: u32 = 16

const header = memory.data(48, 8)

/** How a packet's turn ended. */
enum Sent {
  Wholly,
  InPart,
  Held,
}

export function readConfig(slot: Slot, offset: u32): u32 {
  return offset == socket.GUEST_CID ? <u32>core.portPlace(slot.unit) : 0
}

export function serve(vcpu: u32, slot: Slot): void {
  open(slot, false)
  receive(vcpu, slot)
  if (isLive(slot) && core.packetResets(slot.unit)) postpone(slot.index)
  transmit(vcpu, slot)
}

function transmit(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, TRANSMIT)
  let budget = TURN_BYTES
  let turn: u32 = 0
  let isHeld = false
  const limited = isLimited(slot.index)
  while (turn < TURN && budget && !isHeld && next(vcpu, slot, queue)) {
    if (limited && !admits(slot.index)) break
    const before = queue.progress
    const sent = send(slot, queue, budget)
    const copied = queue.progress - before
    budget -= min(budget, copied)
    turn += cost()
    isHeld = sent == Sent.Held
    if (limited) charge(slot.index, sent == Sent.Wholly ? 1 : 0, copied)
    if (sent == Sent.Wholly) answer(queue, 0)
  }
  core.frameFlush(slot.unit)
  signal(vcpu, queue)
  if (isHeld) wait(1 << slot.index, core.counter() + core.frequency() / TRIES)
  else if (turn >= TURN || !budget) postpone(slot.index)
}

/** The chain's readable part: header and payload, of which `progress` bytes are done. What is no packet of this VM's goes nowhere;
 * the header counts as it is each time. */
function send(slot: Slot, queue: Queue, budget: u32): Sent {
  if (take(header, 0, socket.HEADER_SIZE) < socket.HEADER_SIZE) return Sent.Wholly
  if (load<u64>(header, socket.SRC_CID) != core.portPlace(slot.unit)) return Sent.Wholly
  const length = load<u32>(header, socket.KIND)
  if (<u64>length + socket.HEADER_SIZE > chain().readableSize || queue.progress > length) return Sent.Wholly
  const size = gather(slot, queue.progress, min(budget, length - queue.progress))
  const result = core.packetSend(
    slot.unit,
    load<u64>(header, socket.DST_CID),
    load<u64>(header, socket.PORTS),
    load<u64>(header, socket.KIND),
    load<u64>(header, socket.CREDIT),
    load<u32>(header, socket.FWD_CNT),
  )
  const fate = <u32>(result >> 32)
  if (fate & OVER) return Sent.Wholly
  queue.progress += fate & HELD ? <u32>result : size
  if (fate & HELD) return Sent.Held
  return queue.progress == length ? Sent.Wholly : Sent.InPart
}

/** Up to `size` bytes of the payload from its byte `from` on, in pieces for core. How many. */
function gather(slot: Slot, from: u32, size: u32): u32 {
  let skip: u64 = <u64>socket.HEADER_SIZE + from
  let done: u32 = 0
  let pieces: u32 = 0
  for (let i: u32 = 0; i < chain().readable && done < size && pieces < PIECES; i++) {
    const whole = segmentSize(i)
    if (whole <= skip) {
      skip -= whole
      continue
    }
    const part = min(whole - <u32>skip, size - done)
    core.frameGather(slot.unit, segmentIpa(i) + skip, part)
    skip = 0
    done += part
    pieces++
  }
  return done
}
