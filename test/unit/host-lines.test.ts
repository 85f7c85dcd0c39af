/** The merged view: whose line is printed when, and what of it. */
import { describe, expect, test } from 'vitest'
import { FakeHost, FREQUENCY, NEVER } from '../fake/host.ts'

/** Ticks after which an unfinished line is taken for a prompt. */
const QUIET = FREQUENCY / 8

describe('lines', () => {
  test('every line stands behind its source, text in one column', () => {
    const host = new FakeHost()
    host.put(0, 'one\r\n')
    host.put(1, 'two\n')
    host.say('three\n')
    expect(host.screen).toBe('linux    | one\r\npulse    | two\r\nbulkhead | three\r\n')
  })

  test('a long name moves every text', () => {
    const host = new FakeHost({ names: ['a', 'the-longest-name'] })
    host.put(0, 'x\n')
    host.say('y\n')
    expect(host.screen).toBe('a                | x\r\nbulkhead         | y\r\n')
  })

  test('a prompt is shown at once', () => {
    const host = new FakeHost()
    host.put(0, '~ # ')
    expect(host.screen).toBe('linux    | ~ # ')
  })

  test('a line that breaks up an unfinished one gets its own, and the rest its name again', () => {
    const host = new FakeHost()
    host.put(0, '~ # l')
    host.now += QUIET
    host.put(1, 'tick\n')
    host.put(0, 's\n')
    expect(host.screen).toBe('linux    | ~ # l\r\npulse    | tick\r\nlinux    | s\r\n')
  })

  test('no empty line is left when only the line end of a broken line comes', () => {
    const host = new FakeHost()
    host.put(0, 'done')
    host.now += QUIET
    host.put(1, 'tick\n')
    host.put(0, '\r\nnext\n')
    expect(host.screen).toBe('linux    | done\r\npulse    | tick\r\nlinux    | next\r\n')
  })

  test('line ends are made alike: CR LF, LF CR, CR, LF', () => {
    const host = new FakeHost()
    host.put(0, 'a\r\nb\n\rc\rd\n\ne\r\r\nf\n')
    expect(host.screen.split('\r\n').map((line) => line.replace('linux    | ', ''))).toEqual([
      'a',
      'b',
      'c',
      'd',
      '',
      'e',
      'f',
      '',
    ])
    expect(host.screen).not.toMatch(/[^\r]\n|\r[^\n]/)
  })

  test('output of an unknown source is swallowed', () => {
    const host = new FakeHost()
    expect(host.put(17, 'x\n')).toBe(2)
    expect(host.put(0x1_0000, 'x\n')).toBe(2)
    expect(host.screen).toBe('')
  })

  test('without a UART output is taken and dropped', () => {
    const host = new FakeHost({ kind: 0 })
    expect(host.put(0, 'x'.repeat(5000))).toBe(5000)
    expect(host.uart.reads).toBe(0)
    host.call.flush()
    host.call.poll()
  })
})

describe('an unfinished line', () => {
  test('others wait until it ends', () => {
    const host = new FakeHost()
    expect(host.call.deadline()).toBe(NEVER)
    host.put(0, 'half')
    host.put(1, 'tick\n')
    expect(host.call.deadline()).toBe(BigInt(QUIET))
    host.put(0, ' and half\n')
    expect(host.screen).toBe('linux    | half and half\r\npulse    | tick\r\n')
    expect(host.call.deadline()).toBe(NEVER)
  })

  test('others wait no longer than until it was quiet for a while', () => {
    const host = new FakeHost()
    host.put(0, '~ # ')
    host.put(1, 'tick\n')
    expect(host.fresh()).toBe('linux    | ~ # ')
    host.now = Number(host.call.deadline())
    host.call.poll()
    expect(host.fresh()).toBe('\r\npulse    | tick\r\n')
  })

  test('a source that dribbles cannot keep others waiting', () => {
    const host = new FakeHost()
    host.put(0, '.')
    host.put(1, 'tick\n')
    let waited = 0
    while (!host.screen.includes('tick')) {
      host.now += FREQUENCY / 1000
      waited++
      host.put(0, '.')
      if (waited > 500) throw new Error('starved')
    }
    expect(waited).toBeLessThanOrEqual(334)
  })

  test('two prompts are not torn apart while both are typed', () => {
    const host = new FakeHost()
    for (const ch of 'abcdef') {
      host.put(0, ch)
      host.put(1, ch.toUpperCase())
    }
    expect(host.fresh()).toBe('linux    | abcdef')
    host.now = Number(host.call.deadline())
    host.call.poll()
    expect(host.fresh()).toBe('\r\npulse    | ABCDEF')
  })

  test('no time source at all: nobody waits', () => {
    const host = new FakeHost()
    host.call.init(1, 0, 0)
    host.put(0, 'half')
    host.put(1, 'tick\n')
    expect(host.call.deadline()).toBe(NEVER)
    expect(host.screen).toContain('tick')
  })
})

describe('what a shared screen does not let through', () => {
  const plain = (text: string | Uint8Array) => {
    const host = new FakeHost()
    host.put(0, text)
    host.put(0, '\n')
    return host.screen.replaceAll('linux    | ', '')
  }

  test.each([
    ['cursor moves and clears', 'a\x1b[2J\x1b[H\x1b[3;4Hb', 'ab'],
    ['titles and other strings', 'a\x1b]0;title\x07b\x1bPq\x1b\\c', 'abc'],
    ['questions to the terminal', 'a\x1b[6nb\x1b[cc\x1bZd', 'abcd'],
    ['character sets', 'a\x1b(0b\x1b)Bc\x0ed\x0f', 'abcd'],
    ['bells, form feeds, deletes', 'a\x07b\x0cc\x0bd\x7fe\x00', 'abcde'],
    ['colours, while they are off', 'a\x1b[31mb\x1b[0m', 'ab'],
    ['a backspace over the name', '\b\bab\b\b\b\bc', 'ab\b\bc'],
  ])('%s', (_, text, shown) => {
    expect(plain(text)).toBe(`${shown}\r\n`)
  })

  test('a sequence that never ends swallows its own line only', () => {
    expect(plain(`a\x1b]0;${'x'.repeat(600)}\nb\x1b[1;1\nc`)).toBe('a\r\nb\r\nc\r\n')
  })

  test('UTF-8 passes, C1 controls and broken characters do not', () => {
    expect(plain('Grüße, 世界 🚢')).toBe('Grüße, 世界 🚢\r\n')
    expect(plain(Uint8Array.of(0x61, 0xc2, 0x9b, 0x32, 0x4a, 0x62))).not.toMatch(/[\x80-\x9f]/)
    expect(plain(Uint8Array.of(0x61, 0x9b, 0x62))).toBe('a?b\r\n')
    expect(plain(Uint8Array.of(0x61, 0xe4, 0xb8, 0x62))).toBe('ab\r\n')
  })

  test('two sources’ characters never mix', () => {
    const host = new FakeHost()
    host.put(0, Uint8Array.of(0xe4, 0xb8))
    host.put(1, 'tick\n')
    host.put(0, Uint8Array.of(0x96, 0x0a))
    expect(host.screen).toBe('pulse    | tick\r\nlinux    | 世\r\n')
  })
})
