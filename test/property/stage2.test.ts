/** A VM's second stage against a reference: where RAM is, what it is, and that nothing else is there. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GiB, MiB } from '../fake/board.ts'
import { parkedMachine } from '../fake/internals.ts'
import { type Translation, walk } from '../fake/stage2-walk.ts'

const PAGE = 4096
const BLOCKS = [GiB, 2 * MiB, PAGE]
const IPA_BITS = 39
const { core, physical } = parkedMachine()

interface Region {
  ipa: number
  pa: number
  size: number
}

/** Addresses and sizes in whole blocks of one kind, and then a few smaller ones; some just below the end of the space. */
const region = fc.constantFrom(...BLOCKS).chain((block) => {
  const multiple = (most: number) => fc.integer({ min: 0, max: Math.floor(most / block) }).map((i) => i * block)
  return fc.record({
    ipa: fc.oneof(multiple(4 * GiB), multiple(2 ** IPA_BITS - PAGE)),
    pa: multiple(2 ** 40),
    size: fc
      .tuple(fc.integer({ min: 0, max: block === PAGE ? 1100 : 40 }), fc.nat(block === PAGE ? 0 : 600))
      .map(([blocks, pages]) => Math.min(blocks * block, 3 * GiB) + pages * PAGE),
  })
})

const at = (root: number, ipa: number) => walk((pa) => physical.read64(pa), root, IPA_BITS, ipa)
const mapRam = (root: number, { ipa, pa, size }: Region) =>
  core.mapRam!(BigInt(root), BigInt(ipa), BigInt(pa), BigInt(size))
const newRoot = () => Number(core.newStage2!())

/** Where an entry, a table or a block may begin or end, in and around the region. */
function* places({ ipa, size }: Region): Generator<number> {
  yield* [ipa, ipa + PAGE / 2 + 3, ipa + size - 1]
  for (const block of BLOCKS) {
    const first = Math.ceil(ipa / block) * block
    const last = Math.floor((ipa + size - 1) / block) * block
    for (const edge of [first, last, first + block]) yield* [edge - 1, edge, edge + PAGE]
  }
}

/** The largest block that may translate `ipa`: its whole range is the region's, and aligned on both sides. */
function expected({ ipa, pa, size }: Region, address: number): Translation | undefined {
  if (address < ipa || address >= ipa + size) return undefined
  const block = BLOCKS.find((block) => {
    const start = Math.floor(address / block) * block
    return (ipa - pa) % block === 0 && start >= ipa && start + block <= ipa + size
  })!
  // Normal write-back in both domains, inner shareable, everything allowed.
  const attributes = { readable: true, writable: true, executable: true, memory: 0xf, shareability: 3 }
  return { pa: pa + (address - ipa), block, ...attributes }
}

test('RAM translates to itself with the largest blocks, and nothing around it does', () => {
  fc.assert(
    fc.property(region, (region) => {
      const root = newRoot()
      const fits = region.size > 0 && region.ipa + region.size <= 2 ** IPA_BITS
      expect(mapRam(root, region)).toBe(fits ? 1 : 0)
      if (!fits) return
      for (const place of places(region)) expect(at(root, place)).toEqual(expected(region, place))
      for (const outside of [region.ipa - 1, region.ipa + region.size, 0x800_0000, 2 ** IPA_BITS - 1, 2 ** IPA_BITS]) {
        expect(at(root, outside)).toEqual(expected(region, outside))
      }
    }),
    { numRuns: 100 },
  )
})

test('what overlaps is refused, and what stood before stands', () => {
  fc.assert(
    fc.property(region, fc.nat(), fc.integer({ min: 1, max: 600 }), (region, shift, pages) => {
      fc.pre(region.size > 0 && region.ipa + region.size <= 2 ** IPA_BITS)
      const root = newRoot()
      mapRam(root, region)
      const inside = region.ipa + (shift % (region.size / PAGE)) * PAGE
      const size = Math.min(pages * PAGE, 2 ** IPA_BITS - inside)
      expect(mapRam(root, { ipa: inside, pa: 0, size })).toBe(0)
      for (const place of [...places(region), inside].filter((place) => expected(region, place))) {
        expect(at(root, place)).toEqual(expected(region, place))
      }
    }),
    { numRuns: 40 },
  )
})

test('half pages and what wraps around are refused', () => {
  const most = 2n ** 64n
  const wild = fc.bigInt({ min: 0n, max: most - 1n })
  fc.assert(
    fc.property(wild, wild, wild, (ipa, pa, size) => {
      const root = newRoot()
      const legal = [ipa, pa, size].every((value) => value % 4096n === 0n) && size && ipa + size <= 2n ** 39n
      fc.pre(!legal)
      expect(core.mapRam!(BigInt(root), ipa, pa, size)).toBe(0)
      expect(physical.isZero(root)).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test("GICv2's interface beside RAM is a device that cannot be executed", () => {
  const root = newRoot()
  mapRam(root, { ipa: GiB, pa: 2 * GiB, size: 4 * MiB })
  expect(core.mapStage2Device!(BigInt(root), 0x801_0000n, 0x804_0000n, 0x2000n)).toBe(1)
  for (const offset of [0, 0x1fff]) {
    expect(at(root, 0x801_0000 + offset)).toEqual({
      pa: 0x804_0000 + offset,
      block: PAGE,
      readable: true,
      writable: true,
      executable: false,
      memory: 1,
      shareability: 0,
    })
  }
  expect([at(root, 0x800_ffff), at(root, 0x801_2000)]).toEqual([undefined, undefined])
  expect(at(root, GiB + 4 * MiB - 1)?.pa).toBe(2 * GiB + 4 * MiB - 1)
})
