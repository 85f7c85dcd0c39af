/** The board's storage at boot: which disk, which partitions, and what becomes of VMs whose disk is not there. */
import { describe, expect, test } from 'vitest'
import { CAN_WRITE, DRIVER_SDHCI, HAS_DMA } from '../../src/abi/storage.ts'
import { GiB, wide } from '../fake/board.ts'
import { SLOTS_PA } from '../fake/devices.ts'
import { SLOT, StoredBoard, type StoredOptions } from '../fake/stored.ts'
import type { Node } from '../fake/tree.ts'

const NONE = 0xffff_ffff
const TWO: StoredOptions['vms'] = {
  alpha: { disks: [{ name: 'one' }] },
  beta: { cores: [1], disks: [{ partition: 2 }] },
}
const board = (options: Partial<StoredOptions> = {}) => new StoredBoard({ vms: TWO, ...options })

describe('a VM whose disk is not there does not start, the others do', () => {
  const whole = { alpha: { disks: [{}] }, beta: { cores: [1], disks: [{ partition: 2 }] } }
  const cases: [string, Partial<StoredOptions>, RegExp][] = [
    ['no such name', { partitions: { 2: { start: 9, sectors: 9 } } }, /'one': the disk has no such partition/],
    ['beyond the end', { partitions: { 1: { start: 9999, sectors: 2, name: 'one' } } }, /reaches beyond the end/],
    ['no disk', { slot: null }, /the board has no such disk/],
    ['legacy', { slot: { type: 2, version: 1 } }, /legacy virtio device: QEMU needs -global virtio-mmio.force-legacy/],
    ['another device', { slot: { type: 1 } }, /the board has no such disk/],
    ['a disk that does not work', { depth: 0 }, /the disk does not work/],
  ]
  test.each(cases)('%s', (_, options, said) => {
    const stored = board({ vms: { ...TWO, gamma: { cores: [2], disks: [], virtio: [] } }, ...options })
    expect(stored.lines.filter((line) => /VM 'alpha' cannot start: its disk 0/.test(line)).join()).toMatch(said)
    expect(stored.machine.vcpuOn(0)).toBeUndefined()
    expect(stored.machine.vcpuOn(2)).toBeDefined()
  })

  test('two that would share what one of them writes', () => {
    const stored = board({ vms: whole })
    expect(stored.machine.vcpuOn(0)).toBeDefined()
    expect(stored.lines.join('\n')).toMatch(
      /VM 'beta' cannot start: its disk 0, partition 2: a partition of another VM/,
    )
  })

  test('a name and a number of one partition are one partition', () => {
    const stored = board({
      vms: { alpha: { disks: [{ name: 'one' }] }, beta: { cores: [1], disks: [{ partition: 1 }] } },
    })
    expect(stored.machine.vcpuOn(1)).toBeUndefined()
  })

  test('several may read', () => {
    const disks = [{ partition: 1, readOnly: true }]
    const stored = board({ vms: { alpha: { disks }, beta: { cores: [1], disks } } })
    expect([stored.machine.vcpuOn(0), stored.machine.vcpuOn(1)]).not.toContain(undefined)
  })
})

