/**
 * A packet's way from one VM's RAM into another's: a stream's bytes, in as many packets as the receiver's buffers make of them. Nothing
 * is lost on the way: a sender waits for buffers, but not for ever, and what cannot arrive is answered with a reset. Virtio 1.2,
 * "Socket Device"; doc/why/socket.md.
 */
import {
  CREDIT,
  DST_CID,
  FWD_CNT,
  HEADER_SIZE,
  KIND,
  OP_CREDIT_REQUEST,
  OP_REQUEST,
  OP_RST,
  OP_RW,
  PORTS,
  SRC_CID,
  TYPE_STREAM,
} from '../arch/virtio-socket'
import * as hw from '../hw'
import {
  headOf,
  lockPort,
  note,
  offeredAt,
  offeredOf,
  Piece,
  Port,
  pieceAt,
  portAt,
  setFilled,
  setTaken,
  unlockPort,
} from './port'
import { portCount } from './port-number'
import { admit, CONNECTIONS, end, keepResets, nextReset, peerOf, takeResets, told } from './socket'

/** With the bytes that went: the sender waits, and sends the rest again; or there is nothing left to do with it. */
export const HELD: u64 = 1 << 32
export const OVER: u64 = 1 << 33

const NO_ROOM: u32 = u32.MAX_VALUE
/** Seconds that senders wait for a VM's buffers. Each packet that it takes makes up for a part of it. */
const PATIENCE: u64 = 2
const PARTS: u64 = 64
/** Seconds for which nobody waits for one that used it up. */
const DEAF: u64 = 20
/** Resets that one call brings. */
const RESETS: u32 = 32
const KIND_RST: u64 = ((<u64>TYPE_STREAM) << 32) | ((<u64>OP_RST) << 48)
if (offsetof<Port>('head5') - offsetof<Port>('head0') < FWD_CNT) ERROR('a packet needs six words of heads')

/** Sends what was gathered, behind a header in the port's own name; the words as they stand in it. Payload bytes that went, and HELD
 * or OVER. */
export function sendPacket(port: Port, cid: u64, ports: u64, kind: u64, credit: u64, forwarded: u32): u64 {
  const sent = port.isBroken ? OVER : send(port, cid, ports, kind, credit, forwarded)
  port.pieces = port.length = port.isBroken = 0
  return sent
}

function send(port: Port, cid: u64, ports: u64, kind: u64, credit: u64, forwarded: u32): u64 {
  const op = <u32>(kind >> 48)
  const at = isSound(kind) ? peerOf(port, cid) : 0
  if (!at || !admit(port, changetype<Port>(at), ports, op)) return refuse(port, cid, ports, op)
  const to = changetype<Port>(at)
  setHead(port, port.mac, cid, ports, kind)
  store<u64>(headOf(port), credit, CREDIT)
  store<u32>(headOf(port), forwarded, FWD_CNT)
  const size = op === OP_RW ? port.length : 0
  lockPort(to)
  const isOpen = to.opening !== 0 && !isDeaf(to)
  const done = isOpen ? deliver(port, to, size) : NO_ROOM
  const isHeld = isOpen && done !== size && waits(to)
  const wasOpen = to.opening !== 0
  unlockPort(to)
  if (done !== NO_ROOM) port.toTell |= 1 << to.index
  if (done === size) {
    if (op === OP_RST) end(port, to, ports, false)
    return size
  }
  if (isHeld) return HELD | (done === NO_ROOM ? 0 : done)
  const answer = refuse(port, cid, ports, op)
  // Of a request it has not heard at all.
  if (answer === OVER) end(port, to, ports, wasOpen && op !== OP_REQUEST)
  return answer
}

/** "Packet types", "Device Operation": what else there may be one day, nobody here understands. */
function isSound(kind: u64): bool {
  const op = <u32>(kind >> 48)
  return (<u32>(kind >> 32) & 0xffff) === TYPE_STREAM && op !== 0 && op <= OP_CREDIT_REQUEST
}

/** The sender itself gets a reset, in the name of whom it meant; "MUST NOT" answer a reset. */
function refuse(port: Port, cid: u64, ports: u64, op: u32): u64 {
  return op === OP_RST || reset(port, cid, rotr<u64>(ports, 32)) ? OVER : HELD
}

/** A reset for the port's own driver, from `cid`; `ports` as they stand in it. False: it has no buffer for it yet. */
function reset(port: Port, cid: u64, ports: u64): bool {
  setHead(port, cid, port.mac, ports, KIND_RST)
  store<u64>(headOf(port), 0, CREDIT)
  store<u32>(headOf(port), 0, FWD_CNT)
  lockPort(port)
  const isDone = !port.opening || deliver(port, port, 0) === 0
  const isHeld = !isDone && waits(port)
  unlockPort(port)
  if (isDone) port.toTell |= 1 << port.index
  return !isHeld
}

