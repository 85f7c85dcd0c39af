/** One console, many VMs: who printed what, and how it looks on a terminal. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Console, type ConsoleLine } from '../../tool/qemu/console.ts'
import { Screen } from '../../tool/qemu/screen.ts'

const NAMES = ['linux', 'pulse']

function lines(text: string): string[] {
  return new Console(NAMES).feed(text).map(({ source, text }) => `${source}: ${text}`)
}

describe('a line', () => {
  it.each([
    ['linux    | hello\r\n', 'linux: hello'],
    ['pulse    | a | b\r\n', 'pulse: a | b'],
    ["bulkhead | VM 'linux' crashed\r\n", "bulkhead: VM 'linux' crashed"],
    ['linux    | \r\n', 'linux: '],
    ['linux    |\r\n', 'linux: '],
    ['\x1b[36mlinux   \x1b[0m | \x1b[31mred\x1b[0m\r\n', 'linux: red'],
    ['\x1b[0m\x1b[?25hbulkhead | screen: all\r\n', 'bulkhead: screen: all'],
    ['other    | no VM has this name\r\n', 'bulkhead: other    | no VM has this name'],
    ['linux | not as wide as the console writes it\r\n', 'bulkhead: linux | not as wide as the console writes it'],
    ['stop: no bundle\r\n', 'bulkhead: stop: no bundle'],
  ])('%j', (text, expected) => expect(lines(text)).toEqual([expected]))

  it('of a VM with the raw screen has no name', () => {
    const text = [
      'bulkhead | screen and keyboard: pulse (Ctrl-] 0 shows all)',
      'raw text',
      'linux    | what pulse chose to print is still pulse?',
      'bulkhead | screen: all; keyboard: linux',
      'early',
    ]
    expect(lines(`${text.join('\r\n')}\r\n`).slice(1)).toEqual([
      'pulse: raw text',
      'linux: what pulse chose to print is still pulse?',
      'bulkhead: screen: all; keyboard: linux',
      'bulkhead: early',
    ])
  })

  it('is the same however the bytes arrive', () => {
    const text = 'linux    | one\r\npulse    | two\r\n/ # \r\nlinux    | three\r\n'
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 10 }), (cuts) => {
        const console = new Console(NAMES)
        const found: ConsoleLine[] = []
        const places = [0, ...cuts.sort((a, b) => a - b), text.length]
        for (let i = 1; i < places.length; i++) found.push(...console.feed(text.slice(places[i - 1], places[i])))
        expect(found).toEqual(new Console(NAMES).feed(text))
      }),
    )
  })

  it('that has not ended yet is there to look at', () => {
    const console = new Console(NAMES)
    console.feed('linux    | login: ')
    expect(console.partial).toMatchObject({ source: 'linux', text: 'login: ' })
  })
})

describe('the screen', () => {
  it('shows every byte, and at once but for a name', () => {
    const shown: string[] = []
    const screen = new Screen(new Console(NAMES), NAMES, (text) => shown.push(text))
    screen.feed('linux    | hi')
    expect(shown.join('')).toBe('linux    | hi')
    screen.feed('\r\npul')
    expect(shown.join('')).toBe('linux    | hi\r\n')
    screen.feed('l it\r\n')
    expect(shown.join('')).toBe('linux    | hi\r\npull it\r\n')
    screen.feed('/ # ')
    expect(shown.at(-1)).toBe('/ # ')
    screen.feed('\r\nli')
    screen.flush()
    expect(shown.at(-1)).toBe('li')
  })
})
