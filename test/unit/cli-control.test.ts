/** The tool's half of the control protocol: records out of a console's bytes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../tool/config/project.ts'
import { jsonSchema } from '../../tool/control/protocol.ts'
import { Splitter } from '../../tool/control/split.ts'

function split(...pieces: (string | Uint8Array)[]) {
  let text = ''
  const records: string[] = []
  const splitter = new Splitter({
    text: (bytes) => {
      text += bytes.toString('latin1')
    },
    record: (record) => records.push(record),
  })
  for (const piece of pieces)
    splitter.feed(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece))
  return { text, records }
}

test('doc/control.schema.json is current: npm run schema writes it', () => {
  expect(readFileSync(join(ROOT, 'doc/control.schema.json'), 'utf8')).toBe(jsonSchema())
})

describe('a record', () => {
  test('comes out of the middle of a line', () => {
    expect(split('linux | a\x1e{"a":1}\nb\n')).toEqual({ text: 'linux | ab\n', records: ['{"a":1}'] })
  })

  test.each([
    ['that is no JSON', '\x1e{"a"panic: here\nnext', '{"a"panic: here\nnext'],
    ['that the next one cuts off', '\x1e{"a":\x1e{"b":1}\nc', '{"a":c'],
    ['without an end', `\x1e${'x'.repeat(5000)}`, 'x'.repeat(5000)],
  ])('%s is text', (_, input, text) => {
    expect(split(input).text).toBe(text)
  })
})

test('however the bytes are cut, records and text are the same', () => {
  const part = fc.oneof(
    fc.json().map((json) => `\x1e${JSON.stringify(JSON.parse(json))}\n`),
    fc.constantFrom('text', '\n', '\x1e', '\x1d', 'é'),
  )
  const cuts = fc.array(fc.nat(40), { maxLength: 10 })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), cuts, (parts, lengths) => {
      const whole = Buffer.from(parts.join(''))
      const pieces: Buffer[] = []
      let at = 0
      for (const length of lengths) {
        pieces.push(whole.subarray(at, at + length))
        at += length
      }
      expect(split(...pieces, whole.subarray(at))).toEqual(split(whole))
    }),
  )
})
