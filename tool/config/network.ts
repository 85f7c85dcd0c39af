/** Networks of a system, and the addresses of the devices that join them. */
import { createHash } from 'node:crypto'

export interface NetworkConfig {
  /** `'internal'` (default): VMs only. */
  kind?: 'internal' | undefined
  /** Bytes of a frame behind its Ethernet header: 1500 by default. */
  mtu?: number | undefined
  /** Frames may leave their checksum and their segmentation to the receiver; every driver in the network must then take such. */
  offload?: boolean | undefined
}

export interface Network {
  name: string
  mtu: number
  offload: boolean
}

const MTU = 1500

export function networksOf(config: Record<string, NetworkConfig> = {}): Network[] {
  return Object.entries(config).map(([name, { mtu = MTU, offload = false }]) => ({ name, mtu, offload }))
}

/** A locally administered address (IEEE 802, "Local MAC addresses") that the same config always gets, and hardly another. */
export function derivedMac(system: string, vm: string, device: number): string {
  const bytes = createHash('sha256').update(`${system} ${vm} ${device}`).digest().subarray(0, 6)
  bytes[0] = (bytes[0]! & 0xfc) | 2
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

export function macBytes(mac: string): number[] {
  return mac.split(':').map((byte) => Number.parseInt(byte, 16))
}
