/** The board's storage at boot: which disk, which partitions, and what becomes of VMs whose disk is not there. */
import { describe, expect, test } from 'vitest'
import { SLOT, StoredBoard, type StoredOptions } from '../fake/stored.ts'

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
