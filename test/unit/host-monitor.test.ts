/** The command line behind `Ctrl-] :`. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CONTROL_DONE,
  CONTROL_LACKS_CPU,
  CONTROL_PAUSE,
  CONTROL_RESTART,
  CONTROL_RESUME,
  CONTROL_START,
  CONTROL_STOP,
  CONTROL_UNKNOWN_VM,
  CONTROL_WRONG_STATE,
  EXPLAIN_LINES,
  STATE_CRASHED,
  STATE_RUNNING,
} from '../../src/abi/life.ts'
import { ESCAPE, FakeHost, type FakeHostOptions } from '../fake/host.ts'

interface Asked {
  host: FakeHost
  requests: [what: number, vm: number][]
  /** Types a command; what is answered below its own line. */
  command(text: string): string[]
}

function monitor(options: FakeHostOptions = {}, answer = CONTROL_DONE): Asked {
  const host = new FakeHost(options)
  const requests: [number, number][] = []
  host.control = (what, vm) => {
    requests.push([what, vm])
    return answer
  }
  const command = (text: string) => {
    host.fresh()
    host.type(`${ESCAPE}:${text}\r`)
    host.settle()
    const lines = host.fresh().trimEnd().split('\r\n')
    return lines.slice(1).map((line) => line.replace(/^bulkhead +\| /, ''))
  }
  return { host, requests, command }
}

describe('a request', () => {
  test.each([
    ['start', CONTROL_START],
    ['stop', CONTROL_STOP],
    ['restart', CONTROL_RESTART],
    ['pause', CONTROL_PAUSE],
    ['resume', CONTROL_RESUME],
  ])('%s goes to core with the VM of that name', (word, what) => {
    const { command, requests } = monitor()
    command(`${word} pulse`)
    command(`  ${word}   linux  `)
    expect(requests).toEqual([
      [what, 1],
      [what, 0],
    ])
  })

  test('is answered by what begins, or by why not', () => {
    const { command } = monitor()
    expect(command('start pulse')).toEqual(['pulse starts'])
    expect(command('resume pulse')).toEqual(['pulse goes on'])
    // Whoever sees to it says so.
    for (const word of ['stop', 'restart', 'pause']) expect(command(`${word} pulse`)).toEqual([])
    const refused = monitor({}, CONTROL_WRONG_STATE)
    refused.host.states[0] = STATE_CRASHED
    expect(refused.command('stop linux')).toEqual(['linux cannot do that now: it is crashed'])
    expect(monitor({}, CONTROL_LACKS_CPU).command('start linux')).toEqual([
      'it cannot run: one of its CPUs did not start',
    ])
    expect(monitor({}, CONTROL_UNKNOWN_VM).command('start linux')).toEqual(['no such VM: ps lists them'])
  })

  test.each([
    ['stop', 'say which VM, and nothing behind: ps lists them'],
    ['stop linux pulse', 'say which VM, and nothing behind: ps lists them'],
    ['stop lin', 'no such VM: ps lists them'],
    ['stop linux2', 'no such VM: ps lists them'],
    ['stop bulkhead', 'no such VM: ps lists them'],
    ['explain nobody', 'no such VM: ps lists them'],
    ['stopp linux', 'no such command: help lists them'],
    ['sto linux', 'no such command: help lists them'],
    ['x'.repeat(200), 'no such command: help lists them'],
  ])("'%s' reaches nobody: %s", (text, answer) => {
    const { command, requests, host } = monitor()
    expect(command(text)).toEqual([answer])
    expect([requests, host.explained]).toEqual([[], []])
  })
})

test('explain asks core about the VM', () => {
  const { command, host } = monitor()
  command('explain pulse')
  expect([host.explained, host.form]).toEqual([[1], EXPLAIN_LINES])
})

test('ps has a line for each VM', () => {
  const { command, host } = monitor({ names: ['linux', 'a-name-of-thirty-one-characters'] })
  host.states[0] = STATE_RUNNING
  host.states[1] = STATE_CRASHED
  host.figure = (vm, which) => [2n, 1n, 5n, 61_234n, 1_234_567n, 3n][which]! * BigInt(1 - vm)
  const [head, ...lines] = command('ps')
  expect(head!.trim().split(/ {2,}/)).toEqual(['VM', 'state', 'vCPUs', 'CPU time', 'exits restarts', 'cores'])
  expect(lines[0]!.trim().split(/ +/)).toEqual(['linux', 'running', '1/2', '61.2', 's', '1234567', '3', '0,2'])
  expect(lines[1]!.trim().split(/ +/)).toEqual([
    'a-name-of-thirty-one-characters',
    'crashed',
    '0/0',
    '0.0',
    's',
    '0',
    '0',
  ])
  expect(lines[0]!.indexOf('running')).toBe(lines[1]!.indexOf('crashed'))
})

describe('the line', () => {
  test('can be corrected, and is shown as it is typed', () => {
    const { host, requests } = monitor()
    host.type(`${ESCAPE}:stpo\x7f\x08op pulse`)
    host.settle()
    expect(host.fresh()).toBe('bulkhead | : stpo\x08 \x08\x08 \x08op pulse')
    host.type('\r')
    expect(requests).toEqual([[CONTROL_STOP, 1]])
  })

  test.each([
    ['Esc', '\x1b'],
    ['Ctrl-C', '\x03'],
    ['Ctrl-]', ESCAPE],
  ])('%s forgets it, and typing goes to the VM again', (_, key) => {
    const { host, requests } = monitor()
    host.type(`${ESCAPE}:stop pulse${key}ls`)
    expect([requests, host.input(0)]).toEqual([[], 'ls'])
  })

  test('is one command: what follows goes to the VM', () => {
    const { host, command } = monitor()
    command('help')
    host.type('ls\r')
    expect(host.input(0)).toBe('ls\r')
  })

  test('an empty one says nothing', () => {
    expect(monitor().command('  ')).toEqual([])
  })
})

test('whatever is typed, only a whole command with a whole name reaches core', () => {
  const words = [
    'start',
    'stop',
    'ps',
    'help',
    'explain',
    'linux',
    'pulse',
    ' ',
    ' ',
    '\r',
    '\x7f',
    '\x1b',
    ESCAPE,
    ':',
  ]
  const piece = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 8 }))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, slow) => {
      const { host, requests } = monitor({ slow })
      host.type(`${ESCAPE}:`)
      host.type(Buffer.from(pieces.join(''), 'latin1'))
      host.settle()
      for (const [what, vm] of requests) {
        expect(what >= CONTROL_START && what <= CONTROL_RESUME).toBe(true)
        expect([0, 1]).toContain(vm)
      }
      const asked = pieces.join('').match(/(start|stop|restart|pause|resume) /g)?.length ?? 0
      expect(requests.length).toBeLessThanOrEqual(asked)
      host.type(`${ESCAPE}${ESCAPE}\x1b${ESCAPE}?`)
      host.settle()
      expect(host.screen).toContain('Ctrl-] then')
    }),
    { numRuns: 300 },
  )
})
