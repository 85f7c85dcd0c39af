/** The page allocator against a set of pages: it gives away what is there, once, and the tightest piece. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bareInternals } from '../fake/internals.ts'

const PAGE = 4096
const MOST = 0x400
/** Pages between pieces of RAM, so that two of them never touch. */
const GAP = 3

const piece = fc.record({ gap: fc.integer({ min: GAP, max: 40 }), pages: fc.integer({ min: 1, max: 200 }) })
const step = fc.oneof(
  fc.record({
    kind: fc.constant('reserve' as const),
    start: fc.nat(MOST * PAGE),
    size: fc.integer({ min: 1, max: 90 * PAGE }),
  }),
  fc.record({
    kind: fc.constant('allocate' as const),
    pages: fc.integer({ min: 1, max: 130 }),
    align: fc.constantFrom(1, 1, 2, 16, 64),
  }),
)

/** Free pages of the reference as [first, count], in order. */
function runs(free: boolean[]): [number, number][] {
  const found: [number, number][] = []
  for (const [page, isFree] of free.entries()) {
    if (!isFree) continue
    const last = found.at(-1)
    if (last && last[0] + last[1] === page) last[1]++
    else found.push([page, 1])
  }
  return found
}

const fitsAt = ([first, count]: [number, number], pages: number, align: number) => {
  const start = Math.ceil(first / align) * align
  return start + pages <= first + count ? start : undefined
}

test('reserves and allocates as a set of pages would', () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.array(step, { maxLength: 12 }), (pieces, steps) => {
      const core = bareInternals()
      const free = new Array<boolean>(MOST).fill(false)
      let at = 1
      for (const { gap, pages } of pieces) {
        at += gap
        expect(core.addRam!(BigInt(at * PAGE), BigInt(pages * PAGE))).toBe(1)
        free.fill(true, at, at + pages)
        at += pages
      }
      core.reachAll!()
      for (const step of steps) {
        if (step.kind === 'reserve') {
          expect(core.reserve!(BigInt(step.start), BigInt(step.size))).toBe(1)
          free.fill(false, Math.floor(step.start / PAGE), Math.ceil((step.start + step.size) / PAGE))
          continue
        }
        const { pages, align } = step
        const got = Number(core.allocate!(BigInt(pages * PAGE), BigInt(align * PAGE))) / PAGE
        const fitting = runs(free).filter((run) => fitsAt(run, pages, align) !== undefined)
        if (!fitting.length) {
          expect(got).toBe(0)
          continue
        }
        const chosen = fitting.find(([first, count]) => got >= first && got < first + count)
        expect(chosen, `page ${got} is not free`).toBeDefined()
        expect(got).toBe(fitsAt(chosen!, pages, align))
        expect(chosen![1]).toBe(Math.min(...fitting.map(([, count]) => count)))
        free.fill(false, got, got + pages)
      }
      const listed = Array.from({ length: Number(core.rangeCount!()) }, (_, i) => [
        Number(core.rangeStart!(i)) / PAGE,
        Number(core.rangeEnd!(i)) / PAGE,
      ])
      const left = listed.filter(([start, end]) => end! > start!).sort(([a], [b]) => a! - b!)
      expect(left).toEqual(runs(free).map(([first, count]) => [first, first + count]))
      expect(Number(core.largestFree!())).toBe(Math.max(0, ...runs(free).map(([, count]) => count)) * PAGE)
    }),
    { numRuns: 120 },
  )
})

test('RAM is counted in whole pages, and overlapping pieces are given away once', () => {
  const core = bareInternals()
  core.addRam!(0x10_0800n, 0x2000n)
  core.addRam!(0x10_0000n, 0x3000n)
  core.addRam!(0x20_0001n, 0xffen)
  core.reachAll!()
  const got = Array.from({ length: 4 }, () => Number(core.allocate!(4096n, 4096n)))
  expect(new Set(got.filter((page) => page)).size).toBe(got.filter((page) => page).length)
  expect(got.every((page) => page === 0 || (page >= 0x10_0000 && page < 0x10_3000))).toBe(true)
  expect(got.filter((page) => page)).toHaveLength(3)
})

test('before the direct map stands only the largest piece is given away', () => {
  const core = bareInternals()
  for (const [start, size] of [
    [0x10_0000n, 0x2000n],
    [0x20_0000n, 0x5000n],
    [0x30_0000n, 0x3000n],
  ] as const)
    core.addRam!(start, size)
  const allocate = () => core.allocate!(4096n, 4096n)
  expect(allocate()).toBe(0n)
  core.reachLargest!()
  expect(Array.from({ length: 6 }, allocate)).toEqual([0x20_0000n, 0x20_1000n, 0x20_2000n, 0x20_3000n, 0x20_4000n, 0n])
  core.reachAll!()
  expect(allocate()).toBe(0x10_0000n)
})

test('a reservation that wraps around takes all that is above it', () => {
  const core = bareInternals()
  core.addRam!(0x10_0000n, 0x10_0000n)
  core.reachAll!()
  expect(core.reserve!(0x18_0000n, 0xffff_ffff_ffff_ffffn)).toBe(1)
  expect(core.largestFree!()).toBe(0x8_0000n)
  expect(core.allocate!(0x9_0000n, 4096n)).toBe(0n)
})

test('with no room for more ranges nothing is given away twice', () => {
  const core = bareInternals()
  core.addRam!(0x100_0000n, 0x100_0000n)
  core.reachAll!()
  let kept = 0
  while (core.reserve!(BigInt(0x100_4000 + kept * 0x4000), 4096n)) kept++
  expect(kept).toBeGreaterThan(20)
  const got = new Set<number>()
  for (let page = core.allocate!(4096n, 4096n); page; page = core.allocate!(4096n, 4096n)) got.add(Number(page))
  for (let i = 0; i < kept; i++) expect(got.has(0x100_4000 + i * 0x4000)).toBe(false)
  expect(core.largestFree!()).toBe(0n)
})
