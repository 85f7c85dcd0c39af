/** Device trees that are damaged or made to hurt: whatever they say, no byte outside is read and every walk ends. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boardTree } from '../fake/board.ts'
import { bareInternals, type Internals } from '../fake/internals.ts'
import { mutate, mutations } from '../fake/mutation.ts'
import { PM_PA, raspberryTree } from '../fake/raspberry.ts'
import { flatten, type Node } from '../fake/tree.ts'

const bundle = { start: 0x5000_0000, size: 0x10_0000 }
const trees = [boardTree({ gic: 2, bundle }), boardTree({ gic: 3, bundle }), raspberryTree({ bundle })].map((tree) =>
  flatten(tree, { reserved: [[0x4800_0000n, 0x1000n]] }),
)
/** In loops, or 256 turns of one: many times what undamaged trees take. */
const FUEL = 100_000
const RESULTS = [
  'uartPa',
  'uartIntid',
  'gicVersion',
  'gicdPa',
  'gicrPa',
  'gicrSize',
  'gichPa',
  'gicvPa',
  'rtcPa',
  'pmPa',
  'maintenanceIntid',
  'bundlePa',
  'bundleSize',
]

/** Everything that core finds in the tree, with `filler` in all memory around it; what lies behind the blob traps. */
function read(blob: Uint8Array, filler: number): unknown[] {
  const core = bareInternals()
  core.memory.grow(1)
  const memory = new Uint8Array(core.memory.buffer)
  const at = (memory.length - blob.length) & ~7
  memory.fill(filler, memory.length - 0x1_0000)
  memory.set(blob, at)
  core.fuel.value = FUEL
  const size = Number(core.treeSize!(at, blob.length)) >>> 0
  if (!size || !core.treeRoot!(at)) return [size]
  memory.fill(filler, at + size)
  core.setDtb!(at)
  const found: unknown[] = [size, core.walkTree!(at), core.survey!(), core.hasMemory!(), core.readConsole!()]
  core.readSystem!()
  found.push(core.keepReserved!(), ...ranges(core), core.mpidrOf!(0), core.releaseOf!(15))
  return [...found, ...RESULTS.map((name) => (core[name] as unknown as WebAssembly.Global).value)]
}

function ranges(core: Internals): unknown[] {
  const count = Number(core.rangeCount!())
  return Array.from({ length: count }, (_, i) => [core.rangeStart!(i), core.rangeEnd!(i)])
}

test.each([0, 1, 2])('an undamaged tree %i is read whole', (i) => {
  const found = read(trees[i]!, 0xff)
  expect(found.slice(2, 5)).toEqual([undefined, 1, 1])
  const gic =
    i === 1 ? [3, 0x800_0000n, 0x80a_0000n, 0xf6_0000n, 0n, 0n] : [2, 0x800_0000n, 0n, 0n, 0x803_0000n, 0x804_0000n]
  const clock = i === 2 ? [0n, BigInt(PM_PA)] : [0x901_0000n, 0n]
  expect(found.slice(-13)).toEqual([0x900_0000n, 33, ...gic, ...clock, 25, 0x5000_0000n, 0x10_0000n])
})

test('a damaged one is read the same whatever lies around it', () => {
  fc.assert(
    fc.property(fc.nat(2), mutations, fc.option(fc.nat(4000)), (tree, damage, cut) => {
      const blob = mutate(trees[tree]!, damage).subarray(0, cut ?? undefined)
      expect(read(blob, 0x00)).toEqual(read(blob, 0xff))
    }),
    { numRuns: 100 },
  )
})

test('noise is no tree, also behind a good header', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, headed) => {
      const blob = headed ? Buffer.concat([trees[0]!.subarray(0, 56), noise]) : noise
      expect(read(blob, 0x00)).toEqual(read(blob, 0xff))
    }),
    { numRuns: 35 },
  )
})

describe('made to hurt', () => {
  const same = (blob: Uint8Array) => {
    const found = read(blob, 0x00)
    expect(found).toEqual(read(blob, 0xff))
    return found
  }

  test('a reservation block at the end of the address space', () => {
    for (const offset of [0xffff_fff0, 0xffff_fff8, 0xffff_ffff, 0x8000_0000]) {
      const blob = Buffer.from(trees[0]!)
      blob.writeUInt32BE(offset, 16)
      same(blob)
    }
  })

  test('a reservation block without an end', () => {
    const blob = Buffer.from(trees[0]!)
    blob.fill(1, 40, 72)
    same(blob)
  })

  test('nodes in nodes, deeper than any stack', () => {
    let tree: Node = {}
    for (let i = 0; i < 500; i++) tree = { n: tree }
    same(flatten({ ...boardTree(), deep: tree }))
  })

  test('a tree that ends in the middle of everything', () => {
    const blob = trees[1]!
    const structure = blob.readUInt32BE(8)
    const size = blob.readUInt32BE(36)
    for (let cut = 0; cut < size; cut += 20) {
      const short = Buffer.from(blob)
      short.writeUInt32BE(cut, 36)
      short.writeUInt32BE(structure + cut, 4)
      short.writeUInt32BE(0, 32)
      short.writeUInt32BE(0, 12)
      same(short.subarray(0, structure + cut))
    }
  })

  test('a name that goes on as the tree does, to its end and beyond', () => {
    const core = bareInternals()
    core.memory.grow(1)
    const memory = new Uint8Array(core.memory.buffer)
    const blob = flatten({ '': {} })
    const at = memory.length - blob.length
    const name = blob.subarray(blob.readUInt32BE(8) + 12)
    memory.set(blob, at)
    memory.set(name, 0x1_0000 - 64)
    expect(core.treeSize!(at, blob.length)).toBe(blob.length)
    for (let length = 0; length <= name.length; length++) {
      expect(core.childOfRoot!(at, 0x1_0000 - 64, length)).toBe(length ? 0 : at + blob.readUInt32BE(8) + 8)
    }
  })
})
