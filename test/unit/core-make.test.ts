/** VMs of run time: made of a template, unmade, and nothing of them left; on the board that is only pretended. */
import { describe, expect, test } from 'vitest'
import { MAX_VMS } from '../../src/abi/layout.ts'
import {
  CONTROL_BAD_NAME,
  CONTROL_BAD_TEMPLATE,
  CONTROL_CRITICAL,
  CONTROL_DONE,
  CONTROL_FIXED,
  CONTROL_LACKS_CPU,
  CONTROL_NAME_TAKEN,
  CONTROL_NO_CORE,
  CONTROL_NO_MEMORY,
  CONTROL_NO_ROOM,
  CONTROL_PAUSE,
  CONTROL_RESTART,
  CONTROL_START,
  CONTROL_STOP,
  CONTROL_UNKNOWN_TEMPLATE,
  CONTROL_UNKNOWN_VM,
  CONTROL_WRONG_STATE,
  STATE_ABSENT,
} from '../../src/abi/life.ts'
import { ask, DEFINED, OFF, RUNNING, STOPPED, state, stop } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { bundle, type FakeVm } from '../fake/bundle.ts'
import { control } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { make, unmake } from '../fake/made.ts'
import { refusal } from '../fake/refused.ts'
import { started } from '../fake/started.ts'

const BALLOON = 5
/** Priority, budget and period in microseconds, spare. */
const half = [1, 5000, 10_000, 0]

/** alpha on CPU 0; template 1 wants CPU 1. */
function board(template: FakeVm = {}, others: Record<string, FakeVm> = {}, gic: 2 | 3 = 3): Machine {
  const vms = { alpha: {}, worker: { cores: [1], template: true, ...template }, ...others }
  return started({ vms, control: true, gic }).machine
}

const lines = (machine: Machine) => machine.lines.map((line) => line.replace('bulkhead | ', ''))
const free = (machine: Machine) => Number(machine.core.freeMemory!())

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  test('boot makes nothing of a template; an operator does, and it runs', () => {
    const machine = board({}, {}, gic)
    expect([state(machine, 0), state(machine, 1)]).toEqual([RUNNING, STATE_ABSENT])
    expect(machine.vcpuOn(1)).toBeUndefined()
    expect(make(machine, 1)).toEqual({ code: CONTROL_DONE, vm: 1 })
    expect([state(machine, 1), machine.vcpuOn(1)?.vm, machine.vcpuOn(0)?.vm]).toEqual([RUNNING, 1, 0])
    expect(lines(machine).some((line) => line.startsWith('vm worker: scrub 4194304 bytes'))).toBe(true)
  })

  test('unmade it is gone: its CPU, its name, its place, its RAM are free', () => {
    const machine = board({}, {}, gic)
    const before = free(machine)
    make(machine, 1, 'one')
    expect(before - free(machine)).toBeGreaterThanOrEqual(4 * MiB)
    expect(control(machine, CONTROL_STOP, 1)).toBe(CONTROL_DONE)
    expect(unmake(machine, 1)).toBe(CONTROL_DONE)
    expect([state(machine, 1), machine.vcpuOn(1)]).toEqual([STATE_ABSENT, undefined])
    expect(lines(machine)).toContain("VM 'one' is no more")
    expect(make(machine, 1, 'one')).toEqual({ code: CONTROL_DONE, vm: 1 })
    expect(machine.vcpuOn(1)?.vm).toBe(1)
  })
})

test('a TLB that is asked for the next VM of its place knows nothing of it', () => {
  const machine = board()
  make(machine, 1)
  control(machine, CONTROL_STOP, 1)
  unmake(machine, 1)
  expect(machine.forgotten).toEqual([2])
})

describe('names', () => {
  test('are the template’s, or the operator’s; nobody’s twice', () => {
    const machine = board({ servers: [half], cores: [1] })
    expect(make(machine, 1).code).toBe(CONTROL_DONE)
    expect(make(machine, 1).code).toBe(CONTROL_NAME_TAKEN)
    expect(make(machine, 1, 'alpha').code).toBe(CONTROL_NAME_TAKEN)
    expect(make(machine, 1, 'other').code).toBe(CONTROL_DONE)
  })

  test.each(['A', '1a', '-a', 'a b', 'a_b', 'a\x1b', 'x'.repeat(32)])('%j is none', (name) => {
    const machine = board()
    expect(make(machine, 1, name).code).toBe(CONTROL_BAD_NAME)
    expect(make(machine, 1, 'x'.repeat(31)).code).toBe(CONTROL_DONE)
  })
})

