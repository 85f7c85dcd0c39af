/** Sizes as people write them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSize, sizeLiteral } from '../../tool/config/size.ts'

describe('parseSize', () => {
  it.each([
    ['256M', 2 ** 28],
    ['1G', 2 ** 30],
    ['64k', 2 ** 16],
    ['1.5G', 1.5 * 2 ** 30],
    ['16 ', 16],
    ['128MiB', 2 ** 27],
    [4096, 4096],
  ])('%s', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it.each([
    '',
    'M',
    '-1M',
    '1 M',
    '300 MB',
    '300MB',
    '1T',
    '0x1000',
    '1e3',
    '1.0001K',
    '12iB',
    Number.NaN,
    1.5,
    -1,
    2 ** 60,
  ])('refuses %s', (text) => expect(parseSize(text)).toBeUndefined())

  it('reads what sizeLiteral writes', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), (bytes) => {
        const literal = sizeLiteral(bytes)
        expect(parseSize(literal.startsWith("'") ? literal.slice(1, -1) : Number(literal))).toBe(bytes)
      }),
    )
  })
})
