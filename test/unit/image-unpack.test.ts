/** Compressed kernels come out as what was compressed; damaged and hostile ones are refused with a reason. */
import { spawnSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { which } from '../../tool/config/program.ts'
import { ImageError } from '../../tool/image/reader.ts'
import { unpackKernel } from '../../tool/image/unpack.ts'
import { image } from '../fake/kernel-file.ts'

const KERNEL = image({ length: 5000, size: 8192 })
/** What a distribution's build would run. */
const PROGRAMS: [string, ...string[]][] = [
  ['xz', '-c', '--check=crc32'],
  ['xz', '-c', '--format=lzma'],
  ['zstd', '-cq', '--ultra', '-22'],
  ['lz4', '-cq', '-l'],
  ['lz4', '-cq'],
  ['bzip2', '-cq'],
]

function zboot(payload: Uint8Array, { machine = 0xaa64, size = payload.length } = {}): Buffer {
  const header = Buffer.alloc(0x100)
  header.write('MZ\0\0zimg', 0, 'latin1')
  header.writeUInt32LE(header.length, 8)
  header.writeUInt32LE(size, 12)
  header.writeUInt32LE(0x40, 0x3c)
  header.write('PE\0\0', 0x40, 'latin1')
  header.writeUInt16LE(machine, 0x44)
  // What the payload's own tools would complain of: its size once more.
  return Buffer.concat([header, payload, Buffer.alloc(4, 0x55)])
}

const refusal = (bytes: Uint8Array) => expect(unpackKernel(bytes, false)).rejects

test('a kernel that is not compressed stays as it is', async () => {
  expect(await unpackKernel(KERNEL, false)).toBe(KERNEL)
})

describe('gzip', () => {
  it('unpacks', async () => expect(Buffer.from(await unpackKernel(gzipSync(KERNEL), false))).toEqual(KERNEL))

  it('cut short, or damaged, is told', async () => {
    await refusal(gzipSync(KERNEL).subarray(0, 40)).toThrow(/does not unpack: unexpected end of file; get or build/)
    const damaged = gzipSync(KERNEL)
    damaged[damaged.length - 6]! ^= 1
    await refusal(damaged).toThrow(/compressed with gzip, and does not unpack/)
  })

  it('may be how a flat binary begins', async () => {
    const flat = Buffer.from('1f8b0800ffff', 'hex')
    expect(await unpackKernel(flat, true)).toBe(flat)
  })
})

describe('zboot', () => {
  it('has a kernel in it', async () => {
    expect(Buffer.from(await unpackKernel(zboot(gzipSync(KERNEL)), false))).toEqual(KERNEL)
  })

  it('for another machine, cut short, or packed in an unknown way is refused', async () => {
    await refusal(zboot(gzipSync(KERNEL), { machine: 0x5064 })).toThrow(/another machine; use one for arm64/)
    await refusal(zboot(gzipSync(KERNEL), { size: 2 ** 31 })).toThrow(/before its kernel does/)
    await refusal(zboot(Buffer.from('LZO?'))).toThrow(/in an unknown way; use the plain Image/)
  })
})

describe.each(PROGRAMS)('%s %s %s', (program, ...args) => {
  it.skipIf(!which(program))('unpacks, and damage is told', async () => {
    const packed = spawnSync(program, args, { input: KERNEL }).stdout
    expect(Buffer.from(await unpackKernel(packed, false))).toEqual(KERNEL)
    expect(Buffer.from(await unpackKernel(zboot(packed), false))).toEqual(KERNEL)
    await refusal(packed.subarray(0, packed.length - 20)).toThrow(/does not unpack: .*; get or build it again/)
  })
})

test('a program that is missing is named, with its package', async () => {
  const path = process.env.PATH
  process.env.PATH = ''
  try {
    await refusal(Buffer.from('\xfd7zXZ\0', 'latin1')).toThrow(/xz is missing, which unpacks it; install it \(Debian's/)
  } finally {
    process.env.PATH = path
  }
})

test('any bytes unpack, stay as they are, or are refused with a reason', async () => {
  const base = zboot(gzipSync(KERNEL))
  const edits = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(edits, fc.nat(base.length), async (edits, cut) => {
      const bytes = Buffer.from(base)
      for (const [at, value] of edits) bytes[at] = value
      const known = await unpackKernel(bytes.subarray(0, cut % 2 ? cut : undefined), false).catch((error) => error)
      expect(known instanceof Uint8Array || known instanceof ImageError).toBe(true)
    }),
    { numRuns: 500 },
  )
})
