/** Bundles that are damaged: the parser ends, stays inside, and accepts nothing that would reach beyond bundle or RAM. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { BUNDLE_AT, DTB_AT, MAX_VM_VCPUS, MAX_VMS } from '../../src/abi/layout.ts'
import { MiB } from '../fake/board.ts'
import { bundle, RAM } from '../fake/bundle.ts'
import { parkedMachine } from '../fake/internals.ts'
import { BUNDLE_PA, DTB_PA } from '../fake/machine.ts'
import { mutate, mutations } from '../fake/mutation.ts'
import { packed } from '../fake/packed.ts'
import { cells } from '../fake/tree.ts'

const ROOM = 2 * MiB
const FUEL = 100_000
const CPUS = 4
const machine = parkedMachine({ cpus: CPUS, initrd: Buffer.alloc(ROOM, 'no bundle') })
const { core, physical } = machine
core.closeWindow!(BUNDLE_AT)

const dtb = new Uint8Array(core.memory.buffer, DTB_AT + (DTB_PA % (2 * MiB)), 4096)
const endCell = Buffer.from(dtb).indexOf(cells([0, BUNDLE_PA + ROOM]))

const bundles: Buffer[] = []
beforeAll(async () => {
  const vms = {
    alpha: {},
    beta: { cores: [1, 2], memory: 8 * MiB },
    gamma: { cores: [3], loads: [{ image: 'dtb', gic: 3 }] },
  }
  bundles.push(bundle({ vms }), (await packed('crc32')).bytes, (await packed('sha256')).bytes)
})

interface Accepted {
  ram: [bigint, bigint]
  vcpus: bigint
  cores: number[]
  loads: { pa: bigint; length: bigint; ipa: bigint; hash: bigint }[]
}

/** What core accepts of these bytes in the initrd slot: its VMs, or undefined where it would park. */
function read(bytes: Uint8Array): Accepted[] | undefined {
  physical.write(BUNDLE_PA, bytes)
  dtb.set(cells([0, BUNDLE_PA + bytes.length]), endCell)
  core.fuel.value = FUEL
  core.readSystem!()
  try {
    return said(core.openBundle!()) ? undefined : vms()
  } finally {
    core.closeWindow!(BUNDLE_AT)
  }
}

function vms(): Accepted[] | undefined {
  const count = Number(core.countVms!())
  expect(count).toBeLessThanOrEqual(MAX_VMS)
  const found: Accepted[] = []
  for (let vm = 0; vm < count; vm++) {
    core.clearVm!(vm)
    if (said(core.readVm!(vm, vm))) return undefined
    const field = (i: number) => BigInt.asUintN(64, BigInt(core.vmField!(vm, i)))
    const load = (i: number, which: number) => BigInt.asUintN(64, BigInt(core.loadField!(vm, i, which)))
    found.push({
      ram: [field(0), field(1)],
      vcpus: field(2),
      cores: Array.from({ length: Number(field(2)) }, (_, vcpu) => Number(core.coreOf!(vm, vcpu))),
      loads: Array.from({ length: Number(field(3)) }, (_, i) => {
        return { pa: load(i, 0), length: load(i, 1), ipa: load(i, 2), hash: load(i, 3) }
      }),
    })
  }
  return found.length ? found : undefined
}

/** A text of core's: bytes up to a NUL. */
function said(text: unknown): string {
  const bytes = Buffer.from(core.memory.buffer, Number(text), 256)
  return bytes.toString('latin1', 0, bytes.indexOf(0))
}

function check(vms: Accepted[], size: number): void {
  for (const { ram, vcpus, cores, loads } of vms) {
    const [ipa, bytes] = ram
    expect(ipa).toBeGreaterThanOrEqual(BigInt(RAM))
    expect(bytes).toBeGreaterThan(0n)
    expect((ipa | bytes) % 4096n).toBe(0n)
    expect(ipa + bytes).toBeLessThanOrEqual(2n ** 39n)
    expect(vcpus >= 1n && vcpus <= BigInt(MAX_VM_VCPUS)).toBe(true)
    for (const core of cores) expect(core >= -1 && core < CPUS).toBe(true)
    expect(loads.length).toBeLessThanOrEqual(16)
    for (const load of loads) {
      expect(load.length).toBeGreaterThan(0n)
      expect(load.pa).toBeGreaterThanOrEqual(BigInt(BUNDLE_PA))
      expect(load.pa + load.length).toBeLessThanOrEqual(BigInt(BUNDLE_PA + size))
      expect(load.ipa).toBeGreaterThanOrEqual(ipa)
      expect(load.ipa + load.length).toBeLessThanOrEqual(ipa + bytes)
      expect([1n, 2n]).toContain(load.hash)
    }
  }
}

test('undamaged ones are accepted whole', () => {
  expect(bundles.map((bytes) => read(bytes)?.map(({ cores, loads }) => [cores, loads.length]))).toEqual([
    [
      [[0], 2],
      [[1, 2], 2],
      [[3], 1],
    ],
    [
      [[0], 2],
      [[1], 1],
    ],
    [
      [[0], 2],
      [[1], 1],
    ],
  ])
})

test('damaged and shortened ones are refused, or what is accepted lies inside', () => {
  let accepted = 0
  fc.assert(
    fc.property(
      fc.nat(2),
      mutations,
      fc.option(fc.integer({ min: 1, max: 8192 }), { freq: 2 }),
      (which, damage, cut) => {
        const whole = bundles[which]!
        const bytes = mutate(whole, damage, whole.readUInt32BE(4)).subarray(0, cut ?? undefined)
        const vms = read(bytes)
        if (!vms) return
        accepted++
        check(vms, bytes.length)
      },
    ),
    { numRuns: 300 },
  )
  expect(accepted).toBeGreaterThan(20)
})

test('every word of the tree, made large', () => {
  const whole = bundles[0]!
  const size = whole.readUInt32BE(36) + whole.readUInt32BE(8)
  for (let at = 40; at < size; at += 4) {
    for (const value of [0xffff_ffff, 0x4000_0001]) {
      const bytes = Buffer.from(whole)
      bytes.writeUInt32BE(value, at)
      const vms = read(bytes)
      if (vms) check(vms, bytes.length)
    }
  }
})
