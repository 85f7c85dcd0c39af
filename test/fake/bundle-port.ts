/** Ports of VMs as a bundle has them: network and socket devices. */
import { PORT_NAMED, PORT_SOCKET } from '../../src/abi/port.ts'

export interface FakePlace {
  network?: number
  vlan?: number
  isOpen?: boolean
  /** First byte first. */
  mac: string
  /** Of a template: in place of an address, the place of the device in the config, which addresses follow from. */
  named?: number
  mtu?: number
  offload?: boolean
}

/** A socket device; `peers` is a bitmap of VMs. */
export interface FakeSocket {
  cid: number
  peers: number
}

export function portCells(port: FakePlace | FakeSocket): number[] {
  if ('cid' in port) return [0, PORT_SOCKET, 0, port.cid, 0, port.peers]
  const { network = 0, vlan = 0, isOpen = false, mac, named, mtu = 1500, offload = false } = port
  const bits = vlan * 2 ** 16 + (isOpen ? 1 : 0)
  if (named !== undefined) return [network, bits + PORT_NAMED, 0, named, mtu, offload ? 1 : 0]
  const bytes = mac.split(':').map((byte) => Number.parseInt(byte, 16))
  const [b0, b1, b2, b3, b4, b5] = bytes as [number, number, number, number, number, number]
  const low = (b3 * 2 ** 24 + b2 * 2 ** 16 + b1 * 2 ** 8 + b0) >>> 0
  return [network, bits, b5 * 256 + b4, low, mtu, offload ? 1 : 0]
}
