/** What core does for network devices, and for sockets too: the VM's ports by their number among its devices. Everything asked is checked;
 * a compartment that lies offers its own VM's RAM, or nothing. */
import { HEADER_SIZE } from '../arch/virtio-net'
import { thisCpu } from './cpu'
import * as frame from './frame'
import { FILLED, filledAt, filledOf, OFFERED, offeredAt, open, Port, portAt, setOffered, takenOf } from './port'
import { remindOfFrames } from './request'
import { shut } from './socket'
import { join } from './switch'
import { tellReceivers } from './tell'
import { Vcpu } from './vcpu'
import { ramHolds, ramVa, Vm, vmAt } from './vm'

const NOTHING: u64 = u64.MAX_VALUE
/** No frame has more bytes, so no buffer needs to. */
const PIECE_MOST: u32 = 0x2_0000

function vm(): Vm {
  return vmAt(changetype<Vcpu>(thisCpu().vcpu).vm)
}

/** The port of the current VM's device; 0: it has no such. */
export function own(index: u32): usize {
  const mine = vm()
  return index < mine.portCount ? changetype<usize>(portAt(mine.firstPort + index)) : 0
}

/** The device's MAC address, first byte lowest; above it its network's MTU. */
export function portPlace(index: u32): u64 {
  const at = own(index)
  return at ? changetype<Port>(at).mac | ((<u64>changetype<Port>(at).mtu) << 48) : 0
}

/** 1: all ports of its network hand on frames whose checksum or segments are left to do. */
export function portOffload(index: u32): u32 {
  const at = own(index)
  return at ? changetype<Port>(at).offload : 0
}

export function portOpen(index: u32, isMergeable: u32): void {
  const at = own(index)
  if (!at) return
  const port = changetype<Port>(at)
  open(port, isMergeable !== 0)
  if (!port.isSocket) join(port)
}

/** No frame is written to the VM's RAM any more when this returns. */
export function portClose(index: u32): void {
  const at = own(index)
  if (at) shut(changetype<Port>(at))
}

/** Pieces that can be offered. */
export function frameRoom(index: u32): u32 {
  const at = own(index)
  return at ? roomOf(changetype<Port>(at)) : 0
}

function roomOf(port: Port): u32 {
  return min(OFFERED - (port.offered - takenOf(port)), FILLED - (port.buffers - port.collected))
}

/** Offers a piece of an empty buffer, not empty itself; those of one chain together once its last one is there. 0: it is not RAM,
 * or there is no room, and what of the chain came before is forgotten. */
export function frameOffer(index: u32, ipa: u64, size: u32, head: u32, isLast: u32): u32 {
  const at = own(index)
  if (!at) return 0
  const port = changetype<Port>(at)
  const vm = vmAt(port.vm)
  if (!size || port.staged >= roomOf(port) || !ramHolds(vm, ipa, size)) {
    port.staged = 0
    return 0
  }
  const piece = offeredAt(port, port.offered + port.staged)
  piece.va = ramVa(vm, ipa)
  piece.size = min(size, PIECE_MOST)
  piece.head = <u16>head
  piece.isLast = isLast ? 1 : 0
  port.staged++
  if (!isLast) return 1
  port.buffers++
  setOffered(port, port.offered + port.staged)
  port.staged = 0
  return 1
}

/** The next buffer that was filled: its head, and bytes in it from bit 32 on; all ones if there is none. */
export function frameTake(index: u32): u64 {
  const at = own(index)
  if (!at) return NOTHING
  const port = changetype<Port>(at)
  if (port.collected === filledOf(port)) return NOTHING
  const entry = filledAt(port, port.collected++)
  return <u64>entry.head | ((<u64>entry.written) << 32)
}

export function frameGather(index: u32, ipa: u64, size: u32): u32 {
  const at = own(index)
  return at && frame.gather(changetype<Port>(at), ipa, size) ? 1 : 0
}

export function frameSend(
  index: u32,
  ipa: u64,
  size: u32,
  virtio: u64,
  checksumOffset: u32,
  ethernet0: u64,
  ethernet1: u64,
): u32 {
  const at = own(index)
  if (!at) return HEADER_SIZE
  const port = changetype<Port>(at)
  if (size) frame.gather(port, ipa, size)
  return frame.send(port, virtio, checksumOffset & 0xffff, ethernet0, ethernet1)
}

/** Tells those who got frames from this device since the last call, and those who waited for its buffers. */
export function frameFlush(index: u32): void {
  const at = own(index)
  if (!at) return
  const port = changetype<Port>(at)
  tellReceivers(port)
  if (port.isSocket) tellWaiters(port)
}

/** They look for buffers again. */
function tellWaiters(port: Port): void {
  const at = changetype<usize>(port)
  if (!atomic.load<u32>(at, offsetof<Port>('waiters'))) return
  for (let left = atomic.xchg<u32>(at, 0, offsetof<Port>('waiters')); left; left &= left - 1) remindOfFrames(ctz(left))
}
