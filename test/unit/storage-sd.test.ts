/** The board's disk is an SD card: how it is found, and what becomes of requests and errors. Physical Layer Simplified Specification,
 * "Card Initialization and Identification"; SD Host Controller Simplified Specification, "Not using DMA". */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  CAN_WRITE,
  DRIVER_SDHCI,
  HAS_DMA,
  VOLUME_FLUSH,
  VOLUME_READ,
  VOLUME_WRITE,
  VOLUME_ZERO,
} from '../../src/abi/storage.ts'
import { gpt } from '../fake/partition-table.ts'
import { SdHost, type SdHostOptions } from '../fake/sd-host.ts'
import { FakeStorage } from '../fake/storage.ts'

const SECTORS = 8192
/** What the host calls its memory: as old steppings of Raspberry Pi 4's chip do. */
const LOW = 0xc800_0000n
const PATTERN = Buffer.from(Array.from({ length: SECTORS * 512 }, (_, i) => (i >>> 9) ^ i))

let host: SdHost
let storage: FakeStorage

function start(options: Partial<SdHostOptions> = {}, { clock = 0, speed = 0, dma = LOW } = {}): number {
  host = new SdHost({ disk: Buffer.from(PATTERN), ...options })
  storage = new FakeStorage(host, { isCoherent: false, dma })
  return storage.call.init(DRIVER_SDHCI, 1_000_000n, BigInt(clock) | (BigInt(speed) << 32n))
}

/** Interrupts until the request is over; what it says. */
function settle(): [number, boolean][] {
  for (let i = 0; i < 1000 && host.hasInterrupt; i++) storage.call.interrupt()
  return storage.done.splice(0)
}

/** The buffer of a request has what the card had in `count` sectors from `sector` on. */
function holds(ticket: number, sector: number, count: number): boolean {
  const wanted = PATTERN.subarray(sector * 512, (sector + count) * 512)
  return storage.buffer(ticket).subarray(0, wanted.length).equals(wanted)
}

beforeEach(() => void start())

describe('a card is found', () => {
  test('at the clock of identification, then four lines at high speed', () => {
    expect(start()).toBe(1)
    expect(host.log).toEqual([0, 8, 55, 141, 55, 141, 55, 141, 2, 3, 9, 7, 16, 55, 106, 6])
    expect(host.clock).toBeLessThanOrEqual(50_000_000)
    expect(host.clock).toBeGreaterThan(25_000_000)
    expect(host.control & 6).toBe(6)
    expect(storage.call.capacity()).toBe(BigInt(SECTORS))
    expect(storage.call.abilities()).toBe(CAN_WRITE)
  })

  test('of low capacity, which counts in bytes', () => {
    expect(start({ isHighCapacity: false })).toBe(1)
    expect(storage.call.capacity()).toBe(BigInt(SECTORS))
    storage.submit(1, VOLUME_READ, 100, 2)
    expect(settle()).toEqual([[1, true]])
    expect(holds(1, 100, 2)).toBe(true)
  })

  test('without high speed stays at 25 MHz, and by the clock that the board states where the host says none', () => {
    expect(start({ highSpeed: false, baseClock: 0 }, { clock: 100_000_000 })).toBe(1)
    expect(host.clock).toBe(25_000_000)
    expect(host.control & 6).toBe(2)
  })

  test('no faster than the board allows, by the clock that it states, whatever the host says', () => {
    expect(start({ baseClock: 100 }, { clock: 200_000_000, speed: 25_000_000 })).toBe(1)
    expect(host.clock * 2).toBe(25_000_000) // the pretended host has 100 MHz where the board states 200
    expect(host.control & 6).toBe(2)
    expect(host.log).not.toContain(6)
  })

  test('or not: no card, and no clock', () => {
    expect(start({ hasCard: false })).toBe(0)
    expect(start({ baseClock: 0 })).toBe(0)
  })

  test('with its partitions', () => {
    start({ disk: gpt(SECTORS, [{ name: 'root', first: 64, last: 127 }]) })
    expect(storage.call.readTable()).toBe(1)
    expect(storage.partitions()).toEqual({ 1: { start: 64, sectors: 64, name: 'root' } })
  })
})

test('blocks go through the buffer, one of them at an interrupt', () => {
  storage.submit(3, VOLUME_READ, 200, 32)
  expect(settle()).toEqual([[3, true]])
  expect(holds(3, 200, 32)).toBe(true)
  storage.buffer(2).fill(0x77)
  storage.submit(2, VOLUME_WRITE, SECTORS - 32, 32)
  expect(settle()).toEqual([[2, true]])
  expect(host.disk.subarray((SECTORS - 32) * 512).every((byte) => byte === 0x77)).toBe(true)
  storage.submit(2, VOLUME_WRITE, 5, 1)
  expect(settle()).toEqual([[2, true]])
  expect(host.log.slice(-3)).toEqual([18, 25, 24])
})

