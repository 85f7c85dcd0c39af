/** The control line of a VM that holds `control`, beside the console's: own records, own answers, own rate. */
import { describe, expect, test } from 'vitest'
import { CAUSE_CRASH, CAUSE_PAUSE, ERROR_TOO_FAST, REQUEST_BURST } from '../../src/abi/control.ts'
import { CONTROL_DONE, STATE_PAUSED } from '../../src/abi/life.ts'
import { NEVER } from '../fake/host.ts'
import { Line, RS } from '../fake/line.ts'

const STEWARD = 1
const hello = (id: number) => `${RS}${JSON.stringify({ jsonrpc: '2.0', id, method: 'hello' })}\n`

function both() {
  const line = new Line()
  line.host.call.lineReset(STEWARD)
  return { line, host: line.host, guest: line.host.guestLine() }
}

describe("a guest's line", () => {
  test('answers where it was asked, and nowhere else', () => {
    const { line, guest } = both()
    guest.write(hello(1))
    expect(guest.records()).toMatchObject([{ id: 1, result: { protocol: 1, vms: ['linux', 'pulse'] } }])
    expect(line.records()).toEqual([])
    expect(line.text).toBe('')
    expect(line.ask('hello', undefined, 2)).toMatchObject({ id: 2 })
    expect(guest.records()).toEqual([])
  })

  test('may be cut anywhere, and so may the other', () => {
    const { line, guest } = both()
    const wish = hello(1)
    for (let i = 0; i < wish.length; i++) {
      guest.write(wish[i]!)
      line.host.type(hello(2)[i]!)
    }
    expect(guest.records()).toMatchObject([{ id: 1 }])
    expect(line.records()).toMatchObject([{ id: 2 }])
  })

  test('hears events once it has asked for something, and so does the other', () => {
    const { line, host, guest } = both()
    host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(guest.records()).toEqual([])
    guest.write(hello(1))
    guest.records()
    host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(guest.records()).toMatchObject([{ method: 'state', params: { vm: 'linux', state: 'paused' } }])
    expect(line.records()).toEqual([])
    line.ask('hello')
    host.call.tell(0, STATE_PAUSED, CAUSE_CRASH)
    expect(guest.records()).toMatchObject([{ method: 'state', params: { cause: 'crash' } }])
    expect(line.records()).toMatchObject([{ method: 'state', params: { cause: 'crash' } }])
  })

  test('core is told at once that something waits for the VM, until it has looked', () => {
    const { host, guest } = both()
    guest.write(hello(1))
    guest.records()
    expect(host.call.deadline()).toBe(NEVER)
    host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(host.call.deadline()).toBe(0n)
    expect(host.call.inputPending()).toBe(1 << STEWARD)
    expect(host.call.deadline()).toBe(NEVER)
    expect(host.input(STEWARD)).toBe('')
    expect(host.call.inputPending()).toBe(0)
  })

  test('what it does is told at the console', () => {
    const { line, host, guest } = both()
    line.ask('hello')
    host.control = () => CONTROL_DONE
    guest.write(`${RS}{"jsonrpc":"2.0","id":3,"method":"resume","params":{"vm":"pulse"}}\n`)
    expect(guest.records()).toMatchObject([{ method: 'state' }, { id: 3, result: { vm: 'pulse' } }])
    expect(line.records()).toMatchObject([{ method: 'state', params: { vm: 'pulse', cause: 'resume' } }])
  })

  test('that floods is refused beyond its rate, and takes nothing from the console', () => {
    const { line, guest } = both()
    const answers = Array.from({ length: 2 * REQUEST_BURST }, (_, i) => {
      guest.write(hello(i))
      return guest.records()[0]
    })
    const refused = answers.filter((answer) => 'error' in answer! && answer.error.code === -ERROR_TOO_FAST)
    expect(refused).toHaveLength(REQUEST_BURST)
    expect(line.ask('hello')).toHaveProperty('result')
  })

  test('that is never read loses whole records, and stops nobody', () => {
    const { line, host, guest } = both()
    guest.write(hello(0))
    line.ask('hello')
    for (let i = 0; i < 200; i++) {
      host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
      expect(line.records()).toHaveLength(1)
    }
    for (const record of guest.records().slice(1)) expect(record).toMatchObject({ method: 'state' })
    guest.write(hello(9))
    expect(guest.records()).toMatchObject([{ id: 9 }])
  })

  test("types nothing: what is no record is nobody's", () => {
    const { host, guest } = both()
    guest.write('\x1d2\x1d:stop linux\n\x1eq')
    expect([host.input(0), host.input(1), guest.records(), host.screen]).toEqual(['', '', [], ''])
    guest.write(hello(1))
    expect(guest.records()).toMatchObject([{ id: 1 }])
  })

  test('begins anew with its driver: half a request, answers and events of before are gone', () => {
    const { host, guest } = both()
    guest.write(hello(1))
    guest.write(hello(2).slice(0, 20))
    host.call.lineReset(STEWARD)
    host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(guest.records()).toEqual([])
    guest.write(`${hello(2).slice(20)}${hello(3)}`)
    expect(guest.records()).toMatchObject([{ id: 3 }])
  })
})
