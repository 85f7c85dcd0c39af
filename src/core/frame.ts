/**
 * A frame's way from one VM's RAM into others': gathered by its sender's compartment, sent where the switch says, and copied once
 * for each receiver, on the sender's CPU and in its time. What is checked is copied first: a guest may change its RAM meanwhile.
 */
import { GSO_NONE, GSO_TCPV4, GSO_TCPV6, HEADER_NUM_BUFFERS, HEADER_SIZE, NEEDS_CSUM } from '../arch/virtio-net'
import * as hw from '../hw'
import { flush } from './outside'
import {
  headOf,
  lockPort,
  note,
  Opening,
  offeredAt,
  offeredOf,
  PIECES,
  Piece,
  Port,
  pieceAt,
  portAt,
  setFilled,
  setTaken,
  unlockPort,
} from './port'
import { admits, hold } from './port-share'
import { forward } from './switch'
import { ramHolds, ramVa, vmAt } from './vm'

/** Destination, source, type; with a VLAN tag. */
export const ETHERNET: u32 = 14
const TAGGED: u32 = 18
const HEADS: u32 = HEADER_SIZE + ETHERNET
/** With VIRTIO_NET_F_HOST_TSO: an IP packet's most behind an Ethernet header. "Processing of Packet Transmission". */
const SEGMENTED_MOST: u32 = 0xffff + TAGGED

/** The next piece of the frame behind its first HEADS bytes. False: it lies outside the VM's RAM, or is one too many. */
export function gather(port: Port, ipa: u64, size: u32): bool {
  const vm = vmAt(port.vm)
  if (port.pieces === PIECES || size > SEGMENTED_MOST || !ramHolds(vm, ipa, size)) {
    port.isBroken = 1
    return false
  }
  const piece = pieceAt(port, port.pieces)
  piece.va = ramVa(vm, ipa)
  piece.size = size
  port.pieces++
  port.length += size
  return true
}

/** Sends what was gathered, behind its heads: virtio_net_hdr without num_buffers, and the Ethernet header's 14 bytes. Bytes that
 * were copied: at least those of the frame, also if nobody got it. */
export function send(port: Port, virtio: u64, checksumOffset: u32, ethernet0: u64, ethernet1: u64): u32 {
  const size = port.length + ETHERNET
  const isSound = !port.isBroken && isAllowed(port, virtio, checksumOffset, size)
  let copied = size
  if (isSound) {
    const at = headOf(port)
    store<u64>(at, virtio)
    store<u64>(at, <u64>checksumOffset | (ethernet0 << 32), 8)
    store<u64>(at, (ethernet0 >> 32) | (ethernet1 << 32), 16)
    store<u64>(at, ethernet1 >> 32, 24)
    port.sentFrames += 1
    port.sentBytes += size
    copied = sendTo(port, route(port, ethernet0, ethernet1), size)
  }
  port.pieces = port.length = port.isBroken = 0
  return copied
}

/** Sends what stands in one piece at EL2's address `va`, a finished frame of `size` bytes, ETHERNET at least. */
export function sendWhole(port: Port, va: u64, size: u32): void {
  const ethernet0 = hw.load64(va)
  const ethernet1 = hw.load64(va + (ETHERNET - 8)) >> 16
  const piece = pieceAt(port, 0)
  piece.va = va + ETHERNET
  piece.size = size - ETHERNET
  port.pieces = 1
  port.length = size - ETHERNET
  send(port, 0, 0, ethernet0, ethernet1)
}

/** As the switch says, which is not asked again about a header that it always answers alike. */
function route(port: Port, ethernet0: u64, ethernet1: u64): u32 {
  if (ethernet0 === port.known0 && ethernet1 === port.known1) return port.knownPorts
  return forward(port, ethernet0, ethernet1)
}

/** "Packet Transmission": a frame as large as the MTU lets it be, or where all of the network hands on such, one whose checksum or
 * segments are left to do; nothing in its header reaches beyond it. */
function isAllowed(port: Port, virtio: u64, checksumOffset: u32, size: u32): bool {
  const flags = <u32>virtio & 0xff
  const segments = <u32>(virtio >> 8) & 0xff
  if (flags === 0 && segments === GSO_NONE) return size <= port.mtu + TAGGED
  if (!port.offload || flags !== NEEDS_CSUM) return false
  const checksumStart = <u32>(virtio >> 48)
  const headerLength = <u32>(virtio >> 16) & 0xffff
  if (checksumStart + checksumOffset + 2 > size || headerLength > size) return false
  if (segments === GSO_NONE) return size <= port.mtu + TAGGED
  const segmentSize = <u32>(virtio >> 32) & 0xffff
  return (segments === GSO_TCPV4 || segments === GSO_TCPV6) && segmentSize !== 0 && size <= SEGMENTED_MOST
}

