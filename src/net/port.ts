/** The switch's ports: what the config says of each, and the clock of its floods. */

/** Ports of all networks together; bitmaps of them are u32. */
export const PORTS: u32 = 32
/** Of both kinds of VLAN tag the EtherType, as it stands in memory. IEEE 802.1Q, "VLAN tag formats". */
const C_TAG: u32 = 0x0081
const S_TAG: u32 = 0xa888
const GROUP: u64 = 1

/** MAC addresses are 48 bits as they stand in memory: the group bit is bit 0. */
@unmanaged
export class Port {
  mac: u64
  /** Frames pass between ports of the same domain only: network and VLAN. */
  domain: u32
  isUsed: u32
  isOpen: u32
  isAccess: u32
  /** Count at which its floods so far are paid for. */
  paidUntil: u64
  /** The destination of its last frame to another port's own address, and that port. */
  lastMac: u64
  lastPort: u32
  /** Frames that were refused: a foreign source address or a tag; floods beyond the limit. */
  refused: u32
  limited: u32
}

const SHIFT: u32 = 6
const ports = memory.data(2048, 64)
if (offsetof<Port>() > 1 << SHIFT || PORTS << SHIFT > 2048) ERROR('ports need more memory')

const VLAN_BITS: u32 = 12

export function portAt(index: u32): Port {
  return changetype<Port>(ports + (index << SHIFT))
}

/** VLAN 0 is none: then tags are the guests' own affair; a port of a VLAN takes frames without tag alone. */
export function setPort(index: u32, mac: u64, network: u32, vlan: u32, isOpen: bool): void {
  const port = portAt(index)
  port.mac = mac
  port.domain = (network << VLAN_BITS) | vlan
  port.isUsed = 1
  port.isOpen = isOpen ? 1 : 0
  port.isAccess = vlan ? 1 : 0
}

/** It is nobody's, and as it was before it was anybody's; whoever sent there last looks again. */
export function clearPort(index: u32): void {
  memory.fill(changetype<usize>(portAt(index)), 0, offsetof<Port>())
  for (let i: u32 = 0; i < PORTS; i++) if (portAt(i).lastPort == index) portAt(i).lastMac = 0
}

export function isGroup(mac: u64): bool {
  return (mac & GROUP) != 0
}

export function isTag(type: u32): bool {
  return type == C_TAG || type == S_TAG
}

/** The port whose own address this is in the domain, PORTS if there is none. */
export function ownerOf(domain: u32, mac: u64): u32 {
  for (let i: u32 = 0; i < PORTS; i++) {
    const port = portAt(i)
    if (port.isUsed && port.mac == mac && port.domain == domain) return i
  }
  return PORTS
}
