/** Caches: who cleans, invalidates or scrubs stands in the review, and drivers reach their devices' memory by the named helpers alone. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bareCode, linesMatching, ROOT, sources } from './tree.ts'

const REVIEW = readFileSync(join(ROOT, 'doc/why/caches.md'), 'utf8')
const SOURCES = sources(/^src\/.*\.ts$/)
const DRIVERS = SOURCES.filter(({ path }) => /^src\/(drive|storage|uplink)\//.test(path))
const MAINTENANCE = /\bhw\.(clean|scrub|load|ic_\w+|tlbi_\w+)\(/

/** Functions of a file, from their headings to the next one's. */
function functionsOf(text: string): string[] {
  return text.split(/^(?=(?:export )?function )/m).slice(1)
}

test('every place that maintains caches or TLBs is reviewed in doc/why/caches.md', () => {
  const places = SOURCES.filter((source) => MAINTENANCE.test(bareCode(source))).map(({ path }) => path)
  expect(places.length).toBeGreaterThan(10)
  expect(places.filter((path) => !REVIEW.includes(`\`${path}\``))).toEqual([])
})

test('every driver of a device that masters the bus is, too', () => {
  const places = DRIVERS.filter((source) => /\b(addressOf|takeUsed|describe)\(/.test(bareCode(source)))
  expect(places.length).toBeGreaterThan(3)
  expect(places.filter(({ path }) => !REVIEW.includes(`\`${path}\``))).toEqual([])
})

test('instructions that maintain caches stand in boot/memory.S and in what runs before it can', () => {
  const found = sources(/^boot\/.*\.(S|h)$/).flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => /^\s*(\d+:)?\s*dc\s/.test(line))
      .map(() => path),
  )
  expect([...new Set(found)]).toEqual(['boot/memory.S', 'boot/tables.S'])
})

test('drivers clean by toDevice and fromDevice only', () => {
  const others = DRIVERS.filter(({ path }) => path !== 'src/drive/dma.ts')
  expect(others.flatMap((source) => linesMatching(source, /\bhw\.clean\(|(?<!function )\bdmaCoherent\(/))).toEqual([])
  // The one order that no hand-over makes: an index before a look at the device's flags.
  const barriers = others.flatMap((source) => linesMatching(source, /\bhw\.dmb/))
  expect(barriers).toEqual([expect.stringMatching(/^src\/drive\/queue\.ts:\d+ hw\.dmb_osh\(\)$/)])
})

test('who gives a device an address of memory hands that memory over first', () => {
  const giving = DRIVERS.filter(({ path }) => !/^src\/drive\//.test(path)).flatMap((source) =>
    functionsOf(bareCode(source)).filter((body) => /\baddressOf\(|\bqueues\.describe\(/.test(body)),
  )
  expect(giving.length).toBeGreaterThan(3)
  for (const body of giving) expect(body).toMatch(/\btoDevice\(/)
})
