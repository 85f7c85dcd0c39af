/** Small files that look like kernels, for configs under test; each call gives the path of such a file. */
import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const FOLDER = join(tmpdir(), `bulkhead-test-${process.getuid?.() ?? 0}`)

/** The path of a file with these bytes. */
export function file(bytes: Uint8Array | string, suffix = 'bin'): string {
  mkdirSync(FOLDER, { recursive: true })
  const name = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const path = join(FOLDER, `${name}.${suffix}`)
  // Whole or not at all: another run may read it now.
  writeFileSync(`${path}.${process.pid}`, bytes)
  renameSync(`${path}.${process.pid}`, path)
  return path
}

export interface ImageOptions {
  textOffset?: number
  /** image_size of the header. */
  size?: number
  flags?: number
  length?: number
}

/** An arm64 Image that does nothing. */
export function image({ textOffset = 0, size = 0x1000, flags = 0, length = 128 }: ImageOptions = {}): Buffer {
  const bytes = Buffer.alloc(length)
  bytes.writeUInt32LE(0x14000000, 0)
  bytes.writeBigUInt64LE(BigInt(textOffset), 8)
  bytes.writeBigUInt64LE(BigInt(size), 16)
  bytes.writeUInt32LE(flags, 24)
  bytes.write('ARM\x64', 56, 'latin1')
  return bytes
}

export interface ElfOptions {
  machine?: number
  type?: number
  class?: number
  entry?: number
  /** p_paddr; p_vaddr is the same unless given. */
  segments?: { address: number; virtual?: number; bytes?: number; memory?: number }[]
}

const EHDR = 64
const PHDR = 56

export function elf(options: ElfOptions = {}): Buffer {
  const { machine = 183, type = 2, segments = [{ address: 0x4008_0000 }] } = options
  const sizes = segments.map(({ bytes = 16 }) => bytes)
  const dataAt = EHDR + PHDR * segments.length
  const file = Buffer.alloc(dataAt + sizes.reduce((sum, size) => sum + size, 0), 0xd5)
  file.fill(0, 0, dataAt)
  file.write('\x7fELF', 0, 'latin1')
  file[4] = options.class ?? 2
  file[5] = 1
  file[6] = 1
  file.writeUInt16LE(type, 16)
  file.writeUInt16LE(machine, 18)
  file.writeBigUInt64LE(BigInt(options.entry ?? segments[0]?.address ?? 0), 24)
  file.writeBigUInt64LE(BigInt(EHDR), 32)
  file.writeUInt16LE(PHDR, 54)
  file.writeUInt16LE(segments.length, 56)
  let offset = dataAt
  segments.forEach(({ address, virtual = address, bytes = 16, memory = bytes }, i) => {
    const at = EHDR + PHDR * i
    file.writeUInt32LE(1, at)
    for (const [field, value] of [
      [8, offset],
      [16, virtual],
      [24, address],
      [32, bytes],
      [40, memory],
    ] as const) {
      file.writeBigUInt64LE(BigInt(value), at + field)
    }
    offset += bytes
  })
  return file
}
