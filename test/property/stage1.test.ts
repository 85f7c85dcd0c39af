/** EL2's own tables against a map of pages: what was mapped is there as asked, what was taken back is gone. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GiB, MiB } from '../fake/board.ts'
import { parkedMachine } from '../fake/internals.ts'

const PAGE = 4096
/** Between the devices and the direct map: nobody's. */
const BASE = 0x3000_0000_0000
/** EL2_DATA, EL2_READ_ONLY, EL2_DEVICE of src/arch/descriptor.ts. */
const KINDS = {
  data: { bits: (1n << 54n) | 0x744n, writable: true, device: false },
  readOnly: { bits: (1n << 54n) | 0x7c4n, writable: false, device: false },
  device: { bits: (1n << 54n) | 0x440n, writable: true, device: true },
}
const { core, mmu } = parkedMachine()
let used = 0

interface Mapping {
  offset: number
  pa: number
  pages: number
  kind: keyof typeof KINDS
}

const MOST = 700
const mapping = fc.record({
  // Around the edges of a 2 MiB block, which is where tables begin and blocks may be.
  offset: fc.oneof(fc.integer({ min: 0, max: 1100 }), fc.constantFrom(0, 512, 1024)),
  pa: fc.oneof(fc.integer({ min: 0, max: 1100 }), fc.constantFrom(0, 512, 1024)).map((page) => GiB + page * PAGE),
  pages: fc.oneof(fc.integer({ min: 1, max: MOST }), fc.constantFrom(512, 1024)),
  kind: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
})

const map = (base: number, { offset, pa, pages, kind }: Mapping) =>
  core.map!(BigInt(base + offset * PAGE), BigInt(pa), BigInt(pages * PAGE), KINDS[kind].bits)

test('maps and unmaps as a map of pages would', () => {
  fc.assert(
    fc.property(fc.array(mapping, { minLength: 1, maxLength: 6 }), (mappings) => {
      const base = BASE + used++ * GiB
      const taken = new Map<number, { pa: number; kind: keyof typeof KINDS }>()
      const kept: Mapping[] = []
      const pagesOf = ({ offset, pages }: Mapping) => Array.from({ length: pages }, (_, i) => offset + i)
      for (const mapping of mappings) {
        // What overlaps is a mistake of core's own, after which it stops: see the next test.
        if (pagesOf(mapping).some((page) => taken.has(page))) continue
        expect(map(base, mapping)).toBe(1)
        kept.push(mapping)
        for (const [i, page] of pagesOf(mapping).entries()) {
          taken.set(page, { pa: mapping.pa + i * PAGE, kind: mapping.kind })
        }
      }
      check()
      const [gone] = kept
      for (const page of pagesOf(gone!)) taken.delete(page)
      core.unmap!(BigInt(base + gone!.offset * PAGE), BigInt(gone!.pages * PAGE))
      check()

      function check() {
        for (let page = 0; page < 1100 + 1024 + 1; page += page % 512 < 510 && page % 512 > 2 ? 23 : 1) {
          const found = taken.get(page)
          const leaf = mmu.walk(base + page * PAGE)
          if (!found) expect(leaf).toBeUndefined()
          else {
            const { writable, device } = KINDS[found.kind]
            expect(leaf).toMatchObject({ writable, device, executable: false })
            expect(leaf!.pa + (base + page * PAGE - leaf!.va)).toBe(found.pa)
          }
          // By way of the TLB, which must know as much.
          if (found) expect(mmu.translate(base + page * PAGE, 'read', KINDS[found.kind].device)).toBe(found.pa)
          else expect(() => mmu.translate(base + page * PAGE, 'read')).toThrow('translation fault')
        }
      }
    }),
    { numRuns: 25 },
  )
})

test('what overlaps is refused, and the older mapping stands', () => {
  fc.assert(
    fc.property(mapping, mapping, (older, newer) => {
      const base = BASE + used++ * GiB
      expect(map(base, older)).toBe(1)
      const overlaps = newer.offset < older.offset + older.pages && older.offset < newer.offset + newer.pages
      expect(map(base, newer)).toBe(overlaps ? 0 : 1)
      for (const page of [0, older.pages >> 1, older.pages - 1]) {
        const va = base + (older.offset + page) * PAGE
        const leaf = mmu.walk(va)!
        expect(leaf.pa + (va - leaf.va)).toBe(older.pa + page * PAGE)
      }
    }),
    { numRuns: 40 },
  )
})

test('uses 2 MiB and 1 GiB blocks where both sides are aligned', () => {
  const base = BASE + 0x1000_0000_0000 / 2
  expect(core.map!(BigInt(base), BigInt(GiB), BigInt(GiB + 4 * MiB + PAGE), KINDS.data.bits)).toBe(1)
  const sizes = [0, GiB - 1, GiB, GiB + 4 * MiB - 1, GiB + 4 * MiB].map((at) => mmu.walk(base + at)!.size)
  expect(sizes).toEqual([GiB, GiB, 2 * MiB, 2 * MiB, PAGE])
})
