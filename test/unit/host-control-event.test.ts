/** Events of the control protocol as the console's compartment tells them. */
import { describe, expect, test } from 'vitest'
import { CAUSE_CRASH } from '../../src/abi/control.ts'
import { STATE_STARTING } from '../../src/abi/life.ts'
import { ESCAPE, FREQUENCY } from '../fake/host.ts'
import { Line } from '../fake/line.ts'

describe('events', () => {
  test('a new state, with its cause; numbered', () => {
    const line = new Line()
    line.ask('hello')
    line.host.now = 2 * FREQUENCY
    line.host.call.tell(1, STATE_STARTING, CAUSE_CRASH)
    expect(line.records()).toEqual([
      {
        jsonrpc: '2.0',
        method: 'state',
        params: { seq: 1, ms: 2000, vm: 'pulse', state: 'starting', cause: 'crash' },
      },
    ])
    line.ask('resume', { vm: 'linux' })
    line.host.type(`${ESCAPE}:start linux\r`)
    expect(line.records()).toMatchObject([{ params: { seq: 3, vm: 'linux', state: 'starting', cause: 'start' } }])
  })

  test('those that find no room leave a gap; nothing is cut', () => {
    const line = new Line({ slow: true })
    line.ask('hello')
    line.host.uart.stuck = true
    for (let i = 0; i < 100; i++) line.host.call.tell(0, STATE_STARTING, CAUSE_CRASH)
    line.host.uart.stuck = false
    const kept = line.records().length
    expect(kept).toBeGreaterThan(20)
    line.host.call.tell(0, STATE_STARTING, CAUSE_CRASH)
    expect(line.records()).toMatchObject([{ params: { seq: 101 } }])
  })
})
