/** Disks on the board's storage: who has which part, whose turn it is, and what a VM that ends leaves behind. */
import { describe, expect, test } from 'vitest'
import { WINDOW_DMA } from '../../src/abi/layout.ts'
import { FIGURE_DISK_READ, FIGURE_DISK_WRITTEN } from '../../src/abi/life.ts'
import {
  CAN_WRITE,
  VOLUME_BUFFER,
  VOLUME_FLUSH,
  VOLUME_RANGE_MOST,
  VOLUME_READ,
  VOLUME_TICKETS,
  VOLUME_WRITE,
  VOLUME_ZERO,
} from '../../src/abi/storage.ts'
import { ask, ON_CRASH, RESET, stop } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import { StoredBoard, type StoredOptions } from '../fake/stored.ts'

const NONE = 0xffff_ffff
const TWO: StoredOptions['vms'] = {
  alpha: { disks: [{ name: 'one' }], restart: ON_CRASH },
  beta: { cores: [1], disks: [{ partition: 2 }] },
}
const board = (options: Partial<StoredOptions> = {}) => new StoredBoard({ vms: TWO, ...options })
const frames = (stored: StoredBoard, vm: number) =>
  stored
    .vmm(vm)
    .fresh()
    .filter(([name]) => name === 'frames').length

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  test('boot finds each partition, and says so', () => {
    const stored = board({ gic })
    expect(stored.lines).toContain("bulkhead | VM 'alpha' has its disk 0, partition 'one': 500 KiB")
    expect(stored.lines).toContain("bulkhead | VM 'beta' has its disk 0, partition 2: 250 KiB")
    expect([stored.ask(0, 'diskSize', 0), stored.ask(1, 'diskSize', 0)]).toEqual([512_000, 256_000])
    expect(stored.source).toMatchObject({ enabled: true, active: false })
  })

  test('a request goes to the device and comes back with its interrupt, to its VM alone', () => {
    const stored = board({ gic })
    const ticket = stored.submit(1, VOLUME_READ, 7, 3)!
    expect(stored.submitted).toEqual([
      { ticket: VOLUME_TICKETS + ticket, request: VOLUME_READ, sector: 1107, count: 3 },
    ])
    expect(stored.take(1)).toEqual([])
    stored.finish()
    expect([frames(stored, 0), frames(stored, 1)]).toEqual([0, 1])
    expect(stored.take(1)).toEqual([[ticket, true]])
    expect(stored.source.active).toBe(false)
  })
})

describe('the data of a request', () => {
  test('goes between its buffer and its own VM’s RAM, as long as the request is the compartment’s', () => {
    const stored = board()
    const { physical } = stored.machine
    const ticket = stored.claim(0)!
    physical.write(stored.ram(0, MiB), Buffer.from('from the guest'))
    expect(stored.ask(0, 'volumeFill', 0, ticket, 100, BigInt(RAM + MiB), 14)).toBe(1)
    expect(physical.read(stored.buffer(0, ticket) + 100, 14).toString()).toBe('from the guest')
    expect(stored.ask(0, 'volumeEmpty', 0, ticket, 105, BigInt(RAM + 2 * MiB), 9)).toBe(1)
    expect(physical.read(stored.ram(0, 2 * MiB), 9).toString()).toBe('the guest')
    const figures = [FIGURE_DISK_READ, FIGURE_DISK_WRITTEN].map((which) => stored.ask(0, 'vmFigure', 0, which))
    expect(figures).toEqual([9, 14])
    expect(stored.ask(0, 'volumeClear', 0, ticket, 105)).toBe(1)
    expect(physical.read(stored.buffer(0, ticket) + 100, 9).toString('latin1')).toBe('\0\0\0\0\0the ')
    stored.ask(0, 'volumeSubmit', 0, ticket, VOLUME_READ, 0n, 1)
    expect(stored.ask(0, 'volumeFill', 0, ticket, 0, BigInt(RAM + MiB), 1)).toBe(0)
    stored.finish()
    expect(stored.ask(0, 'volumeFill', 0, ticket, 0, BigInt(RAM + MiB), 1)).toBe(0)
  })

  test.each([
    ['outside of RAM', 0, 0, 0, RAM + 4 * MiB - 1, 2],
    ['below it', 0, 0, 0, RAM - 1, 1],
    ['beyond the buffer', 0, 0, VOLUME_BUFFER - 1, RAM, 2],
    ['far beyond it', 0, 0, 0xffff_ffff, RAM, 1],
    ['of a request that was not claimed', 0, 1, 0, RAM, 1],
    ['of one that there is not', 0, VOLUME_TICKETS, 0, RAM, 1],
    ['of a disk that the VM has not', 1, 0, 0, RAM, 1],
  ])('%s goes nowhere', (_, disk, ticket, at, ipa, size) => {
    const stored = board()
    expect(stored.claim(0)).toBe(0)
    for (const name of ['volumeFill', 'volumeEmpty']) {
      expect(stored.ask(0, name, disk, ticket, at, BigInt(ipa), size)).toBe(0)
    }
  })

  test('lies where the service and the device reach it', () => {
    const stored = board()
    const window = 20 * 2 ** 33 + WINDOW_DMA
    expect(stored.machine.mmu.translate(window, 'write')).toBe(stored.dma)
    expect(stored.machine.mmu.walk(window - 1)).toBeUndefined()
    const size = 0x4000 + 2 * VOLUME_TICKETS * VOLUME_BUFFER
    expect(stored.machine.mmu.walk(window + size)).toBeUndefined()
  })
})

