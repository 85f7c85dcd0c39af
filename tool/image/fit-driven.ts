/** What a bundle says of a device that a service of the hypervisor drives (src/core/grant.ts). */
import { type DrivenDevice, pagesOf } from '../config/board-device.ts'
import { cells } from './dts.ts'

/** Properties of its node, in DTS. */
export function drivenLines(device: DrivenDevice): string[] {
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