describe('there is no', () => {
  test('template of that number', () => {
    const machine = board()
    for (const template of [0, 2, MAX_VMS, 1000]) expect(make(machine, template).code).toBe(CONTROL_UNKNOWN_TEMPLATE)
    expect(make(started({ vms: { alpha: {} }, control: true }).machine, 0).code).toBe(CONTROL_UNKNOWN_TEMPLATE)
  })

  test('RAM for it', () => {
    const machine = board({ memory: 4096 * MiB })
    const before = free(machine)
    expect(make(machine, 1).code).toBe(CONTROL_NO_MEMORY)
    expect([free(machine), state(machine, 1)]).toEqual([before, STATE_ABSENT])
  })

  test.each<[string, FakeVm, Record<string, FakeVm>]>([
    ['another VM has', { cores: [0] }, {}],
    ['is another’s to share', { cores: [2] }, { beta: { cores: [2], servers: [half] } }],
    ['is promised already', { cores: [2], servers: [half] }, { beta: { cores: [2], servers: [[1, 6000, 10_000, 0]] } }],
  ])('core that %s', (_, template, others) => {
    const machine = board(template, others)
    const before = free(machine)
    const first = make(machine, 1).code
    expect(first).toBe(CONTROL_NO_CORE)
    // What was mapped for its place stays core's.
    expect(before - free(machine)).toBeLessThan(MiB)
    const after = free(machine)
    expect(make(machine, 1).code).toBe(CONTROL_NO_CORE)
    expect(free(machine)).toBe(after)
  })

  test('core that has not come', () => {
    const vms = { alpha: {}, worker: { cores: [2], template: true } }
    const { machine } = started({ vms, control: true, cpuOn: (cpu) => (cpu === 2 ? -2 : 0) })
    expect(make(machine, 1).code).toBe(CONTROL_LACKS_CPU)
  })

  test('VM of a template that cannot be; whoever comes next takes nothing of those that run', () => {
    const wrong = { memory: 3 * MiB, virtio: [BALLOON] } // a balloon wants whole blocks, as the tool says
    const machine = board(wrong, { small: { template: true, cores: [1], memory: 2 * MiB } })
    expect(make(machine, 1).code).toBe(CONTROL_NO_MEMORY)
    expect(make(machine, 2).code).toBe(CONTROL_DONE)
    expect([machine.vcpuOn(0)?.vm, machine.vcpuOn(1)?.vm]).toEqual([0, 1])
  })

  test('place left', () => {
    const tiny = { memory: 2 * MiB, cores: [1], servers: [[1, 100, 10_000, 0]], autostart: false }
    const machine = board(tiny)
    for (let i = 0; i < MAX_VMS - 1; i++) expect(make(machine, 1, `w${i}`).code).toBe(CONTROL_DONE)
    expect(make(machine, 1, 'more').code).toBe(CONTROL_NO_ROOM)
    expect(unmake(machine, 7)).toBe(CONTROL_DONE)
    expect(make(machine, 1, 'more')).toEqual({ code: CONTROL_DONE, vm: 7 })
  })

  test('template of what cannot come and go', () => {
    const socket = { virtio: [19], ports: [{ cid: 4, peers: 1 }] }
    expect(make(board(socket), 1).code).toBe(CONTROL_BAD_TEMPLATE)
    const device = { device: 'uart1', pages: [[0x0904_0000, 0x1000]] as [number, number][] }
    expect(make(board({ board: [device] }), 1).code).toBe(CONTROL_BAD_TEMPLATE)
  })
})

describe('who may be unmade', () => {
  test('who rests', () => {
    const machine = board({ autostart: false })
    make(machine, 1)
    expect([state(machine, 1), unmake(machine, 1), state(machine, 1)]).toEqual([DEFINED, CONTROL_DONE, STATE_ABSENT])
    make(machine, 1)
    control(machine, CONTROL_START, 1)
    expect([state(machine, 1), unmake(machine, 1)]).toEqual([RUNNING, CONTROL_WRONG_STATE])
    control(machine, CONTROL_PAUSE, 1)
    expect(unmake(machine, 1)).toBe(CONTROL_WRONG_STATE)
    control(machine, CONTROL_STOP, 1)
    expect([state(machine, 1), unmake(machine, 1)]).toEqual([STOPPED, CONTROL_DONE])
  })

  test('nobody of the config, and who is critical by force alone', () => {
    const machine = board({ critical: true, autostart: false })
    control(machine, CONTROL_STOP, 0)
    expect(unmake(machine, 0)).toBe(CONTROL_FIXED)
    expect(control(machine, CONTROL_START, 0)).toBe(CONTROL_DONE)
    make(machine, 1)
    expect(unmake(machine, 1)).toBe(CONTROL_CRITICAL)
    expect(unmake(machine, 1, true)).toBe(CONTROL_DONE)
  })

  test('who is not there is not there for anybody', () => {
    const machine = board()
    for (const what of [CONTROL_START, CONTROL_STOP, CONTROL_RESTART, CONTROL_PAUSE]) {
      expect(control(machine, what, 1)).toBe(CONTROL_UNKNOWN_VM)
    }
    expect(unmake(machine, 1)).toBe(CONTROL_UNKNOWN_VM)
    make(machine, 1)
    control(machine, CONTROL_STOP, 1)
    unmake(machine, 1)
    expect([control(machine, CONTROL_START, 1), unmake(machine, 1)]).toEqual([CONTROL_UNKNOWN_VM, CONTROL_UNKNOWN_VM])
  })
})

test('the board powers off when its last VM does, whatever templates there are', () => {
  const machine = board()
  make(machine, 1)
  ask(machine, stop(OFF))
  expect(machine.isOff).toBe(false)
  ask(machine, stop(OFF), 1)
  expect(machine.isOff).toBe(true)
})

test('a bundle with templates and without the extension is refused', () => {
  expect(refusal({ initrd: bundle({ vms: { alpha: {}, worker: { template: true } }, extensions: {} }) })).toBe(
    'the bundle lacks an extension that its VMs need; change the config and build the bundle again',
  )
})
