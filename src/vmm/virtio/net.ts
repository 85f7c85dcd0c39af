/**
 * Network device: frames between VMs, which core copies from RAM to RAM (src/core/frame.ts); one is sent as it is found, or
 * lost, as on a wire. Virtio 1.2, "Network Device".
 */

import * as net from '../../arch/virtio-net'
import * as core from '../core'
import * as ram from '../ram'
import { admits, charge, isLimited } from './limit'
import { open, receive, TRANSMIT } from './port'
import { answer, chain, cost, next, segmentIpa, segmentSize, signal, TURN, take } from './queue'
import { hasAccepted, queueOf, Slot } from './slot'
import { postpone } from './turn'

export const QUEUES: u32 = 2
const FEATURES: u64 = net.F_MAC | net.F_MTU | net.F_STATUS | net.F_MRG_RXBUF
/** What a network with offloads takes and gives; all ports of it must, since a frame is handed on as it is. */
const CHECKSUMS: u64 = net.F_CSUM | net.F_GUEST_CSUM
const SEGMENTS: u64 = net.F_HOST_TSO4 | net.F_HOST_TSO6 | net.F_GUEST_TSO4 | net.F_GUEST_TSO6
const OFFLOADS: u64 = CHECKSUMS | SEGMENTS | net.F_MRG_RXBUF

/** Bytes that one turn copies. */
const TURN_BYTES: u32 = 0x1_0000
/** virtio_net_hdr and Ethernet header: what of a frame is looked at, and handed on as it was then. */
const HEADS: u32 = net.HEADER_SIZE + 14
/** Where in them: csum_offset; the Ethernet header's first 8 bytes; its others are the last 6 of all. */
const VIRTIO_REST: u32 = 8
const ETHERNET_AT: u32 = net.HEADER_SIZE
const ETHERNET_SHIFT: u64 = 16

const heads = memory.data(32, 8)

export function attach(slot: Slot): void {
  slot.offered |= FEATURES | (core.portOffload(slot.unit) ? OFFLOADS : 0)
}

/** Whether the driver takes what it must: frames come with checksums and segments left to do where the network has offloads. */
export function agrees(slot: Slot): bool {
  return (slot.accepted & slot.offered & OFFLOADS & ~net.F_MRG_RXBUF) == (slot.offered & OFFLOADS & ~net.F_MRG_RXBUF)
}

export function readConfig(slot: Slot, offset: u32): u32 {
  const place = core.portPlace(slot.unit)
  switch (offset) {
    case net.MAC_LOW:
      return <u32>place
    case net.MAC_HIGH_AND_STATUS:
      return (<u32>(place >> 32) & 0xffff) | (net.S_LINK_UP << 16)
    case net.PAIRS_AND_MTU:
      return (<u32>(place >> 48)) << 16
  }
  return 0
}

export function serve(vcpu: u32, slot: Slot): void {
  open(slot, hasAccepted(slot, net.F_MRG_RXBUF))
  receive(vcpu, slot)
  transmit(vcpu, slot)
}

function transmit(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, TRANSMIT)
  let budget = TURN_BYTES
  let turn: u32 = 0
  const limited = isLimited(slot.index)
  while (turn < TURN && budget && next(vcpu, slot, queue)) {
    if (limited && !admits(slot.index)) break
    const copied = send(slot)
    budget -= min(budget, copied)
    turn += cost()
    answer(queue, 0)
    if (limited) charge(slot.index, 1, copied)
  }
  core.frameFlush(slot.unit)
  signal(vcpu, queue)
  if (turn >= TURN || !budget) postpone(slot.index)
}

/** The chain's readable part: header and frame. Bytes that were copied for it. */
function send(slot: Slot): u32 {
  const found = chain()
  const count = found.readable
  if (count == 1 && segmentSize(0) > HEADS) return sendWhole(slot)
  if (take(heads, 0, HEADS) < HEADS) return HEADS
  let skip = HEADS
  for (let i: u32 = 0; i < count; i++) {
    const size = segmentSize(i)
    if (size <= skip) skip -= size
    else {
      core.frameGather(slot.unit, segmentIpa(i) + skip, size - skip)
      skip = 0
    }
  }
  return core.frameSend(
    slot.unit,
    0,
    0,
    load<u64>(heads),
    load<u16>(heads, VIRTIO_REST),
    load<u64>(heads, ETHERNET_AT),
    load<u64>(heads, HEADS - 8) >> ETHERNET_SHIFT,
  )
}

/** All of it in one buffer, as drivers have it most often: each byte of the heads counts as it was at one moment. */
function sendWhole(slot: Slot): u32 {
  const ipa = segmentIpa(0)
  return core.frameSend(
    slot.unit,
    ipa + HEADS,
    segmentSize(0) - HEADS,
    ram.load64(ipa),
    ram.load16(ipa + VIRTIO_REST),
    ram.load64(ipa + ETHERNET_AT),
    ram.load64(ipa + (HEADS - 8)) >> ETHERNET_SHIFT,
  )
}