function setHead(port: Port, source: u64, destination: u64, ports: u64, kind: u64): void {
  const at = headOf(port)
  store<u64>(at, source, SRC_CID)
  store<u64>(at, destination, DST_CID)
  store<u64>(at, ports, PORTS)
  store<u64>(at, kind, KIND)
}

/** Resets of connections that ended without the port's driver: true if there are more. */
export function sendResets(port: Port): bool {
  if (!takeResets(port)) return false
  let left = RESETS
  for (let i: u32 = 0; i < portCount; i++) {
    const other = portAt(i)
    for (let n: u32 = 0; n < CONNECTIONS; n++) {
      const ports = nextReset(port, other)
      if (!ports) break
      const isHeld = left === 0 || !reset(port, other.mac, ports)
      if (isHeld) {
        keepResets(port)
        return left === 0
      }
      told(port, other, ports)
      left--
    }
  }
  return false
}

/** Payload bytes that found room, fewer than `size` if buffers ran out; NO_ROOM if there was none at all. Under to.lock. */
function deliver(from: Port, to: Port, size: u32): u32 {
  from.sourcePiece = from.sourceDone = 0
  let done: u32 = 0
  let any = false
  while (!any || done < size) {
    let part = fragment(from, to, size - done)
    if (part === NO_ROOM) {
      // The wish before the look; whoever offers looks for wishes afterwards.
      atomic.or<u32>(changetype<usize>(to), 1 << from.vm, offsetof<Port>('waiters'))
      part = fragment(from, to, size - done)
    }
    if (part === NO_ROOM) break
    any = true
    done += part
  }
  return any ? done : NO_ROOM
}

/** One packet, of up to `left` bytes, into the buffer that was offered first; one too small for any is given back empty. */
function fragment(from: Port, to: Port, left: u32): u32 {
  while (to.taken !== offeredOf(to)) {
    const begin = to.taken
    let past = begin
    let room: u32 = 0
    let isLast: u32 = 0
    while (!isLast) {
      const piece = offeredAt(to, past++)
      room += piece.size
      isLast = piece.isLast
    }
    const fits = left ? room > HEADER_SIZE : room >= HEADER_SIZE
    const size = fits ? min(left, room - HEADER_SIZE) : 0
    if (fits) {
      store<u32>(headOf(from), size, KIND)
      copy(from, to, begin, size)
    }
    note(to, to.filled, offeredAt(to, begin).head, fits ? HEADER_SIZE + size : 0)
    setFilled(to, to.filled + 1)
    setTaken(to, past)
    if (to.waitingSince | to.waited) took(to)
    if (fits) return size
  }
  return NO_ROOM
}

/** Header and the pieces' next `size` bytes, piece by piece on both sides. */
function copy(from: Port, to: Port, begin: u32, size: u32): void {
  let at = begin
  let target = offeredAt(to, at).va
  let room = offeredAt(to, at).size
  let source: u64 = headOf(from)
  let left = HEADER_SIZE
  let rest = size
  while (true) {
    while (left) {
      if (!room) {
        at++
        target = offeredAt(to, at).va
        room = offeredAt(to, at).size
      }
      const part = min(left, room)
      hw.copy(target, source, part)
      target += part
      source += part
      left -= part
      room -= part
    }
    if (!rest) return
    const piece: Piece = pieceAt(from, from.sourcePiece)
    source = piece.va + from.sourceDone
    left = min(rest, piece.size - from.sourceDone)
    rest -= left
    from.sourceDone += left
    if (from.sourceDone === piece.size) {
      from.sourcePiece++
      from.sourceDone = 0
    }
  }
}

/** Whether a sender may wait for buffers of `to`: not for one that kept senders waiting for too long. Under to.lock. */
function waits(to: Port): bool {
  const now = hw.cntpct_el0()
  if (now < to.deafUntil) return false
  if (!to.waitingSince) to.waitingSince = now
  if (to.waited + (now - to.waitingSince) < PATIENCE * hw.cntfrq_el0()) return true
  to.waitingSince = to.waited = 0
  to.deafUntil = now + DEAF * hw.cntfrq_el0()
  return false
}

/** It took a packet. Under to.lock. */
function took(to: Port): void {
  if (to.waitingSince) to.waited += hw.cntpct_el0() - to.waitingSince
  to.waitingSince = 0
  to.waited -= min(to.waited, (PATIENCE * hw.cntfrq_el0()) / PARTS)
}

function isDeaf(to: Port): bool {
  return to.deafUntil !== 0 && hw.cntpct_el0() < to.deafUntil
}
