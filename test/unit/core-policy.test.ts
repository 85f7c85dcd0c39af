/** What VMs' ends lead to beyond a restart: a wait, another VM, the board; and whom boot starts when. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import {
  CONTROL_DONE,
  CONTROL_RESTART,
  CONTROL_START,
  CONTROL_STOP,
  PROVEN,
  REACT_REBOOT,
  REACT_RESTART,
  REACT_START,
  REACT_STOP,
} from '../../src/abi/life.ts'
import { ask, CRASHED, DEFINED, endings, OFF, RESET, RUNNING, STARTING, STOPPED, state, stop } from '../fake/asking.ts'
import type { FakeVm } from '../fake/bundle.ts'
import { trap } from '../fake/compartment.ts'
import { control, MILLISECOND } from '../fake/control.ts'
import { started } from '../fake/started.ts'

const crash = trap(TRAP_UNREACHABLE)
const SECOND = 1000n * MILLISECOND

/** alpha on CPU 0, beta on CPU 1. */
function board(alpha: FakeVm, beta: FakeVm = {}) {
  return started({ vms: { alpha, beta: { cores: [1], ...beta } } }).machine
}

const states = (machine: ReturnType<typeof board>) => [state(machine, 0), state(machine, 1)]

describe('another VM in its place', () => {
  const other = { autostart: false }

  test.each([
    ['a crash', [REACT_START + 1, 0, 0, 0], crash, CRASHED, 'crashed'],
    ['a reset', [0, REACT_START + 1, 0, 0], stop(RESET), STOPPED, 'reset itself'],
    ['a power-off', [0, 0, REACT_START + 1, 0], stop(OFF), STOPPED, 'powered itself off'],
  ])('after %s', (_, onEnd, how, rests, words) => {
    const machine = board({ onEnd }, other)
    expect(states(machine)).toEqual([RUNNING, DEFINED])
    ask(machine, how)
    machine.pump()
    expect(states(machine)).toEqual([rests, RUNNING])
    expect(endings(machine)).toEqual([`bulkhead | VM 'alpha' ${words}; in its place starts VM 'beta'`])
    expect([machine.vcpuOn(1)?.vm, machine.isOff]).toEqual([1, false])
  })

  test('once the restarts are used up', () => {
    const machine = board({ onEnd: [REACT_RESTART, 0, 0, REACT_START + 1], limit: 1 }, other)
    ask(machine, crash)
    expect(states(machine)).toEqual([RUNNING, DEFINED])
    ask(machine, crash)
    machine.pump()
    expect(states(machine)).toEqual([CRASHED, RUNNING])
    expect(endings(machine)[1]).toBe(
      "bulkhead | VM 'alpha' crashed; its restart limit is reached, in its place starts VM 'beta'",
    )
  })

  test('that runs already goes on', () => {
    const machine = board({ onEnd: [REACT_START + 1, 0, 0, 0] })
    ask(machine, crash)
    machine.pump()
    expect(states(machine)).toEqual([CRASHED, RUNNING])
  })

  test('that the bundle lacks is none', () => {
    const machine = board({ onEnd: [REACT_START + 2, 0, 0, 0] })
    ask(machine, crash)
    expect(endings(machine)).toEqual(["bulkhead | VM 'alpha' crashed; it stays off"])
  })
})

test('the board reboots, when that has been said', () => {
  const machine = board({ onEnd: [REACT_REBOOT, REACT_STOP, REACT_STOP, REACT_STOP] })
  ask(machine, crash)
  expect([machine.isReset, machine.isOff]).toEqual([true, false])
  expect(machine.lines.at(-1)).toBe("bulkhead | VM 'alpha' crashed; the board reboots")
})

test('an operator’s stop reboots nothing and starts nobody', () => {
  const machine = board({ onEnd: [REACT_REBOOT, REACT_REBOOT, REACT_START + 1, REACT_REBOOT] }, { autostart: false })
  expect(control(machine, CONTROL_STOP)).toBe(CONTROL_DONE)
  expect([states(machine), machine.isReset]).toEqual([[STOPPED, DEFINED], false])
})

describe('a back-off', () => {
  const patient = { onEnd: [REACT_RESTART, REACT_RESTART, 0, 0], backoff: 100, limit: 0 }

  test('is waited for, twice as long each time; the neighbour runs', () => {
    const machine = board(patient)
    for (const [i, wait] of [100n, 200n, 400n].entries()) {
      ask(machine, crash)
      machine.pump()
      expect(states(machine)).toEqual([STARTING, RUNNING])
      expect(endings(machine)[i]).toBe(`bulkhead | VM 'alpha' crashed; it starts again in ${wait} ms`)
      machine.elapse((wait - 1n) * MILLISECOND)
      expect(states(machine)).toEqual([STARTING, RUNNING])
      machine.elapse(2n * MILLISECOND)
      expect(states(machine)).toEqual([RUNNING, RUNNING])
    }
  })

  test('may be cut short by a stop, and by an operator who starts it at once', () => {
    const machine = board(patient)
    ask(machine, crash)
    machine.pump()
    expect(control(machine, CONTROL_STOP)).toBe(CONTROL_DONE)
    expect(state(machine, 0)).toBe(STOPPED)
    expect(control(machine, CONTROL_START)).toBe(CONTROL_DONE)
    expect(state(machine, 0)).toBe(RUNNING)
    ask(machine, crash)
    machine.pump()
    expect(control(machine, CONTROL_RESTART)).toBe(CONTROL_DONE)
    expect(state(machine, 0)).toBe(RUNNING)
  })
})

test('a VM that ran for a minute of its own clock counts its restarts anew', () => {
  const machine = board({ onEnd: [REACT_RESTART, 0, 0, 0], limit: 1 })
  for (let i = 0; i < 4; i++) {
    ask(machine, crash)
    expect(state(machine, 0)).toBe(RUNNING)
    machine.now += BigInt(PROVEN) * SECOND
  }
  ask(machine, crash)
  machine.now += BigInt(PROVEN - 1) * SECOND
  ask(machine, crash)
  expect(state(machine, 0)).toBe(CRASHED)
})

describe('boot', () => {
  test('starts a VM once those that it comes after have begun', () => {
    const order: string[] = []
    const { machine } = started({
      vms: {
        alpha: {},
        beta: { cores: [1], after: 0b101 },
        gamma: { cores: [2], after: 0b001 },
      },
    })
    machine.pump()
    for (const line of machine.lines) {
      const name = /^bulkhead \| vm (\w+): scrub/.exec(line)?.[1]
      if (name) order.push(name)
    }
    expect(order).toEqual(['alpha', 'gamma', 'beta'])
    expect([0, 1, 2].map((vm) => state(machine, vm))).toEqual([RUNNING, RUNNING, RUNNING])
  })

  test('leaves those alone that wait for nobody’s start, and an operator may start them', () => {
    const machine = board({}, { autostart: false })
    expect(states(machine)).toEqual([RUNNING, DEFINED])
    expect(control(machine, CONTROL_START, 1)).toBe(CONTROL_DONE)
    expect(states(machine)).toEqual([RUNNING, RUNNING])
  })

  test('a VM that restarts starts nobody a second time', () => {
    const machine = board({ onEnd: [REACT_RESTART, 0, 0, 0] }, { after: 1 })
    machine.pump()
    expect(states(machine)).toEqual([RUNNING, RUNNING])
    control(machine, CONTROL_STOP, 1)
    ask(machine, crash)
    machine.pump()
    expect(states(machine)).toEqual([RUNNING, STOPPED])
  })
})
