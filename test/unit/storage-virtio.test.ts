/** The board's disk behind a virtio device: requests, what fails, and a device that lies. Virtio 1.2, "Block Device". */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  CAN_DISCARD,
  CAN_WRITE,
  CAN_ZERO,
  HAS_DMA,
  VOLUME_DISCARD,
  VOLUME_FLUSH,
  VOLUME_RANGE_MOST,
  VOLUME_READ,
  VOLUME_WRITE,
  VOLUME_ZERO,
} from '../../src/abi/storage.ts'
import { BLOCK_FEATURE, type PhysicalOptions } from '../fake/physical-virtio.ts'
import { FakeStorage } from '../fake/storage.ts'

const SECTORS = 2048
const { readOnly, flush, version1, discard } = BLOCK_FEATURE
const TRAP = WebAssembly.RuntimeError
const PATTERN = Buffer.from(Array.from({ length: SECTORS * 512 }, (_, i) => (i >>> 9) ^ i))
const pattern = () => Buffer.from(PATTERN)

let storage: FakeStorage

function start(options: Partial<PhysicalOptions> = {}, more?: { isCoherent: boolean }): number {
  storage = new FakeStorage({ disk: pattern(), ...options }, more)
  return storage.init()
}

beforeEach(() => void start())

test('is ready after its reset, and says what it can do', () => {
  expect(start()).toBe(16)
  expect(storage.device.resets).toBe(1)
  expect(storage.call.capacity()).toBe(BigInt(SECTORS))
  expect(storage.call.abilities()).toBe(HAS_DMA | CAN_WRITE | CAN_DISCARD | CAN_ZERO)
  start({ features: version1 | readOnly })
  expect(storage.call.abilities()).toBe(HAS_DMA)
  start({ features: version1 })
  expect(storage.call.abilities()).toBe(HAS_DMA | CAN_WRITE)
})

test('takes no more requests than the queue has room for', () => {
  expect(start({ queueMost: 8 })).toBe(2)
  expect(start({ queueMost: 65 })).toBe(16)
  expect(start({ queueMost: 3 })).toBe(0)
  expect(start({ queueMost: 0 })).toBe(0)
})

test('a device that is none of ours, or does not end its reset, is not used', () => {
  expect(start({ features: flush })).toBe(0)
  storage = new FakeStorage({ disk: pattern() })
  storage.device.isStuck = true
  expect(storage.init()).toBe(0)
})

test('reads and writes what the disk has there', () => {
  storage.submit(3, VOLUME_READ, 100, 32)
  expect(storage.interrupt()).toEqual([[3, true]])
  expect(storage.buffer(3).equals(storage.device.disk.subarray(100 * 512, 132 * 512))).toBe(true)
  storage.buffer(1).fill(0x77)
  storage.submit(1, VOLUME_WRITE, SECTORS - 2, 2)
  expect(storage.interrupt()).toEqual([[1, true]])
  expect(storage.device.disk.subarray(-1024).every((byte) => byte === 0x77)).toBe(true)
  expect(storage.device.disk[(SECTORS - 2) * 512 - 1]).not.toBe(0x77)
})

test('flushes by the device, or has nothing to do where it does not cache', () => {
  storage.submit(0, VOLUME_FLUSH, 0, 0)
  expect(storage.interrupt()).toEqual([[0, true]])
  expect(storage.device.log).toEqual([[4, 0, 0]])
  start({ features: version1 })
  storage.submit(0, VOLUME_FLUSH, 0, 0)
  expect(storage.done).toEqual([[0, true]])
  expect(storage.device.log).toEqual([])
})

test('discards and zeroes ranges; of a discard as much as the device takes at once', () => {
  storage.submit(0, VOLUME_ZERO, 8, 1000)
  expect(storage.interrupt()).toEqual([[0, true]])
  expect(storage.device.disk.subarray(8 * 512, 1008 * 512).every((byte) => byte === 0)).toBe(true)
  start({ discardMost: 64 })
  storage.submit(0, VOLUME_DISCARD, 8, 1000)
  expect(storage.interrupt()).toEqual([[0, true]])
  expect(storage.device.log).toEqual([[11, 8, 64]])
  start({ zeroMost: VOLUME_RANGE_MOST - 1, features: version1 | discard | BLOCK_FEATURE.writeZeroes })
  expect(storage.call.abilities() & CAN_ZERO).toBe(0)
})

