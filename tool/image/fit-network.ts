/** What a bundle says of ports at the switch, and of the device behind the one that is the board's (src/core/grant.ts). */

import { PORT_NAMED, PORT_OPEN } from '../../src/abi/port.ts'
import { type DrivenDevice, pagesOf } from '../config/board-device.ts'
import type { NetDevice } from '../config/device.ts'
import { macBytes, type Network } from '../config/network.ts'
import { cells, hexCell } from './dts.ts'
import type { FitSystem } from './fit.ts'

/** Properties of its node, in DTS. */
function drivenLines(device: DrivenDevice): string[] {
  const { intid, isEdge, virtio, dma } = device
  const { start, end } = pagesOf(device)
  return [
    `reg = <${cells(start)} ${cells(end - start)}>;`,
    `interrupts = <${intid} ${isEdge ? 1 : 0}>;`,
    ...(virtio ? [`virtio = <${virtio.type}>;`, `stride = <${virtio.stride}>;`] : []),
    `dma-reach = <${cells(dma.reach)}>;`,
    ...(dma.base ? [`dma-offset = <${cells(dma.base)}>;`] : []),
    ...(dma.isCoherent ? ['dma-coherent;'] : []),
  ]
}

/** Only for a system with an uplink: its device, its port at the switch as VMs have theirs, and percent of a core. */
export function uplinkNode({ uplink, networks }: FitSystem): string {
  if (!uplink) return ''
  const { vlan, mac, share } = uplink.network.uplink!
  const lines = [
    ...drivenLines(uplink.device),
    `port = <${netPort({ virtio: 'net', network: uplink.network.name, vlan, open: true, mac }, networks)}>;`,
    `share = <${share}>;`,
  ]
  return `\n\t\tuplink {\n${lines.map((line) => `\t\t\t${line}\n`).join('')}\t\t};`
}

/** Its place at the switch, its address, MTU and offload. In place of an address that follows from the VM's name `place`, where the
 * config has the device. */
export function netPort(
  { network, vlan = 0, open = false, mac }: NetDevice,
  networks: readonly Network[],
  place?: number,
): string {
  const index = networks.findIndex(({ name }) => name === network)
  const { mtu, offload } = networks[index]!
  const bits = vlan * 2 ** 16 + (open ? PORT_OPEN : 0) + (place === undefined ? 0 : PORT_NAMED)
  const [high, low] = place === undefined ? macCells(mac!) : [0, place]
  return `${index} ${hexCell(bits)} ${high} ${low} ${mtu} ${offload ? 1 : 0}`
}

/** The address as a 64-bit number whose lowest byte is its first. */
function macCells(mac: string): [string, string] {
  const bytes = Buffer.from([...macBytes(mac), 0, 0])
  return [hexCell(bytes.readUInt32LE(4)), hexCell(bytes.readUInt32LE(0))]
}