describe('what a compartment may ask', () => {
  test.each([
    ['beyond its partition', VOLUME_READ, 1000, 1],
    ['across its end', VOLUME_WRITE, 999, 2],
    ['at a sector that wraps', VOLUME_READ, 2 ** 53 * 2047, 1],
    ['of nothing', VOLUME_READ, 0, 0],
    ['of more than a buffer', VOLUME_READ, 0, 33],
    ['of more than a range', VOLUME_ZERO, 0, VOLUME_RANGE_MOST + 1],
    ['of no kind', 5, 0, 1],
    ['of no kind at all', 0xffff_ffff, 0, 1],
  ])('no request %s', (_, request, sector, count) => {
    const stored = board()
    expect(stored.submit(0, request, sector, count)).toBeUndefined()
    expect(stored.submitted).toEqual([])
  })

  test('a request is submitted once', () => {
    const stored = board()
    const ticket = stored.submit(0, VOLUME_READ, 0)!
    expect(stored.ask(0, 'volumeSubmit', 0, ticket, VOLUME_READ, 0n, 1)).toBe(0)
    expect(stored.submitted).toHaveLength(1)
  })

  test('a read-only partition is read, and flushed', () => {
    const stored = board({ vms: { alpha: { disks: [{ name: 'one', readOnly: true }] } } })
    expect(stored.lines.join('\n')).toMatch(/'one': 500 KiB, read-only/)
    expect([stored.ask(0, 'volumeAbilities', 0) & CAN_WRITE, stored.ask(0, 'diskWritable', 0)]).toEqual([0, 0])
    expect(stored.submit(0, VOLUME_WRITE, 0)).toBeUndefined()
    expect(stored.submit(0, VOLUME_ZERO, 0)).toBeUndefined()
    expect(stored.submit(0, VOLUME_READ, 0)).toBeDefined()
    expect(stored.submit(0, VOLUME_FLUSH, 0, 0)).toBeDefined()
  })

  test('a VM has its own disks only, and those in RAM know nothing of these', () => {
    const stored = board()
    expect([stored.ask(0, 'volumeAbilities', 1), stored.ask(0, 'volumeClaim', 1)]).toEqual([NONE, NONE])
    expect(stored.ask(0, 'diskRead', 0, 0n, BigInt(RAM), 512)).toBe(0)
    expect(stored.ask(0, 'diskWrite', 0, 0n, BigInt(RAM), 512)).toBe(0)
    expect(stored.ask(0, 'diskZero', 0, 0n, 512)).toBe(0)
  })
})

describe('turns', () => {
  test('one request of each disk, and no more at once than the device takes', () => {
    const stored = board({ depth: 2 })
    for (let i = 0; i < VOLUME_TICKETS; i++) stored.submit(0, VOLUME_READ, i)
    expect(stored.claim(0)).toBeUndefined()
    for (let i = 0; i < 3; i++) stored.submit(1, VOLUME_READ, i)
    const order: number[] = []
    while (stored.submitted.length) {
      expect(stored.submitted.length).toBeLessThanOrEqual(2)
      order.push(stored.submitted[0]!.sector)
      stored.finish()
    }
    expect(order).toEqual([100, 101, 1100, 102, 1101, 103, 1102, 104, 105, 106, 107])
  })
})

describe('a VM that ends', () => {
  test('leaves nothing behind; its next life waits until the device has done with what was on its way', () => {
    const stored = board({ depth: 1 })
    stored.submit(0, VOLUME_WRITE, 1)
    stored.submit(0, VOLUME_WRITE, 2)
    stored.claim(0)
    ask(stored.machine, stop(RESET))
    expect(stored.submitted.map(({ sector }) => sector)).toEqual([101])
    expect(stored.claim(0)).toBeUndefined()
    stored.vmm(0).fresh()
    stored.finish()
    expect(frames(stored, 0)).toBe(1)
    expect([stored.take(0), stored.submitted]).toEqual([[], []])
    expect(stored.claim(0)).toBe(0)
  })

  test('as a driver that resets its device', () => {
    const stored = board()
    stored.submit(0, VOLUME_READ, 1)
    stored.ask(0, 'volumeForget', 0)
    expect(stored.claim(0)).toBeUndefined()
    stored.finish()
    expect(stored.take(0)).toEqual([])
    expect(stored.claim(0)).toBe(0)
    stored.ask(0, 'volumeForget', 7)
  })
})
