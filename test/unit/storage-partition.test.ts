/** Partition tables of the board's disk. UEFI, "GUID Partition Table (GPT) Disk Layout", "Legacy Master Boot Record (MBR)". */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PARTITION_NONE, PARTITION_TWICE } from '../../src/abi/storage.ts'
import { writeDisk } from '../../tool/image/gpt.ts'
import { type GptOptions, gpt, mbr } from '../fake/partition-table.ts'
import { FakeStorage } from '../fake/storage.ts'

const BLOCKS = 4096
const MiB = 2 ** 20
const ENTRIES = [
  { name: 'boot', first: 64, last: 127 },
  { name: 'root', first: 128, last: 1023 },
]
const FOUND = { 1: { start: 64, sectors: 64, name: 'boot' }, 2: { start: 128, sectors: 896, name: 'root' } }

function read(disk: Buffer, options: { blockSize?: number } = {}): FakeStorage {
  const storage = new FakeStorage({ disk, ...options })
  expect(storage.init()).toBe(16)
  expect(storage.call.readTable()).toBe(Object.keys(storage.partitions()).length)
  return storage
}

const partitions = (disk: Buffer, options?: { blockSize?: number }) => read(disk, options).partitions()

describe('a GPT', () => {
  test('by name and number', () => {
    const storage = read(gpt(BLOCKS, ENTRIES))
    expect(storage.partitions()).toEqual(FOUND)
    expect([storage.find('root'), storage.find('boot'), storage.find('roo'), storage.find('roots')]).toEqual([
      2,
      1,
      PARTITION_NONE,
      PARTITION_NONE,
    ])
  })

  test('as bulkhead run makes it, with what the partitions begin as', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-gpt-'))
    try {
      const image = join(folder, 'image')
      writeFileSync(image, Buffer.alloc(MiB + 5, 0x69))
      const file = join(folder, 'disk')
      expect(
        await writeDisk(file, [
          { name: 'a', size: MiB },
          { name: 'root-b', image },
        ]),
      ).toBe(5 * MiB)
      const disk = readFileSync(file)
      expect(partitions(disk)).toEqual({
        1: { start: 2048, sectors: 2048, name: 'a' },
        2: { start: 4096, sectors: 4096, name: 'root-b' },
      })
      expect(disk.subarray(2 * MiB, 3 * MiB + 5).every((byte) => byte === 0x69)).toBe(true)
      disk.fill(0, 512, 1024)
      expect(Object.keys(partitions(disk))).toEqual(['1', '2'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('of blocks of 4 KiB', () => {
    const disk = gpt(512, [{ name: 'big', first: 10, last: 19 }], { block: 4096 })
    expect(partitions(disk, { blockSize: 4096 })).toEqual({ 1: { start: 80, sectors: 80, name: 'big' } })
  })

  test('of larger entries, and more of them than a buffer holds', () => {
    const later = ENTRIES.map(({ name, first, last }) => ({ name, first: first + 512, last: last + 512 }))
    const found = Object.values(FOUND).map((each) => ({ ...each, start: each.start + 512 }))
    expect(Object.values(partitions(gpt(BLOCKS, later, { entrySize: 512 })))).toEqual(found)
    expect(Object.values(partitions(gpt(BLOCKS, later, { entryCount: 1024 })))).toEqual(found)
  })

  test.each([
    ['header', 512 + 20],
    ['entries', 1024 + 3],
  ])('whose %s is damaged is read from its backup', (_, at) => {
    const disk = gpt(BLOCKS, ENTRIES)
    disk[at]! ^= 1
    expect(partitions(disk)).toEqual(FOUND)
    disk[(BLOCKS - 1) * 512 + 40]! ^= 1
    expect(partitions(disk)).toEqual({})
  })

  test('names that are there twice, of no ASCII, and of all 36 characters', () => {
    const long = 'x'.repeat(36)
    const names = ['same', 'same', 'fünf', long]
    const storage = read(
      gpt(
        BLOCKS,
        names.map((name, i) => ({ name, first: 100 + i, last: 100 + i })),
      ),
    )
    expect(Object.values(storage.partitions()).map(({ name }) => name)).toEqual(['same', 'same', 'f?nf', long])
    expect([storage.find('same'), storage.find(long), storage.find(long.slice(1))]).toEqual([
      PARTITION_TWICE,
      4,
      PARTITION_NONE,
    ])
  })

  test('partitions that lie where none may be are none', () => {
    const wrong = [
      { name: 'early', first: 2, last: 50 },
      { name: 'late', first: 3000, last: BLOCKS },
      { name: 'backwards', first: 200, last: 199 },
      { name: 'fine', first: 200, last: 200 },
    ]
    expect(partitions(gpt(BLOCKS, wrong))).toEqual({ 4: { start: 200, sectors: 1, name: 'fine' } })
  })

  const bends: [string, GptOptions['bend']][] = [
    ['a header of another place', (header) => header.writeBigUInt64LE(7n, 24)],
    ['a header too short', (header) => header.writeUInt32LE(91, 12)],
    ['a header longer than its block', (header) => header.writeUInt32LE(513, 12)],
    ['another revision', (header) => header.writeUInt32LE(0x2_0000, 8)],
    ['no entries', (header) => header.writeUInt32LE(0, 80)],
    ['entries without end', (header) => header.writeUInt32LE(0xffff_ffff, 80)],
    ['entries of no size', (header) => header.writeUInt32LE(0, 84)],
    ['entries of an odd size', (header) => header.writeUInt32LE(129, 84)],
    ['entries of 2 GiB', (header) => header.writeUInt32LE(0x8000_0000, 84)],
    ['entries behind the end', (header) => header.writeBigUInt64LE(2n ** 63n, 72)],
    ['a usable range that ends behind the disk', (header) => header.writeBigUInt64LE(BigInt(BLOCKS), 48)],
    ['a usable range that ends before it begins', (header) => header.writeBigUInt64LE(1n, 48)],
  ]
  test.each(bends)('with %s is none', (_, bend) => {
    expect(partitions(gpt(BLOCKS, ENTRIES, { bend: bend! }))).toEqual({})
    const first = gpt(BLOCKS, ENTRIES, { bend: (header, isBackup) => isBackup || bend!(header, isBackup) })
    expect(partitions(first)).toEqual(FOUND)
  })

  test('that cannot be read is none', () => {
    const storage = new FakeStorage({ disk: gpt(BLOCKS, ENTRIES) })
    storage.init()
    for (const sector of [0, 1, 2, BLOCKS - 1]) storage.device.broken.add(sector)
    expect(storage.call.readTable()).toBe(0)
    storage.device.broken.delete(0)
    expect(storage.call.readTable()).toBe(0)
    storage.device.broken.delete(BLOCKS - 1)
    expect(storage.call.readTable()).toBe(2)
  })
})

describe('an MBR', () => {
  test('of primary and logical partitions', () => {
    const disk = mbr(Buffer.alloc(BLOCKS * 512), [
      { type: 0x0c, start: 63, sectors: 100 },
      { type: 0, start: 0, sectors: 0 },
      { type: 0x83, start: 200, sectors: 50 },
      { type: 0x05, start: 1000, sectors: 3000 },
    ])
    mbr(
      disk,
      [
        { type: 0x83, start: 1, sectors: 10 },
        { type: 0x05, start: 100, sectors: 100 },
      ],
      1000,
    )
    mbr(disk, [{ type: 0x83, start: 2, sectors: 20 }], 1100)
    expect(partitions(disk)).toEqual({
      1: { start: 63, sectors: 100, name: '' },
      3: { start: 200, sectors: 50, name: '' },
      5: { start: 1001, sectors: 10, name: '' },
      6: { start: 1102, sectors: 20, name: '' },
    })
  })

  test('whose logical partitions run in circles, or backwards, ends', () => {
    const disk = mbr(Buffer.alloc(BLOCKS * 512), [{ type: 0x0f, start: 1000, sectors: 3000 }])
    mbr(
      disk,
      [
        { type: 0x83, start: 1, sectors: 1 },
        { type: 0x05, start: 0, sectors: 1 },
      ],
      1000,
    )
    expect(Object.keys(partitions(disk))).toEqual(['5'])
    for (let i = 0; i < 300; i++) {
      mbr(
        disk,
        [
          { type: 0x83, start: 1, sectors: 1 },
          { type: 0x05, start: 2 * (i + 1), sectors: 1 },
        ],
        1000 + 2 * i,
      )
    }
    expect(Object.keys(partitions(disk))).toHaveLength(124)
  })

  test('partitions that reach beyond the disk, or hold the table itself, are none', () => {
    const entries = [
      { type: 0x83, start: BLOCKS - 10, sectors: 11 },
      { type: 0x83, start: 0, sectors: 100 },
      { type: 0x83, start: 0xffff_ffff, sectors: 0xffff_ffff },
      { type: 0x83, start: BLOCKS - 10, sectors: 10 },
    ]
    expect(partitions(mbr(Buffer.alloc(BLOCKS * 512), entries))).toEqual({
      4: { start: BLOCKS - 10, sectors: 10, name: '' },
    })
  })
})

test('a disk without a table, and one that is no larger than a sector', () => {
  expect(partitions(Buffer.alloc(BLOCKS * 512))).toEqual({})
  expect(partitions(Buffer.alloc(512, 0x5a))).toEqual({})
  expect(partitions(Buffer.alloc(0))).toEqual({})
  expect(partitions(mbr(Buffer.alloc(512), [{ type: 0xee, start: 1, sectors: 1 }]))).toEqual({})
})
