/** What core tells whoever reads records: new states, faults, what vCPUs do. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { CONTROL_PAUSE, CONTROL_RESTART, CONTROL_STOP, EXPLAIN_RECORDS } from '../../src/abi/life.ts'
import { type FromBoard, fromBoard } from '../../tool/control/protocol.ts'
import { Splitter } from '../../tool/control/split.ts'
import { ALWAYS, ask, NEVER, RESET, RUNNING, state, stop, stub } from '../fake/asking.ts'
import { trap } from '../fake/compartment.ts'
import { board, control, KEEPER } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { dataAbort, faultAt } from '../fake/syndrome.ts'

const HELLO = '\x1e{"jsonrpc":"2.0","id":0,"method":"hello"}\n'

/** A board whose console has been spoken to; every call answers with the records since the last one. */
function attached(restart = NEVER) {
  const machine = board(restart, 3, true)
  const records: FromBoard[] = []
  let text = ''
  const splitter = new Splitter({
    text: (bytes) => {
      text += bytes.toString('latin1')
    },
    record: (json) => records.push(fromBoard.parse(JSON.parse(json))),
  })
  let seen = 0
  const fresh = () => {
    machine.pump()
    splitter.feed(Buffer.from(machine.uart.sent.slice(seen)))
    seen = machine.uart.sent.length
    return records.splice(0)
  }
  type(machine, HELLO)
  expect(fresh()).toMatchObject([{ id: 0, result: { vms: ['alpha', 'beta'] } }])
  return { machine, fresh, lines: () => text.split('\r\n') }
}

function type(machine: Machine, text: string): void {
  for (const ch of Buffer.from(text)) {
    machine.uart.arrive([ch])
    machine.pump()
  }
}

const told = (records: FromBoard[]) =>
  records.map((record) => ('method' in record && record.method === 'state' ? record.params : undefined))

describe('states', () => {
  test('of a pause and a stop', () => {
    const { machine, fresh } = attached()
    control(machine, CONTROL_PAUSE, 1)
    expect(told(fresh())).toMatchObject([{ vm: 'beta', state: 'paused', cause: 'pause' }])
    control(machine, CONTROL_STOP, 1)
    expect(told(fresh())).toMatchObject([{ vm: 'beta', state: 'stopped', cause: 'stop' }])
  })

  test('of a guest that resets itself, and of a restart: again, then ready', () => {
    const { machine, fresh } = attached(ALWAYS)
    ask(machine, stop(RESET))
    expect(told(fresh())).toMatchObject([
      { seq: 1, vm: 'alpha', state: 'starting', cause: 'reset' },
      { seq: 2, vm: 'alpha', state: 'running', cause: 'ready' },
    ])
    control(machine, CONTROL_RESTART)
    expect(told(fresh())).toMatchObject([{ cause: 'restart' }, { cause: 'ready' }])
    expect(state(machine, 0)).toBe(RUNNING)
  })
})

test('a fault is a record of its own beside its lines, then the state that it leads to', () => {
  const { machine, fresh, lines } = attached()
  stub(machine, 0).mmioWrite = trap(TRAP_UNREACHABLE) as never
  machine.sync(0, { esr: dataAbort({ write: true, register: 3, size: 2 }), ...faultAt(0x900_0018, 0x900_0018) })
  const records = fresh()
  expect(records).toMatchObject([
    { method: 'report', params: { kind: 'exits', vcpu: 0, exits: [{ pc: '0x40000000', at: '0x9000018' }] } },
    {
      method: 'report',
      params: {
        vm: 'alpha',
        kind: 'device-models',
        vcpu: 0,
        cpu: 0,
        place: expect.stringMatching(/^unreachable code at src\/vmm\/example\.ts:42, pc 0x/),
        exit: 'write of 2 bytes at 0x9000018, its UART',
        state: expect.stringContaining('runs at 0x40000000'),
      },
    },
    { method: 'state', params: { vm: 'alpha', state: 'crashed', cause: 'crash' } },
  ])
  expect(lines().join('\n')).toContain("VM 'alpha': its device models failed")
})

test('explain answers once for each vCPU', () => {
  const { machine, fresh } = attached()
  machine.current = KEEPER
  machine.core.explain!(0, EXPLAIN_RECORDS)
  machine.current = 0
  expect(fresh()).toMatchObject([
    { params: { vm: 'alpha', kind: 'exits', vcpu: 0, exits: [{ intid: 0 }] } },
    { params: { vm: 'alpha', kind: 'state', vcpu: 0, cpu: 0, state: expect.stringMatching(/^runs at 0x40000000; /) } },
    { params: { vm: 'alpha', kind: 'state', vcpu: 1, cpu: 2, state: 'off' } },
  ])
})

test('a console that fails in the middle of a record begins anew; the line behind it is whole', () => {
  const { machine, fresh, lines } = attached()
  let left = 1
  machine.joint.breakHost = (name) => {
    if (name === 'report' && left-- > 0) trap(TRAP_UNREACHABLE, 0x2_8000_0000n)()
  }
  machine.current = KEEPER
  machine.core.explain!(0, EXPLAIN_RECORDS)
  machine.current = 0
  expect(fresh()).toEqual([])
  control(machine, CONTROL_PAUSE, 1)
  fresh()
  expect(lines()).toContain("bulkhead | VM 'beta' is paused")
  type(machine, HELLO)
  expect(fresh()).toMatchObject([{ id: 0 }])
})
