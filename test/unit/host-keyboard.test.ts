/** The keyboard: who gets what is typed, and the commands behind Ctrl-]. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  STATE_ABSENT as ABSENT,
  STATE_CRASHED as CRASHED,
  STATE_RUNNING as RUNNING,
  STATE_STARTING as STARTING,
  STATE_STOPPED as STOPPED,
} from '../../src/abi/life.ts'
import { ESCAPE, FakeHost, FREQUENCY, NEVER, withoutSequences } from '../fake/host.ts'
import { FIFO } from '../fake/pl011.ts'

describe('typing', () => {
  test('goes to the first VM', () => {
    const host = new FakeHost()
    host.type('ls\r')
    expect(host.call.inputPending()).toBe(0b01)
    expect(host.input(0)).toBe('ls\r')
    expect(host.call.inputPending()).toBe(0)
    expect(host.call.nextInput(0)).toBe(-1)
    expect(host.call.nextInput(99)).toBe(-1)
  })

  test('is bounded when the VM does not read, and commands still work', () => {
    const host = new FakeHost()
    host.type('x'.repeat(140))
    expect(host.uart.receiveInterruptEnabled).toBe(false)
    host.now = Number(host.call.deadline())
    host.call.poll()
    expect(host.uart.receiveInterruptEnabled).toBe(true)
    host.type('x'.repeat(1000))
    host.type(`${ESCAPE}2abc`)
    expect(host.input(1)).toBe('abc')
    expect(host.input(0)).toBe('x'.repeat(128))
    expect(host.call.deadline()).toBe(NEVER)
  })

  test('is bounded by a second: whoever fetches nothing for so long loses what has no room', () => {
    const host = new FakeHost()
    host.type('x'.repeat(140))
    expect(host.call.deadline()).toBe(BigInt(FREQUENCY))
    host.now = FREQUENCY - 1
    host.call.poll()
    expect(host.call.deadline()).toBe(BigInt(FREQUENCY))
    host.now = FREQUENCY
    host.call.poll()
    expect(host.call.deadline()).toBe(NEVER)
    expect(host.input(0)).toBe('x'.repeat(128))
    // It fetches again, so it is waited for again.
    host.type('y'.repeat(128 + FIFO))
    expect(host.call.deadline()).toBe(BigInt(2 * FREQUENCY))
    expect(host.input(0)).toBe('y'.repeat(128))
    expect(host.call.deadline()).toBe(0n)
    host.call.poll()
    expect(host.input(0)).toBe('y'.repeat(FIFO))
  })

  test('in any length comes whole where the line has flow control, at whatever pace the VM fetches', () => {
    const text = Array.from({ length: 4096 }, (_, i) => String.fromCharCode(0x20 + (i % 95))).join('')
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 200 })), (paces) => {
        const host = new FakeHost()
        let got = ''
        host.uart.arriveWithFlowControl(Buffer.from(text))
        for (let turns = 0; got.length < text.length && turns < 5000; turns++) {
          host.now += FREQUENCY / 1000
          if (host.uart.interrupt || host.call.deadline() !== NEVER) host.call.poll()
          for (let count = paces.next().value; count > 0; count--) {
            const ch = host.call.nextInput(0)
            if (ch === -1) break
            got += String.fromCharCode(ch)
          }
        }
        expect(got).toBe(text)
        host.call.poll()
        expect([host.uart.interrupt, host.call.deadline()]).toEqual([false, NEVER])
      }),
      { numRuns: 20 },
    )
  })

  test('a Ctrl-] to be typed waits like any other byte', () => {
    const host = new FakeHost()
    host.type(`${'x'.repeat(128)}${ESCAPE}${ESCAPE}2`)
    expect(host.input(0)).toBe('x'.repeat(128))
    host.call.poll()
    expect(host.input(0)).toBe(`${ESCAPE}2`)
  })

  test('bytes with framing, parity or break errors are dropped', () => {
    const host = new FakeHost()
    host.uart.arrive([0x61, 0x100, 0x261, 0x400, 0x862])
    host.call.uartInterrupt()
    expect(host.input(0)).toBe('ab')
  })

  test('Ctrl-] twice types one', () => {
    const host = new FakeHost()
    host.type(`a${ESCAPE}${ESCAPE}b`)
    expect(host.input(0)).toBe(`a${ESCAPE}b`)
  })
})

describe('choosing a VM', () => {
  test('a digit gives it keyboard and raw screen, 0 takes them back', () => {
    const host = new FakeHost()
    host.put(0, '~ # ')
    host.type(`${ESCAPE}2`)
    host.type('q')
    expect(host.fresh()).toBe('linux    | ~ # \r\nbulkhead | screen and keyboard: pulse (Ctrl-] 0 shows all)\r\n')
    host.put(1, '\x1b[2J\x1b[H\x1b[31mraw\r\n')
    expect(host.fresh()).toBe('\x1b[2J\x1b[H\x1b[31mraw\r\n')
    host.type(`${ESCAPE}0z`)
    expect(host.fresh()).toBe('\x1b[0m\x1b[?25hbulkhead | screen: all; keyboard: linux\r\n')
    expect([host.input(0), host.input(1)]).toEqual(['z', 'q'])
  })

  test('other VMs wait in their rings and are told of room afterwards', () => {
    const host = new FakeHost()
    host.type(`${ESCAPE}2`)
    host.fresh()
    expect(host.put(0, 'line\n'.repeat(1000))).toBe(2048)
    expect(host.fresh()).toBe('')
    expect(host.call.roomPending()).toBe(0)
    host.type(`${ESCAPE}0`)
    host.settle()
    expect(host.takeRoom()).toBe(0b01)
    expect(host.screen.match(/linux {4}\| line\r$/gm)).toHaveLength(409)
  })

  test('the hypervisor is heard in lines of its own, between the VM’s control sequences', () => {
    const host = new FakeHost({ slow: true })
    host.type(`${ESCAPE}1`)
    host.settle()
    host.fresh()
    host.put(0, 'typing')
    host.put(0, '\x1b[38;5;196m'.repeat(50))
    host.say('vm pulse stopped\n')
    host.put(0, 'red')
    host.settle()
    expect(withoutSequences(host.fresh())).toBe('typing\r\nbulkhead | vm pulse stopped\r\nred')
  })

  test('a VM that never ends its control sequence cannot silence the hypervisor', () => {
    const host = new FakeHost()
    host.type(`${ESCAPE}1`)
    host.fresh()
    host.put(0, 'typing\x1b[3')
    host.say('vm pulse stopped\n')
    expect(host.fresh()).toBe('typing\x1b[3\x18\r\nbulkhead | vm pulse stopped\r\n')
  })

  test('a name’s beginning and Enter, or the whole of a name that another one begins with', () => {
    const names = ['web', 'web2', 'pulse', 'camera']
    const to = (typed: string) => {
      const host = new FakeHost({ names })
      host.type(`${ESCAPE}${typed}!`)
      return names.findIndex((_, vm) => host.input(vm) === '!')
    }
    expect(to('pu\r')).toBe(2)
    expect(to('PULSE\n')).toBe(2)
    expect(to('web\r')).toBe(0)
    expect(to('web2\r')).toBe(1)
    expect(to('Cam\r')).toBe(3)
    expect(to('pix\x7f\x7fu\r')).toBe(2)
  })

  test.each([
    ['no VM has that number', '5'],
    ['no name begins so', 'zebra\r'],
    ['two names begin so', 'p\r'],
  ])('%s: it says so and nothing changes', (_, typed) => {
    const host = new FakeHost({ names: ['linux', 'pulse', 'pump'] })
    host.type(`${ESCAPE}${typed}k`)
    expect(host.screen).toBe('bulkhead | no such VM, or more than one: Ctrl-] ? lists them\r\n')
    expect(host.input(0)).toBe('k')
  })

  test('Esc forgets a name that was begun', () => {
    const host = new FakeHost()
    host.type(`${ESCAPE}pul\x1bk`)
    expect(host.input(0)).toBe('k')
    expect(host.screen).toBe('')
  })
})

describe('list and colours', () => {
  test('? lists number, name, state, keyboard and the keys', () => {
    const host = new FakeHost({ names: ['linux', 'pulse', 'crash', 'off', 'new', 'none'] })
    host.states.splice(0, 6, RUNNING, RUNNING, CRASHED, STOPPED, STARTING, ABSENT)
    host.type(`${ESCAPE}?`)
    host.settle()
    const lines = host.screen.split('\r\n').map((line) => line.replace(/^bulkhead \| /, ''))
    expect(lines.slice(0, 6)).toEqual([
      ' 1 linux            running, has the keyboard',
      ' 2 pulse            running',
      ' 3 crash            crashed',
      ' 4 off              stopped',
      ' 5 new              starting',
      ' 6 none             absent',
    ])
    expect(lines[6]).toContain('Ctrl-] then 1 to 9')
  })

  test('sixteen VMs with the longest names fit in the list', () => {
    const names = Array.from({ length: 16 }, (_, vm) => `vm-${vm}-`.padEnd(31, 'x'))
    const host = new FakeHost({ names })
    host.type(`${ESCAPE}?`)
    host.settle()
    expect(host.screen.match(/running/g)).toHaveLength(16)
    expect(host.screen).toContain('Ctrl-] then')
  })

  test('asking again and again while the line is slow repeats whole lines only', () => {
    const host = new FakeHost({ slow: true })
    host.type(`${ESCAPE}?`.repeat(200))
    host.settle()
    for (const line of host.screen.trimEnd().split('\r\n')) expect(line).toMatch(/running|keyboard|Ctrl-\] then/)
  })

  test('c turns colours on and off: of names, and of guests, which end with their line', () => {
    const host = new FakeHost()
    host.type(`${ESCAPE}c`)
    host.fresh()
    host.put(0, '\x1b[1;31mred\nplain\n')
    expect(host.fresh()).toBe('\x1b[36mlinux   \x1b[0m | \x1b[1;31mred\x1b[0m\r\n\x1b[36mlinux   \x1b[0m | plain\r\n')
    host.say('x\n')
    expect(host.fresh()).toBe('\x1b[1mbulkhead\x1b[0m | x\r\n')
    host.type(`${ESCAPE}c`)
    expect(host.fresh()).toContain('colours off')
    host.put(0, '\x1b[1;31mred\n')
    expect(host.fresh()).toBe('linux    | red\r\n')
  })
})