function sendTo(port: Port, ports: u32, size: u32): u32 {
  let copied: u32 = 0
  for (let left = ports; left; left &= left - 1) {
    const to = portAt(ctz(left))
    lockPort(to)
    const isOut = to.opening === Opening.Outside
    let isDone = false
    if (isOut) isDone = carryOut(port, to, size + HEADER_SIZE)
    else if (to.opening) isDone = deliver(port, to, size + HEADER_SIZE)
    if (isDone) {
      to.receivedFrames += 1
      to.receivedBytes += size
    }
    unlockPort(to)
    if (isDone || (isOut && carriesLater(port, to, size + HEADER_SIZE))) port.toTell |= left & (0 - left)
    copied += size
  }
  return max(copied, size)
}

/** A finished frame for the board's network card, in one of its buffers. False: none is free for this sender. Under to.lock. */
function carryOut(from: Port, to: Port, length: u32): bool {
  const begin = to.taken
  const piece = offeredAt(to, begin)
  if (!admits(from.index, offeredOf(to) - begin) || piece.size < length) return false
  hold(from.index, piece.head)
  fillOne(from, to, piece)
  setTaken(to, begin + 1)
  return true
}

/** The same, once the card has been given what waits, and has given back what it sent. */
function carriesLater(from: Port, to: Port, length: u32): bool {
  flush()
  lockPort(to)
  const isDone = to.opening === Opening.Outside && carryOut(from, to, length)
  unlockPort(to)
  return isDone
}

/** Into the buffers that were offered first. False: there is not enough room. Under to.lock. */
function deliver(from: Port, to: Port, length: u32): bool {
  const begin = to.taken
  const first = offeredAt(to, begin)
  if (begin !== offeredOf(to) && first.isLast && first.size >= length) {
    fillOne(from, to, first)
    setTaken(to, begin + 1)
    return true
  }
  const end = enough(from, to, begin, length)
  if (end === begin) return false
  setFilled(to, fill(from, to, begin))
  setTaken(to, end)
  return true
}

/** A frame that one buffer in one piece holds. */
function fillOne(from: Port, to: Port, piece: Piece): void {
  store<u16>(headOf(from), 1, HEADER_NUM_BUFFERS)
  hw.copy(piece.va, headOf(from), HEADS)
  let written = HEADS
  for (let i: u32 = 0; i < from.pieces; i++) {
    const source = pieceAt(from, i)
    hw.copy(piece.va + written, source.va, source.size)
    written += source.size
  }
  const filled = to.filled
  note(to, filled, piece.head, written)
  setFilled(to, filled + 1)
}

/** How far the offered ring is taken for so many bytes: whole chains, and one alone unless the driver merges them; their number
 * goes into the frame's header. */
function enough(from: Port, to: Port, begin: u32, length: u32): u32 {
  const offered = offeredOf(to)
  let room: u32 = 0
  let chains: u32 = 0
  for (let at = begin; at !== offered; ) {
    const piece = offeredAt(to, at++)
    room += piece.size
    if (!piece.isLast) continue
    chains++
    if (room >= length) {
      store<u16>(headOf(from), <u16>chains, HEADER_NUM_BUFFERS)
      return at
    }
    if (!to.isMergeable) break
  }
  return begin
}

/** Copies the frame, piece by piece on both sides, and notes each buffer that it ended or fills. The ring's next `filled`. */
function fill(from: Port, to: Port, begin: u32): u32 {
  let filled = to.filled
  let at = begin
  let room = offeredAt(to, at).size
  let target = offeredAt(to, at).va
  let written: u32 = 0
  let source: u64 = headOf(from)
  let left = HEADS
  for (let i: u32 = 0; ; i++) {
    while (left) {
      if (!room) {
        if (offeredAt(to, at).isLast) {
          note(to, filled++, offeredAt(to, at).head, written)
          written = 0
        }
        at++
        target = offeredAt(to, at).va
        room = offeredAt(to, at).size
      }
      const part = min(left, room)
      hw.copy(target, source, part)
      target += part
      source += part
      written += part
      left -= part
      room -= part
    }
    if (i === from.pieces) break
    source = pieceAt(from, i).va
    left = pieceAt(from, i).size
  }
  note(to, filled++, offeredAt(to, at).head, written)
  return filled
}
