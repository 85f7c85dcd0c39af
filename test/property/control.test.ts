/** The control protocol's parser against JSON.parse, and under bytes that nobody would send. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEPTH_MOST, ERROR_NOT_UTF8, ERROR_PARSE, ERROR_TOO_DEEP, REQUEST_MOST } from '../../src/abi/control.ts'
import type { Reply } from '../../tool/control/protocol.ts'
import { FakeKey } from '../fake/key.ts'
import { Line } from '../fake/line.ts'

const RUNS = 1000
const HELLO = '{"jsonrpc":"2.0","id":1,"method":"hello"}'

/** One line and one answer for each record. */
function answers() {
  const line = new Line()
  return (record: string | Uint8Array) => {
    line.rest()
    const records = line.send(record)
    expect(records).toHaveLength(1)
    return records[0] as Reply
  }
}

function code(reply: Reply): number {
  return 'error' in reply ? reply.error.code : 0
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function depthOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const isShort = (text: string) => Buffer.byteLength(text) <= REQUEST_MOST
/** Pieces of JSON in any order: most of it is none. */
const soup = fc
  .array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"',
      '\\',
      'true',
      'null',
      'fals',
      '0',
      '-',
      '1.5e',
      '01',
      ' ',
      '\\u00e9',
    ),
    { maxLength: 12 },
  )
  .map((pieces) => `[${pieces.join('')}`)

describe('a text', () => {
  test('that JSON.stringify wrote is JSON, unless it is too deep', () => {
    const ask = answers()
    const document = fc.oneof(
      fc.array(fc.json()).map((texts) => `[${texts.join(',')}]`),
      fc.json({ maxDepth: 12 }),
    )
    fc.assert(
      fc.property(
        document.filter((text) => /^[[{]/.test(text) && isShort(text)),
        (text) => {
          const isDeep = depthOf(JSON.parse(text)) > DEPTH_MOST
          const found = code(ask(text))
          expect(found === -ERROR_TOO_DEEP).toBe(isDeep)
          expect(found).not.toBe(-ERROR_PARSE)
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('of pieces is JSON exactly where JSON.parse says so', () => {
    const ask = answers()
    fc.assert(
      fc.property(soup, (text) => {
        const found = code(ask(text))
        // What is too deep is refused before its end is known.
        if (found !== -ERROR_TOO_DEEP) expect(found !== -ERROR_PARSE).toBe(isJson(text))
      }),
      { numRuns: RUNS },
    )
  })

  test('of any bytes is UTF-8 exactly where a strict decoder says so', () => {
    const ask = answers()
    const strict = new TextDecoder('utf-8', { fatal: true })
    const bytes = fc.oneof(
      fc.uint8Array({ min: 0x20, maxLength: 8 }),
      fc.array(fc.constantFrom(0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf), { maxLength: 6 }),
    )
    fc.assert(
      fc.property(bytes, (middle) => {
        const record = Buffer.concat([Buffer.from('["'), Buffer.from(middle), Buffer.from('"]')])
        let isUtf8 = true
        try {
          strict.decode(record)
        } catch {
          isUtf8 = false
        }
        expect(code(ask(record)) !== -ERROR_NOT_UTF8).toBe(isUtf8)
      }),
      { numRuns: RUNS },
    )
  })
})

test('an id comes back as it was written', () => {
  const ask = answers()
  const ids = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string({ maxLength: 12 }))
  fc.assert(
    fc.property(
      ids.filter((id) => Buffer.byteLength(JSON.stringify(id)) <= 40),
      (id) => {
        const wire = JSON.parse(JSON.stringify(id))
        expect(ask(JSON.stringify({ jsonrpc: '2.0', id, method: 'hello' })).id).toEqual(wire)
      },
    ),
    { numRuns: RUNS },
  )
})

test('a line that drops, adds and changes bytes stops nobody: the next request is answered', () => {
  const line = new Line()
  const damage = fc.array(fc.tuple(fc.nat(60), fc.constantFrom('drop', 'add', 'change'), fc.nat(255)), { maxLength: 4 })
  fc.assert(
    fc.property(damage, (damages) => {
      const bytes = [0x1e, ...Buffer.from(HELLO), 0x0a]
      for (const [at, how, byte] of damages) bytes.splice(at, how === 'add' ? 0 : 1, ...(how === 'drop' ? [] : [byte]))
      line.rest()
      line.host.type(Uint8Array.from(bytes))
      line.records()
      line.rest()
      // Whatever stands open, the second of two is whole.
      line.send(HELLO)
      expect(line.send(HELLO)).toMatchObject([{ id: 1, result: { protocol: 1 } }])
      line.host.input(0)
    }),
    { numRuns: RUNS },
  )
})

test('a locked line opens for nobody who has not the key, whatever is asked', () => {
  const key = new FakeKey(Buffer.alloc(32, 0x5a))
  const line = new Line({ key })
  line.host.control = () => {
    throw new Error('core was asked')
  }
  const digits = fc.oneof(fc.string({ maxLength: 70 }), fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hex))
  const params = fc.record({ nonce: digits, answer: digits, vm: fc.constantFrom('linux', '') }, { requiredKeys: [] })
  const methods = fc.constantFrom('hello', 'authenticate', 'stop', 'bye', 'status', 'debug', 'trace', 'create')
  fc.assert(
    fc.property(methods, params, (method, params) => {
      line.rest()
      const reply = line.ask(method, params)
      if ('result' in reply) expect(Object.keys(reply.result)).toEqual(['protocol', 'challenge', 'wait'])
    }),
    { numRuns: RUNS },
  )
})
