/** Seeds in a guest's DTB: written at each start, never twice the same, and only where there is chance to write. */
import { describe, expect, test } from 'vitest'
import { compileDts } from '../../tool/image/device-tree.ts'
import { guestDts } from '../../tool/image/guest-dts.ts'
import { takeSeeds } from '../../tool/image/seed.ts'
import { ALWAYS, ask, RESET, stop } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { bundle, DTB, kernel } from '../fake/bundle.ts'
import { Machine } from '../fake/machine.ts'
import { translate } from '../fake/stage2-walk.ts'
import { started } from '../fake/started.ts'
import type { Node } from '../fake/tree.ts'

const text = guestDts({ gic: 3, cpus: 1, memory: 4 * MiB, devices: ['uart'] })
const { dtb, seeds } = takeSeeds(await compileDts(text))
const places = Object.fromEntries(seeds.map(({ name, offset, nameOffset }) => [name, [offset, nameOffset]])) as Record<
  string,
  [number, number]
>
const loads = [{ image: 'kernel' }, { image: 'dtb', address: DTB, seeds: places }]
const two = {
  images: { kernel: { bytes: kernel }, dtb: { bytes: dtb } },
  vms: { alpha: { loads, restart: ALWAYS }, beta: { cores: [1], loads } },
}
const withoutSeed = (tree: Node) => {
  delete (tree.chosen as Node)['rng-seed']
}

/** /chosen's property in the RAM of a VM, as its guest finds it; undefined where FDT_NOPs stand. */
function seedOf(machine: Machine, vm: number, name: string): string | undefined {
  const { offset } = seeds.find((seed) => seed.name === name)!
  const found = machine.physical.read(translate(machine, vm, DTB)!.pa + offset, 44)
  if (found.readUInt32BE() === 4) {
    expect(found.subarray(0, name === 'rng-seed' ? 44 : 20).toString('hex')).toMatch(/^(00000004)+$/)
    return undefined
  }
  const size = name === 'rng-seed' ? 32 : 8
  const { nameOffset } = seeds.find((seed) => seed.name === name)!
  expect([found.readUInt32BE(), found.readUInt32BE(4), found.readUInt32BE(8)]).toEqual([3, size, nameOffset])
  return found.subarray(12, 12 + size).toString('hex')
}

const all = (machine: Machine) =>
  ['rng-seed', 'kaslr-seed'].flatMap((name) => [seedOf(machine, 0, name), seedOf(machine, 1, name)])

describe('seeds', () => {
  test('differ in every VM and at every start, and nothing else of the DTB does', () => {
    const { machine } = started(two)
    machine.pump()
    const first = all(machine)
    ask(machine, stop(RESET))
    const again = [seedOf(machine, 0, 'rng-seed'), seedOf(machine, 0, 'kaslr-seed')]
    const words = [...first, ...again].map((seed) => seed?.slice(0, 16))
    expect(new Set(words).size).toBe(6)
    expect(words).not.toContain(undefined)

    const after = machine.physical.read(translate(machine, 0, DTB)!.pa, dtb.length)
    for (const { name, offset } of seeds) after.fill(0, offset, offset + (name === 'rng-seed' ? 44 : 20))
    const before = Buffer.from(dtb)
    for (const { name, offset } of seeds) before.fill(0, offset, offset + (name === 'rng-seed' ? 44 : 20))
    expect(after.equals(before)).toBe(true)
  })

  test('are not there where only timing jitter would fill them, and boot says so', () => {
    const machine = new Machine({ initrd: bundle(two), bend: withoutSeed })
    machine.boot()
    machine.pump()
    expect(all(machine)).toEqual([undefined, undefined, undefined, undefined])
    expect(machine.lines.filter((line) => line.includes('no seed in its DTB'))).toHaveLength(2)
  })

  test('follow from the CPU’s own source too', () => {
    const rng = (word: bigint) => {
      const machine = new Machine({ initrd: bundle(two), bend: withoutSeed, rndr: () => word })
      machine.boot()
      return seedOf(machine, 0, 'rng-seed')
    }
    expect(rng(1n)).toBeDefined()
    expect(rng(1n)).not.toBe(rng(2n))
  })

  test('nobody asks for them: nothing is said', () => {
    const machine = new Machine({ initrd: bundle(), bend: withoutSeed })
    machine.boot()
    expect(machine.lines.filter((line) => line.includes('no seed'))).toEqual([])
  })
})
