/** Partition tables for tests: what tools write, and what nobody would. */
import { crc32 } from 'node:zlib'

const SECTOR = 512

export interface MbrEntry {
  type: number
  start: number
  sectors: number
}

/** Writes a table of the older kind into sector `at`. */
export function mbr(disk: Buffer, entries: readonly MbrEntry[], at = 0): Buffer {
  for (const [i, { type, start, sectors }] of entries.entries()) {
    const offset = at * SECTOR + 446 + i * 16
    disk[offset + 4] = type
    disk.writeUInt32LE(start >>> 0, offset + 8)
    disk.writeUInt32LE(sectors >>> 0, offset + 12)
  }
  disk.writeUInt16LE(0xaa55, at * SECTOR + 510)
  return disk
}

export interface GptEntry {
  name: string
  first: number
  last: number
}

export interface GptOptions {
  block?: number
  entryCount?: number
  entrySize?: number
  /** Bends a header before its CRC is made. */
  bend?: (header: Buffer, isBackup: boolean) => void
}

/** A disk of `blocks` blocks with a GPT and its backup. */
export function gpt(blocks: number, entries: readonly GptEntry[], options: GptOptions = {}): Buffer {
  const { block = 512, entryCount = 128, entrySize = 128, bend = () => {} } = options
  const disk = Buffer.alloc(blocks * block)
  mbr(disk, [{ type: 0xee, start: 1, sectors: blocks - 1 }])
  const table = Buffer.alloc(entryCount * entrySize)
  for (const [i, { name, first, last }] of entries.entries()) {
    const at = i * entrySize
    table.fill(0x42, at, at + 32)
    table.writeBigUInt64LE(BigInt(first), at + 32)
    table.writeBigUInt64LE(BigInt(last), at + 40)
    table.write(name, at + 56, 72, 'utf16le')
  }
  const tableBlocks = Math.ceil(table.length / block)
  const write = (own: number, other: number, tableAt: number, isBackup: boolean) => {
    const header = Buffer.alloc(block)
    header.write('EFI PART', 0, 'latin1')
    header.writeUInt32LE(0x1_0000, 8)
    header.writeUInt32LE(92, 12)
    header.writeBigUInt64LE(BigInt(own), 24)
    header.writeBigUInt64LE(BigInt(other), 32)
    header.writeBigUInt64LE(BigInt(2 + tableBlocks), 40)
    header.writeBigUInt64LE(BigInt(blocks - tableBlocks - 2), 48)
    header.writeBigUInt64LE(BigInt(tableAt), 72)
    header.writeUInt32LE(entryCount, 80)
    header.writeUInt32LE(entrySize, 84)
    header.writeUInt32LE(crc32(table) >>> 0, 88)
    bend(header, isBackup)
    header.writeUInt32LE(crc32(header.subarray(0, 92)) >>> 0, 16)
    header.copy(disk, own * block)
    table.copy(disk, tableAt * block)
  }
  write(1, blocks - 1, 2, false)
  write(blocks - 1, 1, blocks - 1 - tableBlocks, true)
  return disk
}
