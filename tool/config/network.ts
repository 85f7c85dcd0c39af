/** Networks of a system, and the addresses of the devices that join them. */
import { createHash } from 'node:crypto'

export interface NetworkConfig {
  /** `'internal'` (default without `uplink`): VMs only. */
  kind?: 'internal' | undefined
  /** A network card of the board's, by its name in `board/`: VMs reach what is behind it, under their own addresses. */
  uplink?: string | UplinkConfig | undefined
  /** Bytes of a frame behind its Ethernet header: 1500 by default. */
  mtu?: number | undefined
  /** Frames may leave their checksum and their segmentation to the receiver; every driver in the network must then take such. */
  offload?: boolean | undefined
}

export interface UplinkConfig {
  nic: string
  /** Percent of one core that frames from outside may take: 30 by default. */
  share?: number | undefined
  /** The VLAN of the network that is bridged to it; by default devices without VLAN are. */
  vlan?: number | undefined
}

export interface Uplink {
  nic: string
  share: number
  vlan: number
  /** The address of its port at the switch, which nobody sends from. */
  mac: string
}

export interface Network {
  name: string
  uplink?: Uplink
  mtu: number
  offload: boolean
}

const MTU = 1500
export const UPLINK_SHARE = 30

export function networksOf(config: Record<string, NetworkConfig> = {}, system = ''): Network[] {
  return Object.entries(config).map(([name, { mtu = MTU, offload = false, uplink }]) => {
    return { name, mtu, offload, ...(uplink && { uplink: uplinkOf(uplink, system) }) }
  })
}

function uplinkOf(config: string | UplinkConfig, system: string): Uplink {
  const { nic, share = UPLINK_SHARE, vlan = 0 } = typeof config === 'string' ? { nic: config } : config
  return { nic, share, vlan, mac: derivedMac(system, 'uplink', 0) }
}

/** A locally administered address (IEEE 802, "Local MAC addresses") that the same config always gets, and hardly another. VMs of
 * templates get theirs in the same way, by their own names: src/core/mac.ts. */
export function derivedMac(system: string, vm: string, device: number): string {
  const bytes = createHash('sha256').update(`${system} ${vm} ${device}`).digest().subarray(0, 6)
  bytes[0] = (bytes[0]! & 0xfc) | 2
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

export function macBytes(mac: string): number[] {
  return mac.split(':').map((byte) => Number.parseInt(byte, 16))
}
