/** A device of a board that a VM may have to itself, as its board's file states it; and where it meets others. */
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import { alignDown, alignUp } from '../ui/number.ts'
import type { Range } from './board.ts'

export interface BoardDevice {
  /** Where its node is in the board's public DTB; a test compares. */
  node?: string
  compatible: readonly string[]
  /** Its registers' first physical address, and bytes. */
  base: number
  size: number
  /** INTIDs of its shared interrupts, all of them levels. */
  intids: readonly number[]
  /** Hz, by the clock's name in the node, in the node's order: guests get clocks that stand still. */
  clocks?: Readonly<Record<string, number>>
  /** Writes to registers of others that give it its clock, in order, where one that has none stops the core which asks it: physical address,
   * and 32 bits. The hypervisor does them at boot. */
  enable?: readonly (readonly [address: number, value: number])[]
  /** Further properties of its node, and nodes below it, in DTS. */
  properties?: readonly string[]
  children?: string
  /** It reads and writes memory by itself, without an IOMMU before it. */
  dma?: Dma
  /** The board's pins that it needs, and how the firmware connects them. */
  pins?: { numbers: readonly number[]; firmware: string }
}

export interface Dma {
  /** It reaches physical addresses below this. */
  reach: number
  /** What it calls physical address 0. */
  base?: number
}

/** The pages that hold its registers. */
export function pagesOf({ base, size }: Pick<BoardDevice, 'base' | 'size'>): Range {
  return { start: alignDown(base, PAGE_SIZE), end: alignUp(base + size, PAGE_SIZE) }
}

export function meet(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end
}

/** Pages of several devices, each once, in order. */
export function mergedPages(devices: readonly BoardDevice[]): Range[] {
  const merged: Range[] = []
  for (const range of devices.map(pagesOf).sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end)
    else merged.push({ ...range })
  }
  return merged
}

/** A device that a service of the hypervisor drives for all VMs (src/core/grant.ts). */
export interface DrivenDevice {
  /** First physical address of its registers, and bytes. */
  base: number
  size: number
  /** INTID; with virtio slots that of the first, the others follow it. */
  intid: number
  isEdge?: boolean
  /** It is in one of several slots of so many bytes: the first with a virtio device of this type. */
  virtio?: { type: number; stride: number }
  dma: Dma & { isCoherent?: boolean }
}
