/**
 * A VM's port for frames or for packets of sockets: what its compartment and the CPUs that send to it share. Two rings, each written from one side:
 * `offered`, the guest's empty buffers, which the compartment adds and senders take; and `filled`, what senders made of them,
 * which the compartment collects. The VM itself needs no lock for either, and so never waits for a sender; senders take the
 * port's, one at a time. doc/why/network.md.
 */
import { PAGE_SIZE, PORT_AT, PORT_SHIFT } from '../abi/layout'
import { acquire, release } from '../lib/lock'

/** Buffers, or parts of them, that a port holds; a power of two, and as many as a chain may have. */
export const OFFERED: u32 = 256
/** Buffers that were filled and not collected. */
export const FILLED: u32 = 256
/** Pieces of a frame on its way out. */
export const PIECES: u32 = 64

/** In place of a VM: the board's network card. */
export const OUTSIDE: u32 = u32.MAX_VALUE

export const enum Opening {
  Closed,
  /** Frames go into buffers of a guest. */
  ToVm,
  /** Frames go into buffers of the service that drives the board's network card. */
  Outside,
}

@unmanaged
export class Port {
  /** Ticket lock: `opening` and what senders write. */
  lock: u64
  /** Of the config or a template; OUTSIDE is none. Written while it is nobody's. A socket's address is its CID. */
  vm: u32
  index: u32
  mac: u64
  /** Network, VLAN and PORT_ bits, as the switch takes them. */
  place: u64
  mtu: u32
  /** All ports of the network hand on frames whose checksum and segments are left to the receiver. */
  offload: u32

  // port.lock:
  /** Opening; atomic. */
  opening: u32
  /** The driver takes a frame in several buffers (VIRTIO_NET_F_MRG_RXBUF). */
  isMergeable: u32
  /** Free-running: pieces that senders took of those offered; buffers that they filled. Atomic. */
  taken: u32
  filled: u32

  // The VM's own, under its lock:
  /** Free-running: pieces offered (atomic), and those of the chain that is not complete yet; buffers offered and collected. */
  offered: u32
  staged: u32
  buffers: u32
  collected: u32
  /** The frame on its way out: pieces, and bytes of them; whether it can be sent; who is to be told of such, a bit for each port. */
  pieces: u32
  length: u32
  isBroken: u32
  toTell: u32
  /** The Ethernet header to which the switch always answers `knownPorts`: written under the switch's lock, whoever reads what was
   * there before is waited for (src/core/depart.ts). Of a socket a CID, and the port that it belongs to. */
  knownPorts: u32
  known0: u64
  known1: u64
  /** virtio_net_hdr and Ethernet header as they are handed on: nobody can change them any more. */
  head0: u64
  head1: u64
  head2: u64
  head3: u64
  /** A packet's header is longer. */
  head4: u64
  head5: u64

  // A socket's. Boot only: 1; a bit for each VM that it is joined with.
  isSocket: u32
  peers: u32
  /** How far the packet's pieces are copied: which, and bytes of it. The VM's own. */
  sourcePiece: u32
  sourceDone: u32

  /** Since its VM was made: the VM's own, of what it sent; under port.lock, of what came. Bytes without virtio_net_hdr. */
  sentFrames: u64
  sentBytes: u64
  receivedFrames: u64
  receivedBytes: u64

  // port.lock: counts. Since when senders wait for buffers, 0 if none does; how long they have waited; until when none does.
  waitingSince: u64
  waited: u64
  deafUntil: u64
  /** VMs that wait, and whether connections ended that its driver has not heard of. Atomic. */
  waiters: u32
  hasResets: u32
}

/** Memory at EL2's address `va`. In the offered ring with the head of its chain, and whether it ends that. */
@unmanaged
export class Piece {
  va: u64
  size: u32
  head: u16
  isLast: u16
}

@unmanaged
export class Filled {
  head: u32
  written: u32
}

const PIECE_SHIFT: u32 = 4
const FILLED_SHIFT: u32 = 3
const PIECES_AT: usize = 256
const FILLED_AT: usize = PIECES_AT + ((<usize>PIECES) << PIECE_SHIFT)
const OFFERED_AT: usize = PAGE_SIZE
export const PIECES_SIZE: usize = (<usize>PIECES) << PIECE_SHIFT
if (offsetof<Port>() > PIECES_AT || offsetof<Piece>() != 1 << PIECE_SHIFT || offsetof<Filled>() != 1 << FILLED_SHIFT)
  ERROR('the port page is laid out wrong')
