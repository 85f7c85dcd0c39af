/** What a CPU says of a vCPU that somebody asks about. */
import { expect, test } from 'vitest'
import {
  CONTROL_PAUSE,
  CONTROL_STOP,
  EXPLAIN_LINES,
  FIGURE_CORES,
  FIGURE_EXITS,
  FIGURE_MILLISECONDS,
  FIGURE_VCPU_SHIFT,
  FIGURE_VCPUS,
  FIGURE_VCPUS_ON,
} from '../../src/abi/life.ts'
import { RAM } from '../fake/bundle.ts'
import { board, control, KEEPER, MILLISECOND, turnOn } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { translate } from '../fake/stage2-walk.ts'
import { HVC } from '../fake/syndrome.ts'

/** The lines that `explain` leads to. */
function explained(machine: Machine, vm = 0): string[] {
  const before = machine.lines.length
  machine.current = KEEPER
  machine.core.explain!(vm, EXPLAIN_LINES)
  machine.current = 0
  machine.pump()
  return machine.lines.slice(before).map((line) => line.replace('bulkhead | ', ''))
}

test('a vCPU in WFI with a masked timer, one that is off', () => {
  const machine = board()
  const pa = translate(machine, 0, RAM)!.pa
  machine.physical.write(pa + 0x100, Buffer.from([0x7f, 0x20, 0x03, 0xd5]))
  const { registers } = machine.cpus[0]!
  machine.vcpuOn(0)!.elr = BigInt(RAM) + 0x104n
  registers.set('cntv_ctl_el0', 3n)
  expect(explained(machine)).toEqual([
    'alpha: vCPU 0 on CPU 0: in WFI at 0x40000104; virtual timer masked, physical off; no interrupt pending; IRQs masked',
    '  vCPU 0: its last exits, the latest first',
    '  vCPU 0:   interrupt 0, pc 0x40000104', // that of being asked
    'alpha: vCPU 1 on CPU 2: off',
  ])
})

test('one that runs, with timers ahead and interrupts listed', () => {
  const machine = board()
  const { registers } = machine.cpus[0]!
  machine.vcpuOn(0)!.spsr = 5n
  registers.set('cntv_cval_el0', machine.now - registers.get('cntvoff_el2')! + 1550n * MILLISECOND)
  registers.set('cntv_ctl_el0', 1n)
  machine.gic.interfaces[0]!.lists[0] = (1n << 62n) | (1n << 60n) | 33n
  machine.gic.interfaces[0]!.lists[2] = (1n << 63n) | (1n << 60n) | 48n
  expect(explained(machine)[0]).toMatch(
    /^alpha: vCPU 0 on CPU 0: runs at 0x40000000; virtual timer in 1\.5 s, physical off; interrupts 33 pending, 48 active$/,
  )
})

test('one that is paused, ones that have stopped, a VM that there is not', () => {
  const machine = board()
  turnOn(machine)
  control(machine, CONTROL_PAUSE)
  const states = () => explained(machine).filter((line) => line.startsWith('alpha'))
  expect(states()).toEqual([
    expect.stringMatching(/^alpha: vCPU 0 on CPU 0: paused at 0x/),
    expect.stringMatching(/^alpha: vCPU 1 on CPU 2: paused at 0x40004000/),
  ])
  control(machine, CONTROL_STOP)
  expect(states().map((line) => line.replace(/.*: /, ''))).toEqual(['off', 'off'])
  for (const vm of [2, 16, 0xffff_ffff]) expect(explained(machine, vm)).toEqual([])
})

test('accounts: of the whole VM, up to now', () => {
  const machine = board()
  const figure = (which: number, vm = 0) => Number(machine.core.vmFigure!(vm, which))
  expect([figure(FIGURE_VCPUS), figure(FIGURE_VCPUS_ON), figure(FIGURE_CORES)]).toEqual([2, 1, 0b101])
  turnOn(machine)
  expect(figure(FIGURE_VCPUS_ON)).toBe(2)
  const [ran, exits] = [figure(FIGURE_MILLISECONDS), figure(FIGURE_EXITS)]
  for (let i = 0; i < 5; i++) machine.sync(2, { esr: HVC })
  machine.elapse(200n * MILLISECOND)
  expect(figure(FIGURE_EXITS)).toBe(exits + 5)
  expect(figure(FIGURE_MILLISECONDS) - ran).toBeGreaterThanOrEqual(399)
  expect(figure(FIGURE_MILLISECONDS) - ran).toBeLessThan(403)
  expect([figure(FIGURE_VCPUS, 2), figure(FIGURE_VCPUS, 0xffff_ffff)]).toEqual([0, 0])
  const of = (vcpu: number, which: number) => figure(which | ((vcpu + 1) << FIGURE_VCPU_SHIFT))
  expect([0, 1, 2].map((vcpu) => of(vcpu, FIGURE_CORES))).toEqual([1 << 0, 1 << 2, 0])
  expect(of(1, FIGURE_EXITS)).toBeGreaterThanOrEqual(5)
  expect(of(0, FIGURE_EXITS) + of(1, FIGURE_EXITS)).toBe(figure(FIGURE_EXITS))
})
