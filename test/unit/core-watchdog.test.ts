/** The board resets when a critical VM has ended, or when the hypervisor stands still. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { CONTROL_STOP } from '../../src/abi/life.ts'
import { ALWAYS, ask, NEVER, OFF, ON_CRASH, stop, stub } from '../fake/asking.ts'
import { bundle, type FakeVm } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { Machine, type MachineOptions } from '../fake/machine.ts'
import { RASPBERRY } from '../fake/raspberry.ts'

const LINE = "bulkhead | VM 'alpha' is critical: the board resets"
/** Ticks of the pretended counter. */
const SECOND = 62_500_000n

function board(options: MachineOptions, alpha: FakeVm): Machine {
  const vms = { alpha, beta: { cores: [1], restart: ALWAYS } }
  const machine = new Machine({ ...options, vmm: (machine) => new StubVmm(machine), initrd: bundle({ vms }) })
  machine.boot()
  return machine
}

describe.each([
  ['by PSCI', {}],
  ['by the power manager', RASPBERRY],
] as const)('%s', (_, options) => {
  test.each([
    ['powers itself off', NEVER, stop(OFF)],
    ['crashes', NEVER, trap(TRAP_UNREACHABLE)],
  ])('when it %s for good', (_, restart, action) => {
    const machine = board(options, { critical: true, restart })
    ask(machine, action)
    expect(machine.lines.at(-1)).toBe(LINE)
    expect(machine.isReset).toBe(true)
  })

  test('not as long as its policy starts it again', () => {
    const machine = board(options, { critical: true, restart: ON_CRASH, limit: 2 })
    for (let i = 0; i < 2; i++) ask(machine, trap(TRAP_UNREACHABLE))
    expect([machine.isReset, machine.lines.includes(LINE)]).toEqual([false, false])
    ask(machine, trap(TRAP_UNREACHABLE))
    expect(machine.isReset).toBe(true)
  })

  test('not for a VM that is not critical', () => {
    const machine = board(options, { restart: NEVER })
    ask(machine, trap(TRAP_UNREACHABLE))
    expect(machine.isOff).toBe(false)
  })

  test('not when an operator stops it', () => {
    const machine = board(options, { critical: true, restart: NEVER })
    machine.current = 1
    stub(machine, 1)
    expect(machine.core.control!(CONTROL_STOP, 0)).toBe(0)
    machine.pump()
    expect([machine.isOff, machine.vcpuOn(0)]).toEqual([false, undefined])
  })
})

describe("the power manager's watchdog", () => {
  test('is fed as long as the keeper runs, before its time is over', () => {
    const machine = board(RASPBERRY, { critical: true })
    const { devices } = machine
    expect(devices.power.get(0x24)).toBe(10 * 65536)
    for (let i = 0; i < 10; i++) {
      const before = devices.meals
      machine.elapse(5n * SECOND)
      expect(devices.meals).toBeGreaterThan(before)
    }
    expect(devices.meals).toBeLessThan(40)
  })

  test('waits for a boot that parks', () => {
    const vms = { alpha: { critical: true }, beta: { cores: [1, 1] } }
    const machine = new Machine({ ...RASPBERRY, initrd: bundle({ vms }) })
    machine.boot()
    expect(machine.lines.at(-1)).toMatch(/^bulkhead \| stop: two vCPUs want one core/)
    expect(machine.devices.power.get(0x1c)! & 0x20).toBe(0x20)
    const { meals } = machine.devices
    machine.elapse(20n * SECOND)
    expect(machine.devices.meals).toBe(meals)
  })

  test('is left alone without a critical VM', () => {
    const machine = board(RASPBERRY, {})
    machine.elapse(20n * SECOND)
    expect(machine.devices.meals).toBe(0)
  })
})