if (FILLED_AT + ((<usize>FILLED) << FILLED_SHIFT) > OFFERED_AT) ERROR('the port page is too small')
if (OFFERED_AT + ((<usize>OFFERED) << PIECE_SHIFT) > 1 << PORT_SHIFT) ERROR('the offered ring is too large')

export function portAt(index: u32): Port {
  return changetype<Port>(PORT_AT + ((<usize>index) << PORT_SHIFT))
}

/** Its pieces, PIECES_SIZE bytes: free for any use while no frame is on its way. */
export function piecesOf(port: Port): usize {
  return changetype<usize>(port) + PIECES_AT
}

export function pieceAt(port: Port, i: u32): Piece {
  return changetype<Piece>(changetype<usize>(port) + PIECES_AT + ((<usize>i) << PIECE_SHIFT))
}

export function offeredAt(port: Port, i: u32): Piece {
  return changetype<Piece>(changetype<usize>(port) + OFFERED_AT + ((<usize>(i & (OFFERED - 1))) << PIECE_SHIFT))
}

export function filledAt(port: Port, i: u32): Filled {
  return changetype<Filled>(changetype<usize>(port) + FILLED_AT + ((<usize>(i & (FILLED - 1))) << FILLED_SHIFT))
}

export function headOf(port: Port): usize {
  return changetype<usize>(port) + offsetof<Port>('head0')
}

export function lockPort(port: Port): void {
  acquire(changetype<usize>(port))
}

export function unlockPort(port: Port): void {
  release(changetype<usize>(port))
}
if (offsetof<Port>('lock') != 0) ERROR('the lock stands first')

export function takenOf(port: Port): u32 {
  return atomic.load<u32>(changetype<usize>(port), offsetof<Port>('taken'))
}

export function setTaken(port: Port, taken: u32): void {
  atomic.store<u32>(changetype<usize>(port), taken, offsetof<Port>('taken'))
}

export function filledOf(port: Port): u32 {
  return atomic.load<u32>(changetype<usize>(port), offsetof<Port>('filled'))
}

export function setFilled(port: Port, filled: u32): void {
  atomic.store<u32>(changetype<usize>(port), filled, offsetof<Port>('filled'))
}

export function offeredOf(port: Port): u32 {
  return atomic.load<u32>(changetype<usize>(port), offsetof<Port>('offered'))
}

/** Opening, read without the lock: whoever sees it open sees the VM that opened it. */
export function openingOf(port: Port): u32 {
  return atomic.load<u32>(changetype<usize>(port), offsetof<Port>('opening'))
}

export function setOffered(port: Port, offered: u32): void {
  atomic.store<u32>(changetype<usize>(port), offered, offsetof<Port>('offered'))
}

function setOpening(port: Port, opening: u32): void {
  atomic.store<u32>(changetype<usize>(port), opening, offsetof<Port>('opening'))
}

/** Frames may come, into buffers that are offered from now on; or none may, and none is on its way when this returns. */
export function open(port: Port, isMergeable: bool): void {
  begin(port, true, isMergeable)
}

export function close(port: Port): void {
  begin(port, false, false)
}

/** Frames may go out of a closed port, whose buffers are offered. */
export function openOutside(port: Port): void {
  lockPort(port)
  setOpening(port, Opening.Outside)
  unlockPort(port)
}

/** Notes that the buffer whose chain begins at `head` holds so many bytes; seen with `setFilled`. Under port.lock. */
export function note(port: Port, index: u32, head: u32, written: u32): void {
  const entry = filledAt(port, index)
  entry.head = head
  entry.written = written
}

/** By its VM, or when no CPU runs that any more: what was offered is forgotten. */
function begin(port: Port, isOpen: bool, isMergeable: bool): void {
  lockPort(port)
  setOpening(port, isOpen ? Opening.ToVm : Opening.Closed)
  port.isMergeable = isMergeable ? 1 : 0
  port.taken = port.filled = port.offered = port.staged = port.buffers = port.collected = 0
  port.pieces = port.length = port.isBroken = 0
  port.waitingSince = 0
  unlockPort(port)
}