describe('what an SD host calls memory, the board’s DTB says', () => {
  const node = (ranges: number[] | undefined, rest: Node): Node => ({
    '#address-cells': [2],
    '#size-cells': [1],
    ranges: [0, 0x7e00_0000, ...wide(SLOTS_PA), 0x10_0000],
    ...(ranges && { 'dma-ranges': ranges }),
    ...rest,
  })
  const inner = (ranges?: number[]): Node => ({
    '#address-cells': [1],
    '#size-cells': [1],
    ranges: [0x5000, 0, 0x7e00_0000, 0x1000],
    ...(ranges && { 'dma-ranges': ranges }),
    'mmc@5000': { reg: [0x5000, 0x100] },
  })
  const started = (bus?: Node, more: Node = {}, options: Partial<StoredOptions> = {}) => {
    const storage = { driver: [DRIVER_SDHCI], reg: [...wide(SLOTS_PA), ...wide(0x1000)], interrupts: [48, 0], ...more }
    const bend = (tree: Node) => void (bus && Object.assign(tree, { bus }))
    const stored = board({ storage, slot: null, bend, ...options })
    const address = stored.dma
    return { address, said: stored.lines.find((line) => /the board's disk/.test(line)) }
  }
  const named = { node: '/bus/inner/mmc@5000' }
  const plain = started().address
  const whole = (to: number) => [...wide(to), ...wide(GiB), GiB]

  test.each<[string, Node, number]>([
    ['nothing of it: what the CPU calls it', node(undefined, { inner: inner() }), 0],
    ['the same', node([], { inner: inner([]) }), 0],
    ['an alias', node(whole(0xc000_0000), { inner: inner() }), 0xc000_0000 - GiB],
    ['an alias of an alias', node(whole(0x2000_0000), { inner: inner([0x10, ...wide(0x2000_0000), GiB]) }), 0x10 - GiB],
    ['the second of two', node([0, 0, 4, 0, GiB, ...whole(0)], { inner: inner() }), -GiB],
  ])('%s', (_, bus, offset) => {
    expect(started(bus, named)).toEqual({ address: plain + offset, said: expect.stringMatching(/and no DMA: a core/) })
  })

  test.each<[string, Node | undefined, Node]>([
    ['a bus that does not reach it', node([0, 0, 0, 3 * GiB, GiB], { inner: inner() }), named],
    ['one that reaches a part', node([0, 0, ...wide(GiB), 0x1000], { inner: inner() }), named],
    ['a node that is not there', undefined, named],
    ['a host that does not', node(undefined, { inner: inner() }), { ...named, 'dma-reach': wide(GiB) }],
  ])('nothing by %s: a core copies then', (_, bus, more) => {
    const { address, said } = started(bus, more)
    expect(address).toBe(2 ** 64)
    expect(said).toMatch(/has 5000 KiB, and reaches no free memory: a core copies each word/)
  })

  test('and a disk that moves data itself says so', () => {
    const { said } = started(undefined, {}, { abilities: CAN_WRITE | HAS_DMA })
    expect(said).toMatch(/, and reads and writes memory itself$/)
  })
})

describe('a name whose number the bundle has too', () => {
  const start = (partitions: NonNullable<StoredOptions['partitions']>) =>
    board({ vms: { alpha: { disks: [{ name: 'data', partition: 5 }] } }, partitions }).lines.join('\n')

  test('is that partition in a table without names, as cards have', () => {
    expect(start({ 1: { start: 9, sectors: 9 }, 5: { start: 100, sectors: 2048 } })).toMatch(/has its disk 0.*: 1 MiB/)
  })

  test.each([
    { 1: { start: 9, sectors: 4096, name: 'data' }, 5: { start: 9999, sectors: 1 } },
    { 1: { start: 9, sectors: 4096, name: 'data' }, 5: { start: 5000, sectors: 2048, name: 'other' } },
  ])('is what has the name where partitions have names', (partitions) => {
    expect(start(partitions)).toMatch(/has its disk 0.*: 2 MiB/)
  })

  test('and no other one there', () => {
    expect(start({ 1: { start: 9, sectors: 9, name: 'some' }, 5: { start: 100, sectors: 2048 } })).toMatch(
      /no such partition/,
    )
    expect(start({ 1: { start: 9, sectors: 9 } })).toMatch(/no such partition/)
  })
})

test('registers beyond the device’s own are not reached', () => {
  const stored = board()
  const base = SLOT * 0x200
  expect(base).toBe(0x3e00)
  for (const offset of [0x200, 2, 0xffff_fffc, 0x8000_0000]) {
    expect(stored.ask(0, 'deviceRead', offset)).toBe(NONE)
    stored.ask(0, 'deviceWrite', offset, 1)
  }
  expect(stored.ask(0, 'deviceRead', 8)).toBe(2)
})
