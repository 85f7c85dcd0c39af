/** An SD card's image: a partition table, the selector's file system and those of two slots, the second of them
 * empty, then what VMs have. */
import { open, rename, rm } from 'node:fs/promises'
import type { Partition } from '../config/disk.ts'
import { alignUp } from '../ui/number.ts'
import { type CardPart, ENTRY, endOf, entry, extendedEntry, layOutParts, writeParts } from './card-part.ts'
import { contentSize, type FatFile, type FatOptions, SECTOR, type Volume, writeFat } from './fat.ts'
import { commandLineFile, type Slot, selectorFile } from './slot.ts'

/** A card may hold a key: doc/control.md. */
const OWNER = 0o600
const MiB = 2 ** 20
/** Where the first partition begins, and what each is a multiple of: what flash translation layers treat as one piece. */
const START = 4 * MiB
const SELECTOR_SIZE = 16 * MiB
/** FAT32 has at least 65,525 clusters ("Microsoft FAT Specification", "FAT Type Determination"). */
const SLOT_LEAST = 256 * MiB
/** Left free for larger systems to come, and for what a board or a person puts there. */
const ROOM = 32 * MiB
const SERIAL = 0x4255_4c4b
/** Partition types. */
const FAT16_LBA = 0x0e
const FAT32_LBA = 0x0c

const TABLE = 446
const SIGNATURE = 0xaa55

/** Places of the file systems, in bytes. */
export interface Layout {
  selector: Range
  a: Range
  b: Range
}

export interface Range {
  start: number
  size: number
}

const FORMATS: Record<keyof Layout, FatOptions & { type: number }> = {
  selector: { bits: 16, label: 'BOOTSEL', serial: SERIAL, type: FAT16_LBA },
  a: { bits: 32, label: 'BULKHEAD-A', serial: SERIAL + 1, type: FAT32_LBA },
  b: { bits: 32, label: 'BULKHEAD-B', serial: SERIAL + 2, type: FAT32_LBA },
}
const ORDER = ['selector', 'a', 'b'] as const

/** A card with a system in its first slot, and `partitions` for VMs behind both. Bytes of the image; `file` appears when it is complete. */
export async function writeSdImage(
  file: string,
  files: readonly FatFile[],
  partitions: readonly Partition[],
  note: (text: string) => void,
): Promise<number> {
  const layout = layOut((await contentSize(files)) + ROOM)
  const end = layout.b.start + layout.b.size
  const parts = await layOutParts(partitions, end)
  const size = endOf(parts, end)
  const partial = `${file}.partial`
  try {
    await writeTable(partial, layout, parts, size)
    await writeParts(partial, parts)
    await writeFat({ image: partial, ...layout.a }, [...files, commandLineFile(undefined)], FORMATS.a, note)
    await writeFat({ image: partial, ...layout.b }, [], FORMATS.b)
    await writeFat({ image: partial, ...layout.selector }, [selectorFile('a')], FORMATS.selector)
    await rename(partial, file)
    return size
  } finally {
    await rm(partial, { force: true })
  }
}

/** A slot's file system alone, as it belongs into a card of this layout. */
export async function writeSlotImage(
  file: string,
  { layout, slot, fallback }: { layout: Layout; slot: Slot; fallback: Slot | undefined },
  files: readonly FatFile[],
  note: (text: string) => void,
): Promise<void> {
  await writePart(file, layout[slot], FORMATS[slot], [...files, commandLineFile(fallback)], note)
}

/** The selector's. */
export async function writeSelectorImage(file: string, { selector }: Layout, newest: Slot): Promise<void> {
  await writePart(file, selector, FORMATS.selector, [selectorFile(newest)])
}

async function writePart(
  file: string,
  { start, size }: Range,
  format: FatOptions,
  files: readonly FatFile[],
  note?: (text: string) => void,
): Promise<void> {
  const handle = await open(file, 'w', OWNER)
  await handle.truncate(size)
  await handle.close()
  const volume: Volume = { image: file, start: 0, size }
  await writeFat(volume, files, { ...format, hidden: start / SECTOR }, note)
}

/** Bytes that files may take in a slot, its allocation tables aside. */
export function slotRoom({ a }: Layout): number {
  return Math.floor((a.size / 128) * 127) - MiB
}

function layOut(content: number): Layout {
  const size = Math.max(SLOT_LEAST, alignUp(content, 64 * MiB))
  const a = START + SELECTOR_SIZE
  return { selector: { start: START, size: SELECTOR_SIZE }, a: { start: a, size }, b: { start: a + size, size } }
}

/** A sparse file with a master boot record (UEFI Specification, "Legacy Master Boot Record (MBR)"). */
async function writeTable(file: string, layout: Layout, parts: readonly CardPart[], size: number): Promise<void> {
  const record = Buffer.alloc(SECTOR)
  record.writeUInt32LE(SERIAL, 440)
  for (const [i, part] of ORDER.entries()) {
    entry(FORMATS[part].type, layout[part].start, layout[part].size).copy(record, TABLE + i * ENTRY)
  }
  if (parts.length > 0) extendedEntry(parts).copy(record, TABLE + ORDER.length * ENTRY)
  record.writeUInt16LE(SIGNATURE, SECTOR - 2)
  const handle = await open(file, 'w', OWNER)
  await handle.write(record, 0, SECTOR, 0)
  await handle.truncate(size)
  await handle.close()
}

/** The layout that a card's first sector states; undefined for any other card than ours. */
export function readTable(record: Buffer): Layout | undefined {
  if (record.length < SECTOR || record.readUInt16LE(SECTOR - 2) !== SIGNATURE) return undefined
  if (record.readUInt32LE(440) !== SERIAL) return undefined
  const ranges = ORDER.map((part, i) => {
    const at = TABLE + i * ENTRY
    if (record[at + 4] !== FORMATS[part].type) return undefined
    return { start: record.readUInt32LE(at + 8) * SECTOR, size: record.readUInt32LE(at + 12) * SECTOR }
  })
  const [selector, a, b] = ranges
  return selector && a && b ? { selector, a, b } : undefined
}
