/** Signs of life as core hears them: whom boot starts when, and VMs that hang. */
import { describe, expect, test } from 'vitest'
import { DEVICE_SIGNS, DEVICE_WATCHDOG } from '../../src/abi/compartment.ts'
import { CONTROL_START, HANG_HEARTBEAT, HANG_WATCHDOG, REACT_RESTART } from '../../src/abi/life.ts'
import { ask, CRASHED, endings, RUNNING, STARTING, state } from '../fake/asking.ts'
import type { FakeVm } from '../fake/bundle.ts'
import { bundle } from '../fake/bundle.ts'
import { control, MILLISECOND } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'
import { started } from '../fake/started.ts'

const GIVES = DEVICE_SIGNS
const alive = (machine: Machine, cpu = 0) => ask(machine, ({ core }) => void core.vmAlive!(), cpu)
const hang =
  (why: number) =>
  (machine: Machine, cpu = 0) =>
    ask(machine, ({ core }) => void core.vmHang!(why), cpu)
const states = (machine: Machine, count = 2) => Array.from({ length: count }, (_, vm) => state(machine, vm))

/** alpha on CPU 0; beta on CPU 1 waits for its first sign. */
function board(beta: FakeVm = {}, alpha: FakeVm = {}) {
  const vms = {
    alpha: { devices: GIVES, ...alpha },
    beta: { cores: [1], after: 1, awaits: 1, patience: 500, ...beta },
  }
  const { machine } = started({ vms, control: true })
  machine.pump()
  return machine
}

describe('who comes after a VM that is to be ready', () => {
  test('begins with its first sign', () => {
    const machine = board()
    expect(states(machine)).toEqual([RUNNING, STARTING])
    machine.elapse(100n * MILLISECOND)
    expect(states(machine)).toEqual([RUNNING, STARTING])
    alive(machine)
    machine.pump()
    expect(states(machine)).toEqual([RUNNING, RUNNING])
    expect(machine.lines.filter((line) => line.includes('although'))).toEqual([])
  })

  test('begins when its patience is over, and that is said', () => {
    const machine = board()
    machine.elapse(499n * MILLISECOND)
    expect(states(machine)).toEqual([RUNNING, STARTING])
    machine.elapse(2n * MILLISECOND)
    expect(states(machine)).toEqual([RUNNING, RUNNING])
    expect(machine.lines).toContain(
      "bulkhead | VM 'beta' starts although VM 'alpha' is not ready: it gave no sign of life within 500 ms",
    )
  })

  test('waits for all of them', () => {
    const vms = {
      alpha: { devices: GIVES },
      beta: { cores: [1], devices: GIVES },
      gamma: { cores: [2], after: 3, awaits: 3 },
    }
    const { machine } = started({ vms, control: true })
    machine.pump()
    alive(machine)
    machine.pump()
    expect(states(machine, 3)).toEqual([RUNNING, RUNNING, STARTING])
    alive(machine, 1)
    machine.pump()
    expect(states(machine, 3)).toEqual([RUNNING, RUNNING, RUNNING])
  })

  test('can be started by an operator', () => {
    const machine = board({ autostart: false })
    expect(state(machine, 1)).not.toBe(STARTING)
    control(machine, CONTROL_START, 1)
    machine.pump()
    expect(state(machine, 1)).toBe(RUNNING)
  })

  test('waits a back-off of its own to its end, whoever is ready', () => {
    const machine = board({ onEnd: [REACT_RESTART, 0, 0, 0], backoff: 100 })
    alive(machine)
    machine.pump()
    hang(HANG_HEARTBEAT)(machine, 1)
    machine.pump()
    expect(states(machine)).toEqual([RUNNING, STARTING])
    alive(machine)
    machine.pump()
    expect(states(machine)).toEqual([RUNNING, STARTING])
  })
})

describe('a VM that hangs', () => {
  test.each([
    ['watchdog', HANG_WATCHDOG, 'its watchdog got to zero twice, and nobody reloaded it'],
    ['heartbeat', HANG_HEARTBEAT, 'no sign of life in time, neither a reload of its watchdog nor a call'],
  ])('by its %s ends as one that crashed, with a report', (_, why, words) => {
    const machine = board({}, { onEnd: [REACT_RESTART, 0, 0, 0] })
    hang(why)(machine)
    machine.pump()
    expect(machine.lines).toContain(`bulkhead | VM 'alpha' hangs: ${words}`)
    expect(machine.lines.filter((line) => line.includes('guest pc'))).toHaveLength(1)
    expect(endings(machine)).toContain("bulkhead | VM 'alpha' crashed; it starts again")
    expect(state(machine, 0)).toBe(RUNNING)
  })

  test('says so once, and where its other vCPUs were', () => {
    const { machine } = started({ vms: { alpha: { cores: [0, 2], devices: GIVES } }, control: true })
    ask(machine, ({ core }) => void core.vcpuOn!(1, 0x4000_4000n, 7n))
    machine.pump()
    ask(machine, ({ core }) => {
      core.vmHang!(HANG_WATCHDOG)
      core.vmHang!(HANG_WATCHDOG)
    })
    machine.pump()
    expect(machine.lines.filter((line) => line.includes(' hangs: '))).toHaveLength(1)
    expect(machine.lines.filter((line) => /alpha: vCPU 1 on CPU 2: /.test(line))).toHaveLength(1)
    expect(state(machine, 0)).toBe(CRASHED)
  })
})

test.each<[string, FakeVm]>([
  ['a watchdog', { devices: DEVICE_WATCHDOG }],
  ['signs of life', { devices: DEVICE_SIGNS }],
  ['somebody to wait for', { awaits: 1 }],
])('a bundle that lacks the extension is refused if a VM has %s', (_, vm) => {
  expect(refusal({ initrd: bundle({ vms: { alpha: vm }, extensions: {} }) })).toBe(
    'the bundle lacks an extension that its VMs need; change the config and build the bundle again',
  )
})
