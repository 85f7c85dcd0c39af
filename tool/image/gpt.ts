/** A disk with a GUID Partition Table, as a sparse file. The same partitions give the same bytes. UEFI Specification, "GUID Partition
 * Table (GPT) Disk Layout". */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { Partition } from '../config/disk.ts'
import { alignUp } from '../ui/number.ts'

const SECTOR = 512
const MiB = 2 ** 20
const ENTRIES = 128
const ENTRY = 128
const TABLE = ENTRIES * ENTRY
/** Blocks before the first partition could begin: protective MBR, header, entries; behind the last one: entries, header. */
const FIRST = 2 + TABLE / SECTOR
const LAST = 1 + TABLE / SECTOR
const HEADER = 92
/** "Linux filesystem data": Discoverable Partitions Specification. */
const TYPE = '0fc63daf-8483-4772-8e79-3d69d8477de4'

interface Place {
  name: string
  /** Bytes. */
  start: number
  size: number
  image?: string
}

/** Writes the file, which was not there. `isCard`: its size is a power of two, as QEMU's SD cards have to be. Bytes of the disk. */
export async function writeDisk(file: string, partitions: readonly Partition[], isCard = false): Promise<number> {
  const places = await layOut(partitions)
  const needed = places.reduce((end, place) => Math.max(end, place.start + place.size), MiB) + MiB
  const size = isCard ? 2 ** Math.ceil(Math.log2(needed)) : needed
  const partial = `${file}.partial`
  const handle = await open(partial, 'w')
  try {
    await handle.truncate(size)
    await writeTables(handle, places, size / SECTOR)
    for (const { start, image } of places) if (image !== undefined) await copy(handle, image, start)
    await handle.sync()
    await handle.close()
    await rename(partial, file)
  } finally {
    await handle.close().catch(() => {})
    await rm(partial, { force: true })
  }
  return size
}

async function layOut(partitions: readonly Partition[]): Promise<Place[]> {
  const places: Place[] = []
  let start = MiB
  for (const partition of partitions) {
    const size = await roomOf(partition)
    places.push({ ...partition, start, size })
    start += size
  }
  return places
}

/** Bytes that a partition takes: what is asked for, and what its image has. */
export async function roomOf({ size = 0, image }: Partition): Promise<number> {
  const needed = image === undefined ? 0 : (await stat(image)).size
  return alignUp(Math.max(size, needed), MiB)
}

async function writeTables(handle: FileHandle, places: readonly Place[], blocks: number): Promise<void> {
  const entries = Buffer.alloc(TABLE)
  for (const [i, place] of places.entries()) entry(place).copy(entries, i * ENTRY)
  const identity = guid(places.map(({ name, start, size }) => `${name} ${start} ${size}`).join('\n'))
  await handle.write(protectiveMbr(blocks), 0, SECTOR, 0)
  await handle.write(header(1, blocks - 1, 2, entries, identity, blocks), 0, SECTOR, SECTOR)
  await handle.write(entries, 0, TABLE, 2 * SECTOR)
  await handle.write(entries, 0, TABLE, (blocks - LAST) * SECTOR)
  const backup = header(blocks - 1, 1, blocks - LAST, entries, identity, blocks)
  await handle.write(backup, 0, SECTOR, (blocks - 1) * SECTOR)
}

function entry({ name, start, size }: Place): Buffer {
  const bytes = Buffer.alloc(ENTRY)
  mixed(TYPE).copy(bytes, 0)
  guid(`partition ${name} ${start}`).copy(bytes, 16)
  bytes.writeBigUInt64LE(BigInt(start / SECTOR), 32)
  bytes.writeBigUInt64LE(BigInt((start + size) / SECTOR - 1), 40)
  bytes.write(name, 56, 72, 'utf16le')
  return bytes
}

function header(own: number, other: number, table: number, entries: Buffer, identity: Buffer, blocks: number): Buffer {
  const bytes = Buffer.alloc(SECTOR)
  bytes.write('EFI PART', 0, 'latin1')
  bytes.writeUInt32LE(0x1_0000, 8)
  bytes.writeUInt32LE(HEADER, 12)
  bytes.writeBigUInt64LE(BigInt(own), 24)
  bytes.writeBigUInt64LE(BigInt(other), 32)
  bytes.writeBigUInt64LE(BigInt(FIRST), 40)
  bytes.writeBigUInt64LE(BigInt(blocks - LAST - 1), 48)
  identity.copy(bytes, 56)
  bytes.writeBigUInt64LE(BigInt(table), 72)
  bytes.writeUInt32LE(ENTRIES, 80)
  bytes.writeUInt32LE(ENTRY, 84)
  bytes.writeUInt32LE(crc32(entries) >>> 0, 88)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER)) >>> 0, 16)
  return bytes
}

/** One partition of type 0xee over all of the disk. "Protective MBR". */
function protectiveMbr(blocks: number): Buffer {
  const bytes = Buffer.alloc(SECTOR)
  Buffer.from([0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff]).copy(bytes, 446)
  bytes.writeUInt32LE(1, 446 + 8)
  bytes.writeUInt32LE(Math.min(blocks - 1, 0xffff_ffff), 446 + 12)
  bytes.writeUInt16LE(0xaa55, 510)
  return bytes
}

/** RFC 9562, version 8: ours to fill. */
function guid(text: string): Buffer {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[7] = (bytes[7]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes
}

/** A GUID's text as its bytes: the first three fields little-endian. UEFI, "EFI GUID". */
function mixed(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex')
  return Buffer.concat([
    Buffer.from(bytes.subarray(0, 4)).reverse(),
    Buffer.from(bytes.subarray(4, 6)).reverse(),
    Buffer.from(bytes.subarray(6, 8)).reverse(),
    bytes.subarray(8),
  ])
}

/** The file `image` to byte `start` of another. */
export async function copy(handle: FileHandle, image: string, start: number): Promise<void> {
  let at = start
  for await (const chunk of createReadStream(image)) {
    await handle.write(chunk as Buffer, 0, (chunk as Buffer).length, at)
    at += (chunk as Buffer).length
  }
}
