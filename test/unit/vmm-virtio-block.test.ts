/** The block device: requests, their errors, and the split of large ones. Virtio 1.2, "Block Device". */
import { beforeEach, describe, expect, test } from 'vitest'
import { BLOCK_STATUS, header, REQUEST_TYPE, range } from '../fake/block-request.ts'
import type { FakeDisk } from '../fake/disk.ts'
import { FEATURE, REGISTER, STATUS, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const BLOCK = 2
const { in: IN, out: OUT, flush: FLUSH, getId: GET_ID, discard: DISCARD, writeZeroes: WRITE_ZEROES } = REQUEST_TYPE
const { ok: OK, ioerr: IOERR, unsupp: UNSUPP } = BLOCK_STATUS
const FEATURES = { readOnly: 1n << 5n, flush: 1n << 9n, discard: 1n << 13n, writeZeroes: 1n << 14n }
const SECTORS = 1024

let disk: FakeDisk
let device: VirtioDriver

function start(options: Partial<FakeDisk> = {}): void {
  const bytes = Buffer.from(Array.from({ length: SECTORS * 512 }, (_, i) => (i >>> 9) ^ i))
  disk = { bytes, ...options }
  const vmm = new FakeVmm({ slots: [BLOCK], ram: 0x8_0000, disks: [disk], fueled: true })
  device = new VirtioDriver(vmm).start(1, { features: FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx })
}

beforeEach(() => start())

/** The answer to one request: status, bytes written, data. */
function ask(read: Uint8Array[], write: number[]): { status: number; written: number; data: Buffer } {
  const queue = device.queues[0]!
  queue.add({ read, write: [...write, 1] })
  queue.notify()
  const [answer, ...others] = queue.collect()
  expect(others).toEqual([])
  const status = answer!.buffers.at(-1)![0]!
  return { status, written: answer!.written, data: Buffer.concat(answer!.buffers.slice(0, -1)) }
}

const sectors = (from: number, count: number) => disk.bytes.subarray(from * 512, (from + count) * 512)

test('says how large it is, and what it can do', () => {
  expect([device.read(REGISTER.config), device.read(REGISTER.config + 4)]).toEqual([SECTORS, 0])
  expect(device.read(REGISTER.config, 8)).toBe(SECTORS)
  expect(device.read(REGISTER.config + 20)).toBe(512)
  expect([device.read(REGISTER.config + 24, 1), device.read(REGISTER.config + 26, 2)]).toEqual([3, 8])
  const { flush, discard, writeZeroes, readOnly } = FEATURES
  expect(device.offered & (flush | discard | writeZeroes | readOnly)).toBe(flush | discard | writeZeroes)
})

describe('reads and writes', () => {
  test('one sector, and several, in buffers of any size', () => {
    expect(ask([header(IN, 3)], [512])).toEqual({ status: OK, written: 513, data: sectors(3, 1) })
    expect(ask([header(IN, 9)], [100, 1, 923])).toEqual({ status: OK, written: 1025, data: sectors(9, 2) })
    const data = Buffer.alloc(1024, 0x5a)
    expect(ask([header(OUT, 5).subarray(0, 7), header(OUT, 5).subarray(7), data], [])).toMatchObject({
      status: OK,
      written: 1,
    })
    expect(sectors(5, 2)).toEqual(data)
  })

  test('a header and its data in one buffer', () => {
    expect(ask([Buffer.concat([header(OUT, 1), Buffer.alloc(512, 7)])], [])).toMatchObject({ status: OK })
    expect(sectors(1, 1)).toEqual(Buffer.alloc(512, 7))
  })

  test('a sector whose bytes no 64 bits count', () => {
    for (const sector of [2 ** 55, 2 ** 55 + 8, 2 ** 63]) expect(ask([header(IN, sector)], [512]).status).toBe(IOERR)
    expect(ask([header(OUT, 2 ** 55), Buffer.alloc(512)], []).status).toBe(IOERR)
  })

  test('more than one exit may copy', () => {
    const vmm = new FakeVmm({ slots: [BLOCK], ram: 0x10_0000, disks: [disk], fueled: true })
    device = new VirtioDriver(vmm).start(1, { size: 16 })
    const queue = device.queues[0]!
    // The whole disk, 512 KiB, into RAM above the queue.
    const at = 0x4006_0000
    const [head, status] = [queue.room(16), queue.room(1)]
    vmm.ram.bytes.set(header(IN, 0), queue.at(head))
    queue.describe(queue.table, 0, head, 16, 1, 1)
    queue.describe(queue.table, 1, at, SECTORS * 512, 3, 2)
    queue.describe(queue.table, 2, status, 1, 2)
    vmm.holdsKicks = true
    queue.offer(0)
    queue.notify()
    expect(queue.collect()).toEqual([])
    vmm.holdsKicks = false
    vmm.service()
    expect(queue.collect()).toMatchObject([{ id: 0, written: SECTORS * 512 + 1 }])
    expect(vmm.ram.bytes.subarray(queue.at(at), queue.at(at) + SECTORS * 512).equals(disk.bytes)).toBe(true)
    expect(vmm.ram.bytes[queue.at(status)]).toBe(OK)
  })

  test.each([
    ['beyond the end', [header(IN, SECTORS)], [512]],
    ['across the end', [header(IN, SECTORS - 1)], [1024]],
    ['at a sector that wraps', [header(IN, 2 ** 55)], [512]],
    ['of part of a sector', [header(IN, 0)], [500]],
    ['that the disk fails at', [header(IN, 40)], [512]],
    ['with part of a header', [header(IN).subarray(0, 15)], [512]],
    ['written beyond the end', [header(OUT, SECTORS), Buffer.alloc(512)], []],
  ] as const)('%s are errors', (_, read, write) => {
    disk.broken = new Set([40])
    const before = Buffer.from(disk.bytes)
    expect(ask([...read], [...write]).status).toBe(IOERR)
    expect(disk.bytes.equals(before)).toBe(true)
    expect(ask([header(IN, 0)], [512]).status).toBe(OK)
  })
})

test('a flush has nothing to do; an id; types that nobody knows', () => {
  expect(ask([header(FLUSH)], [])).toMatchObject({ status: OK, written: 1 })
  const { data, status } = ask([header(GET_ID)], [20])
  expect([status, data.toString('latin1').replace(/\0+$/, '')]).toEqual([OK, 'bulkhead-0'])
  expect(ask([header(GET_ID)], [19]).status).toBe(IOERR)
  expect(ask([header(99)], [512]).status).toBe(UNSUPP)
})

describe('ranges', () => {
  test('are discarded and zeroed', () => {
    expect(ask([header(WRITE_ZEROES), range(8, 300)], []).status).toBe(OK)
    expect(sectors(8, 300).every((byte) => byte === 0)).toBe(true)
    expect(ask([header(DISCARD), range(400, 8)], []).status).toBe(OK)
    expect(ask([header(WRITE_ZEROES), range(0, 8, 1)], []).status).toBe(OK)
  })

  test.each([
    ['beyond the end', WRITE_ZEROES, range(SECTORS - 1, 2), IOERR],
    ['that wrap', DISCARD, range(2 ** 55, 8), IOERR],
    ['two at once', DISCARD, Buffer.concat([range(0, 8), range(8, 8)]), IOERR],
    ['half of one', DISCARD, range(0, 8).subarray(8), IOERR],
    ['with flags that nobody knows', WRITE_ZEROES, range(0, 8, 2), UNSUPP],
    ['to be discarded and unmapped', DISCARD, range(0, 8, 1), UNSUPP],
  ])('%s are refused', (_, type, data, status) => {
    const before = Buffer.from(disk.bytes)
    expect(ask([header(type), data], []).status).toBe(status)
    expect(disk.bytes.equals(before)).toBe(true)
  })
})

test('a read-only disk says so, and is not written', () => {
  start({ readOnly: true })
  expect(device.offered & (FEATURES.readOnly | FEATURES.discard | FEATURES.writeZeroes)).toBe(FEATURES.readOnly)
  expect(ask([header(OUT, 0), Buffer.alloc(512)], []).status).toBe(IOERR)
  expect(ask([header(WRITE_ZEROES), range(0, 8)], []).status).toBe(IOERR)
  expect(ask([header(IN, 0)], [512]).status).toBe(OK)
})

test('a request without a byte for its answer breaks the device down', () => {
  device.queues[0]!.add({ read: [header(FLUSH)] })
  device.queues[0]!.notify()
  expect(device.status & STATUS.needsReset).toBe(STATUS.needsReset)
})

test('each device has the disk of its place in the list', () => {
  const disks = [{ bytes: Buffer.alloc(4096, 1) }, { bytes: Buffer.alloc(8192, 2) }]
  const vmm = new FakeVmm({ slots: [BLOCK, 4, BLOCK], ram: 0x8_0000, disks })
  expect([0, 2].map((slot) => new VirtioDriver(vmm, slot).read(REGISTER.config))).toEqual([8, 16])
  device = new VirtioDriver(vmm, 2).start(1)
  expect(ask([header(IN, 0)], [512]).data).toEqual(Buffer.alloc(512, 2))
})
