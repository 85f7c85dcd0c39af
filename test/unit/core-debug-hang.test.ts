/** A VM that hangs under its debugger halts where it is, is told of, and may go on; without one it ends. */
import { beforeEach, expect, test } from 'vitest'
import { DEVICE_WATCHDOG } from '../../src/abi/compartment.ts'
import {
  DEBUG_ATTACH,
  DEBUG_DETACH,
  DEBUG_GO,
  HALT_HEARTBEAT,
  HALT_NONE,
  HALT_WATCHDOG,
  REGISTER_HALT,
  REGISTER_HALT_AT,
} from '../../src/abi/debug.ts'
import {
  CONTROL_DONE,
  HANG_HEARTBEAT,
  HANG_WATCHDOG,
  STATE_CRASHED,
  STATE_PAUSED,
  STATE_RUNNING,
} from '../../src/abi/life.ts'
import { ask, state } from '../fake/asking.ts'
import { KEEPER } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { started } from '../fake/started.ts'

const PC = 0x4000_1230n

let machine: Machine
/** alpha, on CPUs 0 and 2, has a watchdog, and a debugger may have it. */
beforeEach(() => {
  machine = started({
    control: true,
    vms: { alpha: { cores: [0, 2], devices: DEVICE_WATCHDOG, debug: true }, beta: { cores: [1] } },
  }).machine
  ask(machine, ({ core }) => void core.vcpuOn!(1, 0x4000_4000n, 7n))
  machine.pump()
})

function debug(what: number): void {
  const { current } = machine
  machine.current = KEEPER
  expect(Number(machine.core.debug!(what, 0, 0))).toBe(CONTROL_DONE)
  machine.current = current
  machine.pump()
}

/** What the compartment of the VM on CPU 0 finds when its time is over. */
function hang(why: number): void {
  machine.vcpuOn(0)!.elr = PC
  ask(machine, ({ core }) => void core.vmHang!(why))
  machine.pump()
}

const halts = () => [0, 1].map((vcpu) => machine.core.debugRegister!(0, vcpu, REGISTER_HALT))
const told = () => machine.lines.filter((line) => line.includes(' hangs: '))

test.each([
  ['watchdog', HANG_WATCHDOG, HALT_WATCHDOG, 'its watchdog got to zero twice, and nobody reloaded it'],
  [
    'heart-beat',
    HANG_HEARTBEAT,
    HALT_HEARTBEAT,
    'no sign of life in time, neither a reload of its watchdog nor a call',
  ],
])('by its %s halts, says why, and goes on when its debugger wants', (_, why, kind, words) => {
  debug(DEBUG_ATTACH)
  debug(DEBUG_GO)
  hang(why)
  expect(state(machine, 0)).toBe(STATE_PAUSED)
  expect(halts()).toEqual([BigInt(kind), BigInt(HALT_NONE)])
  expect(machine.core.debugRegister!(0, 0, REGISTER_HALT_AT)).toBe(PC)
  expect(told()).toEqual([`bulkhead | VM 'alpha' hangs: ${words}; its debugger has it`])
  expect(machine.lines.filter((line) => /guest pc 0x40001230/.test(line))).toHaveLength(1)
  expect(machine.lines.filter((line) => /crashed|is paused/.test(line))).toEqual([])
  expect(state(machine, 1)).toBe(STATE_RUNNING)

  debug(DEBUG_GO)
  expect(state(machine, 0)).toBe(STATE_RUNNING)
  expect(machine.vcpuOn(0)!.elr).toBe(PC)
  hang(why)
  expect([state(machine, 0), told().length]).toEqual([STATE_PAUSED, 2])
})

test('that its debugger left ends as one that crashed', () => {
  debug(DEBUG_ATTACH)
  debug(DEBUG_DETACH)
  hang(HANG_WATCHDOG)
  expect(state(machine, 0)).toBe(STATE_CRASHED)
  expect(told()).toEqual(["bulkhead | VM 'alpha' hangs: its watchdog got to zero twice, and nobody reloaded it"])
})

test('that halts already is not told of again', () => {
  debug(DEBUG_ATTACH)
  debug(DEBUG_GO)
  ask(machine, ({ core }) => {
    core.vmHang!(HANG_WATCHDOG)
    core.vmHang!(HANG_HEARTBEAT)
  })
  machine.pump()
  expect([state(machine, 0), told().length]).toEqual([STATE_PAUSED, 1])
  expect(halts()[0]).toBe(BigInt(HALT_WATCHDOG))
})
