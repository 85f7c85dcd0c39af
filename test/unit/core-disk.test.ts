/** Disks that core keeps: an image that VMs share, pages of their own above it, and what a compartment may not ask. */
import { describe, expect, test } from 'vitest'
import { STATE_RUNNING } from '../../src/abi/life.ts'
import { bundle, guestDtb, kernel, RAM } from '../fake/bundle.ts'
import { StubVmm } from '../fake/compartment.ts'
import { Machine } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'
import { translate } from '../fake/stage2-walk.ts'
import { interrupted } from '../fake/vector.ts'

const PAGE = 0x1000
const SIZE = 8 * PAGE
const base = Buffer.from(Array.from({ length: SIZE }, (_, i) => (i >>> 8) ^ i))
const images = { kernel: { bytes: kernel }, dtb: { bytes: guestDtb }, base: { bytes: base } }
const loads = [{ image: 'kernel' }]
const shared = { image: 'base', size: SIZE, pool: 8 }

type Disks = { image?: string; size?: number; pool?: number }[]

/** Two VMs with these disks, on CPUs 0 and 1. */
function boot(disks: Disks, others: Disks = []) {
  const vms = { alpha: { loads, disks }, beta: { loads, cores: [1], disks: others } }
  const machine = new Machine({ initrd: bundle({ images, vms }), vmm: (machine) => new StubVmm(machine) })
  machine.boot()
  const { core, physical } = machine
  const ram = (vm: number, at: number) => translate(machine, vm, RAM + at)!.pa
  const as = <T>(vm: number, act: () => T): T => {
    machine.current = vm
    const result = act()
    machine.current = 0
    return result
  }
  return {
    machine,
    size: (index: number) => Number(core.diskSize!(index)),
    read: (at: number, length: number, { vm = 0, index = 0 } = {}) =>
      as(vm, () => {
        physical.write(ram(vm, PAGE), Buffer.alloc(length, 0xee))
        const done = core.diskRead!(index, BigInt(at), BigInt(RAM + PAGE), length)
        return done ? physical.read(ram(vm, PAGE), length) : undefined
      }),
    write: (at: number, bytes: Uint8Array, { vm = 0, index = 0 } = {}) =>
      as(vm, () => {
        physical.write(ram(vm, PAGE), bytes)
        return core.diskWrite!(index, BigInt(at), BigInt(RAM + PAGE), bytes.length)
      }),
    core,
  }
}

describe('a disk over an image', () => {
  test('reads as the image, across clusters, at any byte', () => {
    const { read, size } = boot([shared])
    expect(size(0)).toBe(SIZE)
    expect(read(0, SIZE)).toEqual(base)
    expect(read(PAGE - 100, 300)).toEqual(base.subarray(PAGE - 100, PAGE + 200))
  })

  test('keeps what is written, and the rest of the cluster', () => {
    const { read, write } = boot([shared])
    expect(write(PAGE + 512, Buffer.alloc(512, 7))).toBe(1)
    const expected = Buffer.from(base).fill(7, PAGE + 512, PAGE + 1024)
    expect(read(0, SIZE)).toEqual(expected)
  })

  test('is nobody else’s: what one VM writes, the other does not read', () => {
    const { read, write } = boot([shared], [shared])
    write(0, Buffer.alloc(SIZE, 1))
    write(PAGE, Buffer.alloc(512, 2), { vm: 1 })
    expect(read(0, SIZE)).toEqual(Buffer.alloc(SIZE, 1))
    expect(read(0, SIZE, { vm: 1 })).toEqual(Buffer.from(base).fill(2, PAGE, PAGE + 512))
  })

  test('without a pool is read-only', () => {
    const { core, read, write } = boot([{ ...shared, pool: 0 }])
    expect(core.diskWritable!(0)).toBe(0)
    expect([write(0, Buffer.alloc(512)), core.diskZero!(0, 0n, 512), core.diskDiscard!(0, 0n, PAGE)]).toEqual([0, 0, 0])
    expect(read(0, SIZE)).toEqual(base)
  })

  test('with a small pool fails when that is used up, and again has room after a discard', () => {
    const { core, read, write } = boot([{ ...shared, pool: 2 }])
    expect([0, 1, 2].map((page) => write(page * PAGE, Buffer.alloc(512, 9)))).toEqual([1, 1, 0])
    expect(write(PAGE, Buffer.alloc(512, 8))).toBe(1)
    expect(core.diskDiscard!(0, 0n, PAGE)).toBe(1)
    expect(write(2 * PAGE, Buffer.alloc(PAGE, 6))).toBe(1)
    expect(write(0, Buffer.alloc(512, 5))).toBe(0)
    expect(read(0, PAGE)).toEqual(base.subarray(0, PAGE))
    expect(read(2 * PAGE, PAGE)).toEqual(Buffer.alloc(PAGE, 6))
  })

  test('zeroes', () => {
    const { core, read } = boot([shared])
    expect(core.diskZero!(0, BigInt(PAGE / 2), 2 * PAGE)).toBe(1)
    expect(read(0, SIZE)).toEqual(Buffer.from(base).fill(0, PAGE / 2, PAGE / 2 + 2 * PAGE))
  })

  test('lasts over a restart of its VM', () => {
    const { core, machine, read, write } = boot([shared])
    write(0, Buffer.alloc(PAGE, 3))
    machine.exit(0, (core, at) => {
      core.vmStop!(1)
      return interrupted(core, at)
    })
    expect(core.vmState!(0)).toBe(STATE_RUNNING)
    expect(read(0, PAGE)).toEqual(Buffer.alloc(PAGE, 3))
  })
})

