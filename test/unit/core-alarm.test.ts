/** Alarms: a compartment is told that time has passed, on its vCPU's own CPU, whether that waits, shares its CPU or is held. */
import { describe, expect, test } from 'vitest'
import { CONTROL_PAUSE, CONTROL_RESUME } from '../../src/abi/life.ts'
import { ask, stub } from '../fake/asking.ts'
import { board, control, MILLISECOND, turnOn } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { neighbours, owner, until, wait } from '../fake/shared.ts'

/** Asks at `ticks` from now, in the VM's own time. */
function setAlarm(machine: Machine, ticks: bigint, cpu = 0): void {
  ask(machine, ({ core }) => void core.wakeAt!(BigInt.asUintN(64, core.counter!() as unknown as bigint) + ticks), cpu)
}

const told = (machine: Machine, vm = 0) =>
  stub(machine, vm)
    .fresh()
    .filter(([name]) => name === 'deliver').length

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  test('one alarm is one call, at its time', () => {
    const machine = board(undefined, gic)
    for (const vm of [0, 1]) told(machine, vm)
    setAlarm(machine, MILLISECOND)
    machine.elapse(MILLISECOND - 10n)
    expect(told(machine)).toBe(0)
    machine.elapse(10n)
    expect(told(machine)).toBe(1)
    machine.elapse(100n * MILLISECOND)
    expect([told(machine), told(machine, 1)]).toEqual([0, 0])
  })

  test('the earliest wish counts, and who is told wishes anew', () => {
    const machine = board(undefined, gic)
    told(machine)
    setAlarm(machine, 5n * MILLISECOND)
    setAlarm(machine, MILLISECOND)
    setAlarm(machine, 3n * MILLISECOND)
    machine.elapse(MILLISECOND)
    expect(told(machine)).toBe(1)
    machine.elapse(10n * MILLISECOND)
    expect(told(machine)).toBe(0)
  })

  test('of a vCPU that turns itself off, another of the VM is told', () => {
    const machine = board(undefined, gic)
    turnOn(machine)
    setAlarm(machine, MILLISECOND)
    ask(machine, ({ core }) => void core.vcpuOff!())
    machine.pump()
    expect(stub(machine, 0).fresh()).toContainEqual(['deliver', 1])
  })

  test('in the past, it rings at once; for the end of time, never', () => {
    const machine = board(undefined, gic)
    told(machine)
    ask(machine, ({ core }) => void core.wakeAt!(0n))
    machine.pump()
    expect(told(machine)).toBe(1)
    ask(machine, ({ core }) => void core.wakeAt!(-1n))
    machine.elapse(100n * MILLISECOND)
    expect(told(machine)).toBe(0)
  })

  test('a compartment that always wants to be told at once does not keep its CPU from others', () => {
    const machine = board(undefined, gic)
    const vmm = stub(machine, 0)
    vmm.deliver = (vcpu) => {
      vmm.calls.push(['deliver', vcpu])
      vmm.core.wakeAt!(0n)
    }
    setAlarm(machine, 0n)
    machine.elapse(10n)
    expect(told(machine)).toBeLessThan(5)
  })

  test('of a paused VM, it waits for the VM', () => {
    const machine = board(undefined, gic)
    setAlarm(machine, MILLISECOND)
    control(machine, CONTROL_PAUSE)
    told(machine)
    machine.elapse(10n * MILLISECOND)
    expect(told(machine)).toBe(0)
    control(machine, CONTROL_RESUME)
    machine.pump()
    expect(told(machine)).toBeGreaterThan(0)
  })

  test('a vCPU that waits on a shared CPU gets it for that', () => {
    const machine = neighbours([1, 2000, 10_000, 0], [0, 2000, 10_000, 1], { gic })
    until(machine, 0)
    setAlarm(machine, MILLISECOND)
    wait(machine)
    expect(owner(machine)).toBe(1)
    told(machine)
    machine.elapse(MILLISECOND)
    expect([owner(machine), told(machine)]).toEqual([0, 1])
  })
})
