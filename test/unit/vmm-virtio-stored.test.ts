/** A block device whose disk is on the board's storage: requests are taken, the guest runs on, and answers come later. Virtio 1.2, "Block
 * Device". */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  CAN_WRITE,
  VOLUME_BUFFER,
  VOLUME_DISCARD,
  VOLUME_FLUSH,
  VOLUME_READ,
  VOLUME_TICKETS,
  VOLUME_WRITE,
  VOLUME_ZERO,
} from '../../src/abi/storage.ts'
import { BLOCK_STATUS, header, REQUEST_TYPE, range } from '../fake/block-request.ts'
import type { FakeDisk } from '../fake/disk.ts'
import { FEATURE, REGISTER, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'
import type { FakeVolume } from '../fake/volume.ts'

const BLOCK = 2
const { in: IN, out: OUT, flush: FLUSH, getId: GET_ID, discard: DISCARD, writeZeroes: WRITE_ZEROES } = REQUEST_TYPE
const { ok: OK, ioerr: IOERR, unsupp: UNSUPP } = BLOCK_STATUS
const READ_ONLY = 1n << 5n
const SECTORS = 2048
const PATTERN = Buffer.from(Array.from({ length: SECTORS * 512 }, (_, i) => (i >>> 9) ^ i))

let volume: FakeVolume
let device: VirtioDriver
let vmm: FakeVmm

function start(options: Partial<FakeDisk> = {}): void {
  const disk = { bytes: Buffer.from(PATTERN), stored: true, ...options }
  vmm = new FakeVmm({ slots: [BLOCK], ram: 0x10_0000, disks: [disk], fueled: true })
  volume = vmm.volumes[0]!
  const features = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx
  device = new VirtioDriver(vmm).start(1, { features, size: 128 })
}

beforeEach(() => start())

const queue = () => device.queues[0]!

/** The board's disk answers until nothing waits. */
function settle(): void {
  while (volume.work()) vmm.frames()
}

function ask(read: Uint8Array[], write: number[]): { status: number; written: number; data: Buffer } {
  queue().add({ read, write: [...write, 1] })
  queue().notify()
  settle()
  const [answer, ...others] = queue().collect()
  expect(others).toEqual([])
  const status = answer!.buffers.at(-1)![0]!
  return { status, written: answer!.written, data: Buffer.concat(answer!.buffers.slice(0, -1)) }
}

const sectors = (from: number, count: number) => volume.bytes.subarray(from * 512, (from + count) * 512)
const isAllFree = () => volume.tickets.every(({ state }) => state === 'free')

test('a request is taken and answered when the disk has done it, with an interrupt', () => {
  queue().add({ read: [header(IN, 3)], write: [512, 1] })
  queue().notify()
  expect(queue().collect()).toEqual([])
  expect(device.read(REGISTER.interruptStatus)).toBe(0)
  settle()
  expect(device.read(REGISTER.interruptStatus)).toBe(1)
  expect(queue().collect()).toMatchObject([{ written: 513 }])
})

test('reads and writes, in buffers of any size', () => {
  expect(ask([header(IN, 3)], [512])).toEqual({ status: OK, written: 513, data: sectors(3, 1) })
  expect(ask([header(IN, 9)], [100, 1, 923])).toEqual({ status: OK, written: 1025, data: sectors(9, 2) })
  const data = Buffer.alloc(1024, 0x5a)
  expect(ask([header(OUT, 5).subarray(0, 7), header(OUT, 5).subarray(7), data], [])).toMatchObject({ status: OK })
  expect(sectors(5, 2)).toEqual(data)
  expect(ask([Buffer.concat([header(OUT, 1), Buffer.alloc(512, 7)])], [])).toMatchObject({ status: OK, written: 1 })
  expect(sectors(1, 1)).toEqual(Buffer.alloc(512, 7))
  expect(isAllFree()).toBe(true)
})

test('what is larger than a buffer goes piece by piece', () => {
  const at = 0x4006_0000
  const size = 5 * VOLUME_BUFFER + 1024
  const [head, status] = [queue().room(16), queue().room(1)]
  const chain = (type: number, flags: number) => {
    vmm.ram.bytes.set(header(type, 10), queue().at(head))
    queue().describe(queue().table, 0, head, 16, 1, 1)
    queue().describe(queue().table, 1, at, 5000, flags, 2)
    queue().describe(queue().table, 2, at + 5000, size - 5000, flags, 3)
    queue().describe(queue().table, 3, status, 1, 2)
    queue().offer(0)
    queue().notify()
    settle()
  }
  chain(IN, 3)
  expect(queue().collect()).toMatchObject([{ written: size + 1 }])
  expect(vmm.ram.bytes.subarray(queue().at(at), queue().at(at) + size).equals(sectors(10, size / 512))).toBe(true)
  vmm.ram.bytes.fill(0x3c, queue().at(at), queue().at(at) + size)
  chain(OUT, 1)
  expect(queue().collect()).toMatchObject([{ written: 1 }])
  expect(sectors(10, size / 512).every((byte) => byte === 0x3c)).toBe(true)
  expect(volume.log).toHaveLength(12)
})

test('no more are on their way than there are places, and the others follow by themselves', () => {
  for (let i = 0; i < 30; i++) queue().add({ read: [header(IN, i)], write: [512, 1] })
  queue().notify()
  expect(volume.waiting).toHaveLength(VOLUME_TICKETS)
  settle()
  const answers = queue().collect()
  expect(answers).toHaveLength(30)
  for (const [i, { buffers }] of answers.entries())
    expect([buffers[0]!.equals(sectors(i, 1)), buffers[1]![0]]).toEqual([true, OK])
})

test('answers come in the order in which the disk gives them', () => {
  for (const sector of [1, 2, 3]) queue().add({ read: [header(IN, sector)], write: [512, 1] })
  queue().notify()
  const [first, , third] = volume.waiting
  volume.finish(third!)
  vmm.frames()
  volume.finish(first!)
  vmm.frames()
  const data = queue()
    .collect()
    .map(({ buffers }) => buffers[0]!)
  expect(data.map((bytes) => [1, 2, 3].find((sector) => sectors(sector, 1).equals(bytes)))).toEqual([3, 1])
})

test('a flush goes to the disk; an id does not', () => {
  expect(ask([header(FLUSH)], [])).toMatchObject({ status: OK, written: 1 })
  expect(volume.log).toEqual([[VOLUME_FLUSH, 0, 0]])
  expect(
    ask([header(GET_ID)], [20])
      .data.toString('latin1')
      .replace(/\0+$/, ''),
  ).toBe('bulkhead-0')
  expect(ask([header(99)], [512]).status).toBe(UNSUPP)
})

test('what the disk fails at is an error, of any kind of request', () => {
  for (const sector of [40, 0]) volume.broken.add(sector)
  expect(ask([header(IN, 40)], [512]).status).toBe(IOERR)
  expect(ask([header(OUT, 40), Buffer.alloc(512)], []).status).toBe(IOERR)
  expect(ask([header(FLUSH)], []).status).toBe(IOERR)
  expect(ask([header(DISCARD), range(40, 8)], []).status).toBe(IOERR)
  expect(isAllFree()).toBe(true)
})

test.each([
  ['beyond the end', [header(IN, SECTORS)], [512]],
  ['across the end', [header(IN, SECTORS - 1)], [1024]],
  ['at a sector that wraps', [header(IN, 2 ** 55)], [512]],
  ['of part of a sector', [header(IN, 0)], [500]],
  ['with part of a header', [header(IN).subarray(0, 15)], [512]],
  ['written beyond the end', [header(OUT, SECTORS), Buffer.alloc(512)], []],
  ['zeroed beyond the end', [header(WRITE_ZEROES), range(SECTORS - 1, 2)], []],
  ['a range and a half', [header(DISCARD), range(0, 8), Buffer.alloc(8)], []],
] as const)('%s: the disk never hears of it', (_, read, write) => {
  expect(ask([...read], [...write]).status).toBe(IOERR)
  expect(volume.log).toEqual([])
  expect(isAllFree()).toBe(true)
})

describe('ranges', () => {
  test('go to a disk that can', () => {
    expect(ask([header(WRITE_ZEROES), range(8, 300)], []).status).toBe(OK)
    expect(ask([header(DISCARD), range(400, 8)], []).status).toBe(OK)
    expect(volume.log).toEqual([
      [VOLUME_ZERO, 8, 300],
      [VOLUME_DISCARD, 400, 8],
    ])
    expect(ask([header(DISCARD), range(0, 8, 1)], []).status).toBe(UNSUPP)
  })

  test('are written as zeroes to one that cannot; a discard is a hint', () => {
    start({ abilities: CAN_WRITE })
    expect(ask([header(WRITE_ZEROES), range(8, 100)], []).status).toBe(OK)
    expect(sectors(8, 100).every((byte) => byte === 0)).toBe(true)
    expect(sectors(108, 1)).toEqual(PATTERN.subarray(108 * 512, 109 * 512))
    expect(volume.log.map(([request]) => request)).toEqual(Array(4).fill(VOLUME_WRITE))
    expect(ask([header(DISCARD), range(400, 8)], []).status).toBe(OK)
    expect(volume.log).toHaveLength(4)
  })
})

test('a read-only disk says so, and takes nothing that would change it', () => {
  start({ readOnly: true })
  expect(device.offered & READ_ONLY).toBe(READ_ONLY)
  expect(ask([header(OUT), Buffer.alloc(512)], []).status).toBe(IOERR)
  expect(ask([header(WRITE_ZEROES), range(0, 8)], []).status).toBe(IOERR)
  expect(ask([header(IN)], [512]).status).toBe(OK)
  expect(volume.log.map(([request]) => request)).toEqual([VOLUME_READ])
})