test('a disk without an image begins as zeroes, not as what its memory held', () => {
  const { core, read, write } = boot([{ size: SIZE, pool: 8 }])
  expect(read(0, SIZE)).toEqual(Buffer.alloc(SIZE))
  write(512, Buffer.alloc(512, 4))
  expect(read(0, PAGE)).toEqual(Buffer.alloc(PAGE).fill(4, 512, 1024))
  core.diskZero!(0, 0n, PAGE)
  expect(read(0, PAGE)).toEqual(Buffer.alloc(PAGE))
})

test('a compartment that asks for more than is there gets nothing', () => {
  const { core, size } = boot([shared])
  expect([size(1), size(8), size(0xffff_ffff)]).toEqual([0, 0, 0])
  const ask = (index: number, at: bigint, ipa: bigint, length: number) =>
    [core.diskRead!, core.diskWrite!].map((call) => call(index, at, ipa, length))
  const ram = BigInt(RAM)
  for (const refused of [
    ask(1, 0n, ram, 512),
    ask(0, BigInt(SIZE), ram, 1),
    ask(0, BigInt(SIZE - 511), ram, 512),
    ask(0, -512n, ram, 1024),
    ask(0, 0n, ram - 1n, 512),
    ask(0, 0n, ram + 0x40_0000n - 511n, 512),
    ask(0, 0n, -1n, 2),
    ask(0, 0n, ram, 0x1_0001),
    ask(0, 0n, ram, -1),
  ]) {
    expect(refused).toEqual([0, 0])
  }
})

test.each([
  ['of part of a page', { size: SIZE + 512, pool: 8 }, "a disk's size is wrong"],
  ['of nothing', { size: 0, pool: 8 }, "a disk's size is wrong"],
  ['larger than its image', { image: 'base', size: 2 * SIZE, pool: 8 }, 'a disk is not as large as its image'],
  ['of an image that is not there', { image: 'bass', size: SIZE, pool: 8 }, 'the bundle lacks an image that it names'],
  [
    'with more RAM than the board has',
    { size: SIZE, pool: 0x10_0000 },
    "the board's free RAM does not hold a VM's disks",
  ],
])('a disk %s is refused at boot', (_, disk, reason) => {
  expect(refusal({ initrd: bundle({ images, vms: { alpha: { loads, disks: [disk] } } }) })).toContain(reason)
})

test('a damaged image is found before its VM starts', () => {
  const initrd = bundle({ images, vms: { alpha: { loads, disks: [shared] } } })
  initrd[initrd.length - 1]! ^= 1
  const machine = new Machine({ initrd, vmm: (machine) => new StubVmm(machine) })
  machine.boot()
  expect(machine.core.vmState!(0)).not.toBe(1)
})
