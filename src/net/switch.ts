/**
 * The switch: to which ports a frame goes. Addresses of ports are known as long as those exist, and nobody else can send from
 * them; others are learnt, and exist behind open ports only.
 */

import { PORT_OPEN } from '../abi/port'
import { ticks } from './core'
import { clearPort, isGroup, isTag, ownerOf, PORTS, Port, portAt, setPort } from './port'
import { find, forget, learn } from './table'

const MAC: u64 = 0xffff_ffff_ffff
const VLAN: u32 = 0xfff
const VLAN_SHIFT: u32 = 16
/** IEEE 802.1Q, "Reserved addresses": 01-80-C2-00-00-00 to -0F, which no bridge forwards. */
const RESERVED: u64 = 0x0000_00c2_8001
const RESERVED_MASK: u64 = 0xf0ff_ffff_ffff
/** Seconds for which an address stays learnt. IEEE 802.1Q, "Ageing Time". */
const AGE: u64 = 300
/** Frames to many ports: so many a second from each port, and so many at once. */
const FLOOD_RATE: u64 = 2000
const FLOOD_BURST: u64 = 512

/** Ticks: of the ageing, between two floods that go on for ever, of a whole burst. */
const spans = memory.data(24, 8)

export function setFrequency(hertz: u64): void {
  store<u64>(spans, hertz * AGE)
  const step = max<u64>(hertz / FLOOD_RATE, 1)
  store<u64>(spans, step, 8)
  store<u64>(spans, step * FLOOD_BURST, 16)
}

/** `place`: PORT_ bits, the VLAN from bit 16 on, the network from bit 32 on. */
export function addPort(port: u32, mac: u64, place: u64): void {
  const low = <u32>place
  setPort(port, mac & MAC, <u32>(place >> 32), (low >> VLAN_SHIFT) & VLAN, (low & PORT_OPEN) != 0)
}

/** Nothing is left of the port: whoever has its number next begins anew. */
export function removePort(port: u32): void {
  clearPort(port)
  forget(port)
}

/** The ports, a bit each, that get a frame from `index`; `head` are the frame's first 8 bytes, `rest` the 6 that follow. */
export function forward(index: u32, head: u64, rest: u64): u32 {
  const port = portAt(index)
  const to = head & MAC
  const from = (head >> 48) | ((rest & 0xffff_ffff) << 16)
  const type = <u32>(rest >> 32) & 0xffff
  if (!port.isUsed) return 0
  if ((from != port.mac && !isForeignAllowed(port, index, from)) || (port.isAccess && isTag(type))) {
    port.refused++
    return 0
  }
  if (to == port.lastMac && to) return 1 << port.lastPort
  return route(port, index, to) & ~(1 << index)
}

/** A source that is not the port's own: an open port may have others behind it, but none that belongs to another port. */
function isForeignAllowed(port: Port, index: u32, from: u64): bool {
  if (!port.isOpen || isGroup(from) || from == 0 || ownerOf(port.domain, from) != PORTS) return false
  learn(port.domain, from, index, ticks())
  return true
}

function route(port: Port, index: u32, to: u64): u32 {
  if (isGroup(to)) return (to & RESERVED_MASK) == RESERVED ? 0 : flood(port, false)
  const owner = ownerOf(port.domain, to)
  if (owner == PORTS) {
    const learnt = find(port.domain, to, ticks(), load<u64>(spans), PORTS)
    return learnt == PORTS ? flood(port, true) : 1 << learnt
  }
  if (owner != index) {
    port.lastMac = to
    port.lastPort = owner
  }
  return 1 << owner
}

/** All ports of the domain, or its open ones: behind the others nobody can be who is not known. */
function flood(port: Port, toOpen: bool): u32 {
  let found: u32 = 0
  for (let i: u32 = 0; i < PORTS; i++) {
    const other = portAt(i)
    if (other.isUsed && other.domain == port.domain && (other.isOpen || !toOpen) && other != port) found |= 1 << i
  }
  // One port is not many: behind it is whoever the frame is for, or nobody.
  if (!found || (toOpen && popcnt(found) == 1)) return found
  // The generic cell rate algorithm (ITU-T I.371): `paidUntil` runs ahead of the clock by what was flooded.
  const now = ticks()
  const paid = max(port.paidUntil, now)
  if (paid - now >= load<u64>(spans, 16)) {
    port.limited++
    return 0
  }
  port.paidUntil = paid + load<u64>(spans, 8)
  return found
}
