/** AssemblyScript at EL2 is a dialect: no heap, no floats, no string work, no constants that are computed. */
import { expect, test } from 'vitest'
import { linesMatching, sources } from './tree.ts'

const EL2 = /^src\/(core|vmm|host|lib|arch)\/.*\.ts$/

const RULES: [string, RegExp][] = [
  ['new, which allocates', /\bnew\s+[A-Z]/],
  ['a floating-point type', /\b(f32|f64)\b|:\s*number\b/],
  ['SIMD', /\bv128\b/],
  ['string concatenation', /''\s*\+(?!\+)|\+\s*''/],
  ['a template literal', /`/],
  ['a managed array', /\b(Static|Fixed)?Array<|\bMap<|\bSet<|\w\[\]/],
  ['a constructor', /\bconstructor\s*\(/],
  ['try or throw', /\b(try\s*\{|throw\b)/],
]

test.each(RULES)('no %s', (_, pattern) => {
  expect(sources(EL2).flatMap((source) => linesMatching(source, pattern))).toEqual([])
})

test('every class is @unmanaged', () => {
  const found = sources(EL2).flatMap((source) => {
    const classes = [...source.text.matchAll(/^(.*\n)(?:export )?(?:abstract )?(?:final )?class (\w+)/gm)]
    return classes.filter(([, before]) => !before?.includes('@unmanaged')).map(([, , name]) => `${source.path} ${name}`)
  })
  expect(found).toEqual([])
})

test('src/abi holds only literals, which three languages read', () => {
  const found = sources(/^src\/abi\/.*\.ts$/).flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('export ') && !/^export const [A-Z]\w* = (0x[\da-fA-F_]+|[\d_]+)$/.test(line))
      .map((line) => `${path}: ${line}`),
  )
  expect(found).toEqual([])
})