describe('a host with ADMA2 moves the data itself', () => {
  beforeEach(() => void start({ adma: true }))

  test('behind the caches, and interrupts once a request', () => {
    expect(storage.call.abilities()).toBe(CAN_WRITE | HAS_DMA)
    storage.buffer(3).fill(0x11) // dirty lines
    storage.submit(3, VOLUME_READ, 200, 32)
    storage.call.interrupt()
    expect(storage.done.splice(0)).toEqual([[3, true]])
    expect(holds(3, 200, 32)).toBe(true)
    storage.buffer(2).fill(0x77)
    storage.submit(2, VOLUME_WRITE, SECTORS - 32, 32)
    storage.call.interrupt()
    expect(storage.done.splice(0)).toEqual([[2, true]])
    expect(host.disk.subarray((SECTORS - 32) * 512).every((byte) => byte === 0x77)).toBe(true)
    storage.submit(2, VOLUME_WRITE, 5, 1)
    storage.call.interrupt()
    expect(storage.done.splice(0)).toEqual([[2, true]])
    expect(host.mastered).toBe(65 * 512)
    expect(host.hasInterrupt).toBe(false)
  })

  test('the partition table too', () => {
    start({ adma: true, disk: gpt(SECTORS, [{ name: 'root', first: 64, last: 127 }]) })
    expect(storage.call.readTable()).toBe(1)
    expect(storage.partitions()).toEqual({ 1: { start: 64, sectors: 64, name: 'root' } })
    expect(host.mastered).toBeGreaterThan(0)
  })

  test.each([
    ['that it does not reach', 2n ** 64n - 1n],
    ['beyond its descriptors', 0x1_0000_0000n],
    ['partly beyond them', 0xffff_0000n],
  ])('but not with memory %s: then a core does', (_, dma) => {
    start({ adma: true }, { dma })
    expect(storage.call.abilities()).toBe(CAN_WRITE)
    storage.submit(1, VOLUME_READ, 50, 2)
    expect(settle()).toEqual([[1, true]])
    expect(holds(1, 50, 2)).toBe(true)
    expect(host.mastered).toBe(0)
  })

  test.each([
    ['a CRC that is wrong', () => (host.failures = 1)],
    ['its own error', () => (host.admaFailures = 1)],
  ])('after %s once more', (_, spoil) => {
    spoil()
    storage.submit(1, VOLUME_READ, 50, 8)
    expect(settle()).toEqual([[1, true]])
    expect(host.mastered).toBe(8 * 512)
    expect(host.log.filter((number) => number === 18)).toHaveLength(2)
  })

  test('and where that fails again, a core does: of this request', () => {
    host.admaFailures = 2
    storage.submit(1, VOLUME_READ, 50, 8)
    expect(settle()).toEqual([[1, true]])
    expect(host.mastered).toBe(0)
    expect(holds(1, 50, 8)).toBe(true)
    storage.submit(1, VOLUME_READ, 50, 8)
    expect(settle()).toEqual([[1, true]])
    expect(host.mastered).toBe(8 * 512)
  })

  test('that cannot be stopped is not left with memory: the service begins anew, which resets the host', () => {
    host.isStuck = true
    host.isMute = true
    expect(() => {
      storage.submit(1, VOLUME_READ, 50, 8)
      storage.call.interrupt()
    }).toThrow(WebAssembly.RuntimeError)
  })

  test('never beyond a request’s buffer, whatever core says', () => {
    expect(() => storage.submit(16, VOLUME_READ, 0, 1)).toThrow(WebAssembly.RuntimeError)
    start({ adma: true })
    expect(() => storage.submit(0, VOLUME_READ, 0, 33)).toThrow(WebAssembly.RuntimeError)
    start({ adma: true })
    expect(() => storage.submit(0, VOLUME_READ, 0, 0)).toThrow(WebAssembly.RuntimeError)
  })
})

test('a flush has nothing to wait for: a write is over when the card has put it away', () => {
  storage.submit(0, VOLUME_FLUSH, 0, 0)
  expect(storage.done.splice(0)).toEqual([[0, true]])
})

describe('errors', () => {
  test('are tried again, from the first block on', () => {
    host.failures = 2
    storage.submit(1, VOLUME_READ, 50, 8)
    expect(settle()).toEqual([[1, true]])
    expect(holds(1, 50, 8)).toBe(true)
    expect(host.log.filter((number) => number === 18)).toHaveLength(3)
    expect(host.log.filter((number) => number === 12)).toHaveLength(2)
  })

  test('that stay are told, and the next request is served', () => {
    host.failures = 3
    storage.submit(1, VOLUME_WRITE, 50, 8)
    expect(settle()).toEqual([[1, false]])
    storage.submit(1, VOLUME_READ, 50, 1)
    expect(settle()).toEqual([[1, true]])
  })

  test('of a card that is gone end every request', () => {
    host.isMute = true
    for (let i = 0; i < 3; i++) {
      storage.submit(1, VOLUME_READ, 50, 8)
      expect(settle()).toEqual([[1, false]])
    }
  })
})

test('core is not believed: no request that a card has not, no two at once', () => {
  expect(() => storage.submit(0, VOLUME_ZERO, 0, 1)).toThrow(WebAssembly.RuntimeError)
  start()
  storage.submit(0, VOLUME_READ, 0, 1)
  expect(() => storage.submit(1, VOLUME_READ, 0, 1)).toThrow(WebAssembly.RuntimeError)
})
