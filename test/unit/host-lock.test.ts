/** A serial line that wants a key: what it says to whom, and when it is locked again. core's part is src/core/authenticate.ts. */
import { describe, expect, test } from 'vitest'
import {
  CAUSE_PAUSE,
  ERROR_LATER,
  ERROR_LOCKED,
  ERROR_NO_CHALLENGE,
  ERROR_PARAMS,
  ERROR_WRONG_KEY,
  UNLOCKED_MS,
} from '../../src/abi/control.ts'
import { STATE_PAUSED } from '../../src/abi/life.ts'
import { answerTo } from '../../tool/control/authenticate.ts'
import { ESCAPE, FREQUENCY } from '../fake/host.ts'
import { FakeKey } from '../fake/key.ts'
import { Line } from '../fake/line.ts'

const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i + 1))
const METHODS = ['status', 'stop', 'explain', 'create', 'destroy', 'debug', 'trace', 'balloon', 'size', 'bye', 'what']

function locked() {
  const key = new FakeKey(KEY)
  return { key, line: new Line({ key }) }
}

const challengeOf = (line: Line) => (line.ask('hello') as unknown as { result: { challenge: string } }).result.challenge

function unlock(line: Line, key = KEY) {
  const { nonce, answer, isProof } = answerTo(challengeOf(line), key)
  const reply = line.ask('authenticate', { nonce, answer })
  return { reply, isProof }
}

describe('a locked line', () => {
  test('says nothing of its board but a challenge, the same until it is answered', () => {
    const { line } = locked()
    const reply = line.ask('hello')
    expect(reply).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { protocol: 1, challenge: expect.stringMatching(/^(01){32}$/), wait: 0 },
    })
    expect(line.ask('hello')).toEqual(reply)
  })

  test.each(METHODS)('refuses %s', (method) => {
    const { line } = locked()
    line.host.control = () => {
      throw new Error('core was asked')
    }
    const reply = line.ask(method, { vm: 'linux', op: 'begin', keep: 0, columns: 1, rows: 1 })
    expect(reply).toMatchObject({ error: { code: -ERROR_LOCKED, message: 'locked' } })
  })

  test('tells no events, also to who has asked', () => {
    const { line } = locked()
    line.ask('hello')
    line.ask('status', { vm: 'linux' })
    line.host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(line.host.call.openReport(0)).toBe(0)
    expect(line.records()).toEqual([])
  })

  test('has no prompt, and says why', () => {
    const { line } = locked()
    line.host.type(`${ESCAPE}:stop linux\r`)
    expect(line.records()).toEqual([])
    expect(line.text).toContain('this line wants a key')
    // What follows is typed, as everywhere.
    expect(line.host.input(0)).toBe('stop linux\r')
  })

  test('does not lock the line of a VM', () => {
    const { line } = locked()
    line.host.call.lineReset(1)
    const guest = line.host.guestLine()
    guest.write('\x1e{"jsonrpc":"2.0","id":1,"method":"hello"}\n')
    expect(guest.records()).toMatchObject([{ result: { vms: ['linux', 'pulse'] } }])
    expect(line.ask('status', { vm: 'linux' })).toMatchObject({ error: { code: -ERROR_LOCKED } })
  })
})

describe('an answer', () => {
  test('by the right key opens the line, and the board shows that it has the key too', () => {
    const { line } = locked()
    const { reply, isProof } = unlock(line)
    expect(isProof((reply as unknown as { result: { proof: string } }).result.proof)).toBe(true)
    expect(isProof('00'.repeat(32))).toBe(false)
    expect(line.ask('hello')).toMatchObject({ result: { vms: ['linux', 'pulse'] } })
    line.host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(line.records()).toMatchObject([{ method: 'state' }])
  })

  test('by another key does not, nor does the right one to an old challenge', () => {
    const { line, key } = locked()
    const old = answerTo(challengeOf(line), KEY)
    expect(unlock(line, Buffer.alloc(32, 9)).reply).toMatchObject({ error: { code: -ERROR_WRONG_KEY } })
    expect(line.ask('authenticate', old)).toMatchObject({ error: { code: -ERROR_NO_CHALLENGE } })
    challengeOf(line)
    expect(line.ask('authenticate', old)).toMatchObject({ error: { code: -ERROR_WRONG_KEY } })
    expect(key.failures).toBe(2)
    expect(line.ask('status', { vm: 'linux' })).toMatchObject({ error: { code: -ERROR_LOCKED } })
  })

  test('that comes too soon hears how long to wait', () => {
    const { line, key } = locked()
    key.wait = 750
    expect(line.ask('hello')).toMatchObject({ result: { wait: 750 } })
    expect(unlock(line).reply).toMatchObject({ error: { code: -ERROR_LATER, message: 'later', data: { ms: 750 } } })
  })

  test.each([
    [{}],
    [{ nonce: '00'.repeat(32) }],
    [{ nonce: '00'.repeat(32), answer: '00'.repeat(31) }],
    [{ nonce: '00'.repeat(32), answer: '0'.repeat(65) }],
    [{ nonce: '00'.repeat(32), answer: 'zz'.repeat(32) }],
    [{ nonce: 'AB'.repeat(32), answer: 'ab'.repeat(32) }],
    [{ nonce: 7, answer: 'ab'.repeat(32) }],
  ])('that is none costs nothing: %j', (params) => {
    const { line, key } = locked()
    challengeOf(line)
    expect(line.ask('authenticate', params)).toMatchObject({ error: { code: -ERROR_PARAMS } })
    expect([key.failures, key.challenge !== undefined]).toEqual([0, true])
  })

  test('on an open line is no answer', () => {
    const { line } = locked()
    const { nonce, answer } = answerTo(challengeOf(line), KEY)
    line.ask('authenticate', { nonce, answer })
    expect(line.ask('authenticate', { nonce, answer })).toMatchObject({ error: { code: -ERROR_NO_CHALLENGE } })
    expect(new Line().ask('authenticate', { nonce, answer })).toMatchObject({ error: { code: -ERROR_NO_CHALLENGE } })
  })
})

describe('an open line', () => {
  test('is locked after bye, and tells no more', () => {
    const { line } = locked()
    unlock(line)
    line.ask('hello')
    expect(line.ask('bye')).toEqual({ jsonrpc: '2.0', id: 1, result: {} })
    line.host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(line.records()).toEqual([])
    expect(line.ask('status', { vm: 'linux' })).toMatchObject({ error: { code: -ERROR_LOCKED } })
  })

  test('and a minute after the last request', () => {
    const { line } = locked()
    const pass = (ms: number) => {
      line.host.now += (ms / 1000) * FREQUENCY
    }
    unlock(line)
    pass(UNLOCKED_MS - 1)
    expect(line.ask('status', { vm: 'linux' })).toHaveProperty('result')
    pass(UNLOCKED_MS - 1)
    line.host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(line.records()).toHaveLength(1)
    pass(1)
    line.host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(line.records()).toEqual([])
    expect(line.ask('status', { vm: 'linux' })).toMatchObject({ error: { code: -ERROR_LOCKED } })
  })

  test('without a key bye ends the events alone', () => {
    const line = new Line()
    line.ask('hello')
    line.ask('bye')
    line.host.call.tell(0, STATE_PAUSED, CAUSE_PAUSE)
    expect(line.records()).toEqual([])
    expect(line.ask('status', { vm: 'linux' })).toHaveProperty('result')
  })
})
