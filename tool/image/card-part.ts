/** Partitions for VMs' disks on an SD card, behind the system's own: logical ones, since the table has room for four. Their names stand in the
 * bundle alone, beside their numbers. What a table of a logical partition holds: Linux, block/partitions/msdos.c. */
import { open } from 'node:fs/promises'
import type { Board } from '../config/board.ts'
import type { Disk, Partition } from '../config/disk.ts'
import { SECTOR } from './fat.ts'
import { copy, roomOf } from './gpt.ts'

const MiB = 2 ** 20
/** Number of the first. */
const FIRST = 5
/** Before each stands a table of its own. */
const GAP = MiB
const LINUX = 0x83
const EXTENDED = 0x0f
const SIGNATURE = 0xaa55
const TABLE = 446
export const ENTRY = 16

/** Places in bytes. */
export interface CardPart extends Partition {
  start: number
  size: number
}

/** Names of the partitions that a card of this system has for VMs. */
export function cardParts(board: Board, disks: readonly Disk[]): string[] {
  const card = disks.find(({ name }) => board.sd && name === board.sd.disk)
  return card?.partitions.map(({ name }) => name) ?? []
}

/** Undefined for a name that none of `parts` has. */
export function cardNumber(parts: readonly string[], name: string): number | undefined {
  const i = parts.indexOf(name)
  return i < 0 ? undefined : FIRST + i
}

/** In their order, from `start` on. */
export async function layOutParts(partitions: readonly Partition[], start: number): Promise<CardPart[]> {
  const places: CardPart[] = []
  let at = start
  for (const partition of partitions) {
    const size = await roomOf(partition)
    places.push({ ...partition, start: at + GAP, size })
    at += GAP + size
  }
  return places
}

export function endOf(parts: readonly CardPart[], otherwise: number): number {
  const last = parts.at(-1)
  return last ? last.start + last.size : otherwise
}

/** The extended partition's entry in the card's own table. */
export function extendedEntry(parts: readonly CardPart[]): Buffer {
  const start = parts[0]!.start - GAP
  return entry(EXTENDED, start, endOf(parts, start) - start)
}

/** The tables of all, each of which names the next, and the images of those that have one. */
export async function writeParts(file: string, parts: readonly CardPart[]): Promise<void> {
  if (parts.length === 0) return
  const extended = parts[0]!.start - GAP
  const handle = await open(file, 'r+')
  try {
    for (const [i, part] of parts.entries()) {
      const table = Buffer.alloc(SECTOR)
      entry(LINUX, GAP, part.size).copy(table, TABLE)
      const next = parts[i + 1]
      // Counted from the extended partition's start, other than the partition itself.
      if (next) entry(EXTENDED, next.start - GAP - extended, GAP + next.size).copy(table, TABLE + ENTRY)
      table.writeUInt16LE(SIGNATURE, SECTOR - 2)
      await handle.write(table, 0, SECTOR, part.start - GAP)
      if (part.image !== undefined) await copy(handle, part.image, part.start)
    }
  } finally {
    await handle.close()
  }
}

/** Of a table, in bytes. Cylinders, heads and sectors say nothing about a card: their largest values mean that. */
export function entry(type: number, start: number, size: number): Buffer {
  const bytes = Buffer.alloc(ENTRY)
  bytes[4] = type
  for (const place of [1, 5]) Buffer.from([0xfe, 0xff, 0xff]).copy(bytes, place)
  bytes.writeUInt32LE(start / SECTOR, 8)
  bytes.writeUInt32LE(size / SECTOR, 12)
  return bytes
}