test('what fails on the disk fails, and nothing else', () => {
  storage.device.broken.add(50)
  storage.submit(0, VOLUME_READ, 50, 1)
  storage.submit(1, VOLUME_READ, 51, 1)
  expect(storage.interrupt()).toEqual([
    [0, false],
    [1, true],
  ])
})

test('answers come in any order', () => {
  storage.device.isSlow = true
  for (let i = 0; i < 16; i++) storage.submit(15 - i, i % 2 ? VOLUME_WRITE : VOLUME_READ, i * 32, 32)
  expect(storage.interrupt()).toEqual([])
  storage.device.answer(9)
  storage.device.answer(0)
  expect(storage.interrupt()).toEqual([
    [6, true],
    [15, true],
  ])
  storage.submit(6, VOLUME_READ, 7, 1)
  while (storage.device.taken.length) storage.device.answer(storage.device.taken.length - 1)
  expect(storage.interrupt().map(([ticket]) => ticket)).toHaveLength(15)
})

test('the queue goes round and round', () => {
  for (let i = 0; i < 70_000; i++) {
    storage.submit(i % 16, VOLUME_READ, i % SECTORS, 1)
    if (storage.interrupt().length !== 1) throw new Error(`request ${i} was lost`)
  }
  expect(storage.device.log.at(-1)).toEqual([0, 69_999 % SECTORS, 1])
})

describe('a device that lies', () => {
  beforeEach(() => {
    storage.device.isSlow = true
    storage.submit(2, VOLUME_READ, 0, 1)
  })

  test.each([
    ['of a chain that it does not have', 4, 1, 1],
    ['of a descriptor within a chain', 1, 1, 1],
    ['of one that the queue does not have', 64, 1, 1],
    ['of one that cannot be', 0xffff_fff0, 1, 1],
    ['that it wrote more than there was room for', 0, 514, 1],
    ['that it wrote 4 GiB', 0, 0xffff_ffff, 1],
    ['that it answered more than it was asked', 0, 513, 65],
    ['and goes backwards', 0, 513, 0xffff],
  ])('%s is taken out of service', (_, head, written, steps) => {
    storage.device.lie(head, written, steps)
    expect(() => storage.interrupt()).toThrow(TRAP)
    expect(storage.done).toEqual([])
  })

  test('by answering twice', () => {
    storage.device.lie(0, 513)
    expect(storage.interrupt()).toEqual([[2, false]])
    storage.device.lie(0, 513)
    expect(() => storage.interrupt()).toThrow(TRAP)
  })

  test('by an answer that it did not write, which is an error', () => {
    storage.device.lie(0, 0)
    expect(storage.interrupt()).toEqual([[2, false]])
  })

  test('and one that breaks down and says so', () => {
    storage.device.breakDown()
    expect(() => storage.interrupt()).toThrow(TRAP)
  })
})

test('core is not believed either: no request beyond the buffers or larger than one', () => {
  expect(() => storage.submit(16, VOLUME_READ, 0, 1)).toThrow(TRAP)
  expect(() => storage.submit(0, VOLUME_READ, 0, 33)).toThrow(TRAP)
  expect(() => storage.submit(0, VOLUME_ZERO, 0, VOLUME_RANGE_MOST + 1)).toThrow(TRAP)
})

test('whoever begins anew resets the device first', () => {
  storage.device.isSlow = true
  storage.submit(0, VOLUME_WRITE, 0, 32)
  expect(storage.init()).toBe(16)
  expect(storage.device.resets).toBe(2)
  expect(storage.device.taken).toEqual([])
})

test('caches are left alone for a device that sees them; else all that changes sides is cleaned', () => {
  storage.submit(0, VOLUME_READ, 0, 32)
  storage.interrupt()
  expect(storage.cleaned).toEqual([])
  start({}, { isCoherent: false })
  storage.cleaned.length = 0
  storage.submit(1, VOLUME_READ, 0, 32)
  const before = [...storage.cleaned]
  storage.interrupt()
  const at = storage.buffer(1).byteOffset
  const covers = ([from, size]: [number, number]) => from <= at && from + size >= at + 0x4000
  expect(before.some(covers)).toBe(true)
  expect(storage.cleaned.slice(before.length).some(covers)).toBe(true)
  expect(storage.buffer(1).equals(pattern().subarray(0, 0x4000))).toBe(true)
})
