/** The console under any mix of guests, hypervisor, keyboard and UART speed: nothing lost, nothing reordered, nobody starved. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ESCAPE, FakeHost, FREQUENCY, withoutSequences } from '../fake/host.ts'
import { FIFO } from '../fake/pl011.ts'

const VMS = 3
/** Each source speaks letters of its own, so that raw bytes tell who printed them; names are of none of them. */
const ALPHABETS = ['abcdefgh', 'ijklmnop', 'qrstuvwx', 'ABCDEFGH']
const NAMES = ['1', '22', '333']
const HYPERVISOR_INDEX = VMS
const RING = 2048

type Event =
  | { kind: 'put'; source: number; text: string }
  | { kind: 'drain'; count: number }
  | { kind: 'wait'; ticks: number }
  | { kind: 'focus'; key: number }

const text = (source: number) =>
  fc.string({ unit: fc.constantFrom(...(ALPHABETS[source] as string), '\n'), maxLength: 400 })
const put = fc
  .integer({ min: 0, max: VMS })
  .chain((source) => text(source).map((value): Event => ({ kind: 'put', source, text: value })))
const drain = fc.integer({ min: 1, max: 3 * FIFO }).map((count): Event => ({ kind: 'drain', count }))
const wait = fc.integer({ min: 0, max: FREQUENCY / 5 }).map((ticks): Event => ({ kind: 'wait', ticks }))
const focus = fc.integer({ min: 0, max: VMS }).map((key): Event => ({ kind: 'focus', key }))

/** Control characters other than backspace and tab, by their code. */
const controlsIn = (line: string) =>
  [...line]
    .map((ch) => ch.codePointAt(0) as number)
    .filter((code) => (code < 0x20 && code !== 0x08 && code !== 0x09) || (code >= 0x7f && code < 0xa0))

function run(host: FakeHost, events: Event[], accepted: string[]): void {
  for (const event of events) {
    if (event.kind === 'put') {
      const taken = event.source === HYPERVISOR_INDEX ? host.say(event.text) : host.put(event.source, event.text)
      accepted[event.source] += event.text.slice(0, taken)
    } else if (event.kind === 'drain') {
      host.uart.drain(event.count)
      if (host.uart.interrupt) host.call.uartInterrupt()
    } else if (event.kind === 'wait') {
      host.now += event.ticks
      host.call.poll()
    } else host.type(`${ESCAPE}${event.key}`)
  }
}

const letters = (value: string, source: number) => value.replace(new RegExp(`[^${ALPHABETS[source]}]`, 'g'), '')

describe('merged view', () => {
  test('every accepted byte is printed once, in order, on lines of its own source', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(put, drain, wait), { maxLength: 40 }), fc.boolean(), (events, slow) => {
        const host = new FakeHost({ names: NAMES, slow })
        const accepted = ['', '', '', '']
        run(host, events, accepted)
        for (let prompt = 0; prompt <= VMS; prompt++) {
          host.now += FREQUENCY
          host.call.poll()
          host.settle()
        }
        const printed = ['', '', '', '']
        for (const line of host.screen.split('\r\n').filter((each) => each !== '')) {
          const [, name = '', rest = ''] = /^(\S+) *\| (.*)$/.exec(line) ?? []
          const source = name === 'bulkhead' ? HYPERVISOR_INDEX : NAMES.indexOf(name)
          printed[source] = `${printed[source]}${rest}`
        }
        for (const source of [0, 1, 2, 3]) {
          expect(printed[source]).toBe((accepted[source] as string).replaceAll('\n', ''))
        }
      }),
      { numRuns: 150 },
    )
  })

  test('a whole line is printed before others had more than two turns each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 6 }), (lengths) => {
        const host = new FakeHost({ names: NAMES, slow: true })
        const flood = lengths.map((length) => 'a'.repeat(length)).join('\n')
        const pour = () => {
          host.put(0, flood)
          host.put(1, flood.replaceAll('a', 'i'))
        }
        for (let i = 0; i < 8; i++) pour()
        host.uart.drain(FIFO)
        const from = host.uart.sent.length
        host.put(2, 'stuvw\n')
        for (let i = 0; !host.screen.includes('stuvw'); i++) {
          if (i > 1000) throw new Error('starved')
          pour()
          host.uart.drain(FIFO)
          host.call.uartInterrupt()
        }
        // Two sources' turns of 256 bytes, the one under way, a name and a line end for each, what the FIFO holds.
        expect(host.uart.sent.length - from).toBeLessThan(3 * 256 + 4 * 32 + 2 * 64)
      }),
      { numRuns: 60 },
    )
  })

  test('a prompt is printed although others never stop printing lines', () => {
    const host = new FakeHost({ names: NAMES, slow: true })
    host.put(2, 'stu')
    for (let i = 0; !host.screen.includes('stu'); i++) {
      if (i > 1000) throw new Error('starved')
      host.put(0, 'abc\n')
      host.put(1, 'ijk\n')
      host.now += FREQUENCY / 1000
      host.uart.drain(FIFO)
      host.call.uartInterrupt()
    }
  })
})

describe('any view', () => {
  test('every accepted byte is printed once and in order while the screen changes hands', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(put, put, drain, wait, focus), { maxLength: 40 }), fc.boolean(), (events, slow) => {
        const host = new FakeHost({ names: NAMES, slow })
        const accepted = ['', '', '', '']
        run(host, events, accepted)
        for (let prompt = 0; prompt <= VMS; prompt++) {
          host.now += FREQUENCY
          host.type(`${ESCAPE}0`)
          host.settle()
        }
        const guestText = withoutSequences(host.screen).replace(/bulkhead \| [^\r]*/g, '')
        for (const source of [0, 1, 2]) {
          expect(letters(guestText, source)).toBe(letters(accepted[source] as string, source))
        }
      }),
      { numRuns: 100 },
    )
  })

  test('no source ever has more than its ring waiting', () => {
    const host = new FakeHost({ names: NAMES, slow: true })
    host.type(`${ESCAPE}1`)
    host.settle()
    for (const source of [1, 2]) expect(host.put(source, 'x'.repeat(3 * RING))).toBe(RING)
    expect(host.put(1, 'x')).toBe(0)
  })

  test('any bytes at all neither trap, nor escape the line, nor reach the terminal as controls', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 }), fc.boolean(), (chunks, coloured) => {
        const host = new FakeHost({ names: NAMES })
        if (coloured) host.type(`${ESCAPE}c`)
        host.fresh()
        for (const [i, chunk] of chunks.entries()) host.put(i % VMS, chunk)
        host.settle()
        for (const line of withoutSequences(host.fresh()).split('\r\n')) {
          expect(line).toMatch(/^$|^(1|22|333|bulkhead) *\| /)
          expect(controlsIn(line)).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })

  test('any keys at all neither trap nor lock the keyboard', () => {
    const keys = fc.array(fc.oneof(fc.constant(0x1d), fc.integer({ min: 0, max: 255 })), { maxLength: 80 })
    fc.assert(
      fc.property(keys, (bytes) => {
        const host = new FakeHost({ names: NAMES })
        host.type(Uint8Array.from(bytes))
        host.type(`\x1b${ESCAPE}0${ESCAPE}0`)
        for (const vm of [0, 1, 2]) host.input(vm)
        host.type('q')
        expect(host.input(0)).toBe('q')
      }),
      { numRuns: 150 },
    )
  })
})
