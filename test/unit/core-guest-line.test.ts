/** Who may speak on the control line of VMs: the one that holds `control`, as its bundle says, and no compartment that only asks. */
import { describe, expect, test } from 'vitest'
import { ask, PAUSED, RUNNING, STARTING, state } from '../fake/asking.ts'
import { board, KEEPER } from '../fake/control.ts'
import { GuestLine } from '../fake/guest-line.ts'
import type { Machine } from '../fake/machine.ts'
import { started } from '../fake/started.ts'

const CONTROL = 0x43
const request = (method: string, vm?: string, id = 1) =>
  `\x1e${JSON.stringify({ jsonrpc: '2.0', id, method, ...(vm && { params: { vm } }) })}\n`

/** beta holds `control`, on CPU 1. */
function system(control = true) {
  return started({
    control,
    vms: { alpha: { cores: [0] }, beta: { cores: [1], virtio: [CONTROL] }, gamma: { cores: [2] } },
  }).machine
}

/** What the guest on a CPU has its compartment do with the line. */
function say(machine: Machine, text: string, cpu = 1) {
  let records: unknown[] = []
  ask(
    machine,
    ({ core }) => {
      const line = new GuestLine({
        lineWrite: (bytes, count) => void core.controlWrite!(bytes, count),
        lineRead: () => BigInt(core.controlRead!() ?? 0),
      })
      line.write(text)
      records = line.records()
    },
    cpu,
  )
  machine.pump()
  return records
}

const reset = (machine: Machine, cpu = 1) => ask(machine, ({ core }) => void core.controlReset!(), cpu)

describe('the control line', () => {
  test('steers other VMs from the CPU of the one that holds it', () => {
    const machine = system()
    reset(machine)
    expect(say(machine, request('pause', 'alpha'))).toMatchObject([{ id: 1, result: { vm: 'alpha' } }])
    expect([state(machine, 0), state(machine, 1)]).toEqual([PAUSED, RUNNING])
    expect(say(machine, '')).toMatchObject([{ method: 'state', params: { vm: 'alpha', state: 'paused' } }])
    say(machine, request('restart', 'gamma'))
    expect(machine.lines.join('\n')).toContain("VM 'gamma' is restarted")
  })

  test('is not for a compartment whose VM does not hold it', () => {
    const machine = system()
    reset(machine)
    expect(say(machine, request('pause', 'gamma'), 0)).toEqual([])
    expect(state(machine, 2)).toBe(RUNNING)
    expect(say(machine, request('hello'))).toHaveLength(1)
    // Nor does it hear what is said there.
    say(machine, request('pause', 'gamma'))
    expect(say(machine, '', 0)).toEqual([])
  })

  test('and of a system that nobody may steer it is nobody', () => {
    const machine = system(false)
    reset(machine)
    expect(say(machine, request('pause', 'alpha'))).toEqual([])
    expect(state(machine, 0)).toBe(RUNNING)
  })

  test('its VM may end or pause itself, and answers of its former life are gone', () => {
    const machine = system()
    reset(machine)
    expect(say(machine, request('restart', 'beta'))).toMatchObject([{ id: 1 }])
    expect([RUNNING, STARTING]).toContain(state(machine, 1))
    reset(machine)
    expect(say(machine, request('hello', undefined, 2))).toMatchObject([{ id: 2 }])
    say(machine, request('pause', 'beta'))
    expect(state(machine, 1)).toBe(PAUSED)
  })
})

test('no such line: nothing comes of asking', () => {
  const machine = board()
  expect(say(machine, request('pause', 'alpha'))).toEqual([])
  expect(machine.vcpuOn(KEEPER)).toBeUndefined()
})
