/** VMs of run time, as the control protocol has them: which template, by which name, and what is left of who had the place. */
import { describe, expect, test } from 'vitest'
import { CAUSE_DESTROY, ERROR_BAD_NAME, ERROR_PARAMS, ERROR_UNKNOWN_TEMPLATE } from '../../src/abi/control.ts'
import {
  CONTROL_ADDRESS_TAKEN,
  CONTROL_BAD_NAME,
  CONTROL_BAD_TEMPLATE,
  CONTROL_CRITICAL,
  CONTROL_DESTROY,
  CONTROL_DESTROY_FORCED,
  CONTROL_FIXED,
  CONTROL_NAME_TAKEN,
  CONTROL_NO_CORE,
  CONTROL_NO_MEMORY,
  CONTROL_NO_ROOM,
  CONTROL_UNKNOWN_TEMPLATE,
  STATE_ABSENT,
  STATE_STARTING,
} from '../../src/abi/life.ts'
import { Line } from '../fake/line.ts'

/** The board that has a template at place 2 of its bundle, and makes VMs at place 3. */
function board() {
  const line = new Line()
  line.host.templates = ['', '', 'worker']
  line.host.free = 5_000_000n
  const made: [number, string][] = []
  line.host.create = (template, name) => {
    made.push([template, name])
    line.host.states[3] = STATE_STARTING
    return 3 << 8
  }
  return { line, made }
}

const names = (line: Line) => (line.ask('hello') as { result: { vms: string[] } }).result.vms

describe('create', () => {
  test('makes a VM of the template, by its name or another', () => {
    const { line, made } = board()
    expect(line.ask('hello')).toMatchObject({ result: { templates: ['worker'], free: 5_000_000 } })
    expect(line.ask('create', { template: 'worker' })).toMatchObject({ result: { vm: 'worker', state: 'starting' } })
    expect(names(line)).toEqual(['linux', 'pulse', 'worker'])
    expect(line.ask('create', { template: 'worker', vm: 'other' })).toMatchObject({ result: { vm: 'other' } })
    expect(names(line)).toEqual(['linux', 'pulse', 'other'])
    expect(made).toEqual([
      [2, ''],
      [2, 'other'],
    ])
  })

  test('is told to whoever listens', () => {
    const { line } = board()
    line.ask('hello')
    const records = line.send('{"jsonrpc":"2.0","id":1,"method":"create","params":{"template":"worker"}}')
    expect(records).toMatchObject([{ params: { vm: 'worker', state: 'starting', cause: 'create' } }, { id: 1 }])
  })

  test.each<[string, object | undefined, number]>([
    ['without a template', undefined, ERROR_PARAMS],
    ['with a name alone', { vm: 'other' }, ERROR_PARAMS],
    ['of no text', { template: 1 }, ERROR_PARAMS],
    ['of an unknown one', { template: 'work' }, ERROR_UNKNOWN_TEMPLATE],
    ['of one with more behind its name', { template: 'workers' }, ERROR_UNKNOWN_TEMPLATE],
    ['of an empty one', { template: '' }, ERROR_UNKNOWN_TEMPLATE],
    ['by an empty name', { template: 'worker', vm: '' }, ERROR_BAD_NAME],
    ['by a long name', { template: 'worker', vm: 'x'.repeat(32) }, ERROR_BAD_NAME],
  ])('%s does nothing', (_, params, code) => {
    const { line, made } = board()
    expect(line.ask('create', params)).toMatchObject({ error: { code: -code } })
    expect(made).toEqual([])
  })

  test.each([
    [CONTROL_UNKNOWN_TEMPLATE, 'unknown-template'],
    [CONTROL_BAD_NAME, 'bad-name'],
    [CONTROL_NAME_TAKEN, 'name-taken'],
    [CONTROL_NO_ROOM, 'no-room'],
    [CONTROL_NO_MEMORY, 'no-memory'],
    [CONTROL_NO_CORE, 'no-core'],
    [CONTROL_BAD_TEMPLATE, 'bad-template'],
    [CONTROL_ADDRESS_TAKEN, 'address-taken'],
  ])('that core refuses with %i is refused as %s', (code, message) => {
    const { line } = board()
    line.host.create = () => code
    expect(line.ask('create', { template: 'worker' })).toMatchObject({ error: { message } })
    expect(names(line)).toEqual(['linux', 'pulse'])
  })
})

describe('destroy', () => {
  test('goes to core, with force where that is said', () => {
    const { line } = board()
    const asked: number[][] = []
    line.host.control = (...request) => {
      asked.push(request)
      return 0
    }
    for (const params of [{}, { force: false }, { force: true }]) line.ask('destroy', { vm: 'pulse', ...params })
    expect(asked).toEqual([
      [CONTROL_DESTROY, 1],
      [CONTROL_DESTROY, 1],
      [CONTROL_DESTROY_FORCED, 1],
    ])
    expect(line.ask('destroy', { vm: 'pulse', force: 1 })).toMatchObject({ error: { code: -ERROR_PARAMS } })
    expect(line.ask('destroy', { vm: 'pulse', force: null })).toMatchObject({ error: { code: -ERROR_PARAMS } })
  })

  test.each([
    [CONTROL_CRITICAL, 'critical'],
    [CONTROL_FIXED, 'fixed'],
  ])('that core refuses with %i is refused as %s', (code, message) => {
    const { line } = board()
    line.host.control = () => code
    expect(line.ask('destroy', { vm: 'pulse' })).toMatchObject({ error: { message } })
  })

  test.each([true, false])('frees the name, told of or not (%s)', (listens) => {
    const line = new Line()
    if (listens) line.ask('hello')
    line.host.call.tell(1, STATE_ABSENT, CAUSE_DESTROY)
    const events = line.records()
    expect(events).toMatchObject(listens ? [{ params: { vm: 'pulse', state: 'absent', cause: 'destroy' } }] : [])
    expect(names(line)).toEqual(['linux'])
    expect(line.ask('status', { vm: 'pulse' })).toMatchObject({ error: { message: 'unknown-vm' } })
  })
})

test('of who had the place before nothing is shown or typed', () => {
  const { line } = board()
  line.ask('create', { template: 'worker', vm: 'first' })
  line.host.uart.stuck = true
  line.host.put(3, 'half a line of the first')
  line.host.type('\x1dfirst\rtyped for the first')
  line.host.call.tell(3, STATE_ABSENT, CAUSE_DESTROY)
  line.host.uart.stuck = false
  line.ask('create', { template: 'worker', vm: 'second' })
  line.host.put(3, 'a line of the second\n')
  line.records()
  expect(line.text).toContain('second')
  expect(line.text).not.toContain('second   | half')
  expect(line.host.input(3)).toBe('')
})
