/** Several VMs on one core: who has it, for how long, and how it comes back. */
import { describe, expect, test } from 'vitest'
import { stub } from '../fake/asking.ts'
import { FIFTH, MILLISECOND, neighbours, owner, SLACK, setTimer, shares, until, wait } from '../fake/shared.ts'

const HALF = [0, 5000, 10_000, 0]
const near = (value: bigint | number) => expect.closeTo(Number(value), -3)

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  test('a guest that waits gives the core to the other, and back; when both wait it idles', () => {
    const machine = neighbours(HALF, HALF, { gic })
    const first = owner(machine)!
    expect(wait(machine)!.vm).toBe(1 - first)
    expect(wait(machine)).toBeUndefined()
    machine.elapse(100n * MILLISECOND)
    expect(machine.vcpuOn(0)).toBeUndefined()
  })

  test('WFI traps where the core is shared', () => {
    const machine = neighbours(HALF, HALF, { gic })
    expect((machine.cpus[0]!.registers.get('hcr_el2')! >> 13n) & 1n).toBe(1n)
  })

  test('a timer wakes its guest on time: on an idle core, and where another guest spins', () => {
    const machine = neighbours([1, 2000, 10_000, 0], [0, 2000, 10_000, 1], { gic })
    until(machine, 0)
    setTimer(machine, 3n * MILLISECOND)
    const due = machine.now + 3n * MILLISECOND
    expect(wait(machine)!.vm).toBe(1)
    machine.elapse(due - machine.now - SLACK)
    expect(owner(machine)).toBe(1)
    machine.elapse(2n * SLACK)
    expect(owner(machine)).toBe(0)
    expect(stub(machine, 0).fresh()).toContainEqual(['interrupt', 0, 27])
    expect(machine.gic.source(0, 27).active).toBe(true)
  })
})

describe('budgets', () => {
  test('one that is spent takes the core away until it is filled up again, also where nobody else wants it', () => {
    const machine = neighbours(FIFTH, FIFTH)
    until(machine, 0)
    wait(machine)
    until(machine, 1)
    for (let i = 0; i < 5; i++) {
      const had = shares(machine, 10n * MILLISECOND)
      expect([had.get(0), had.get(1), had.get(undefined)]).toEqual([undefined, near(20), near(80)])
    }
  })

  test('spinning guests get 80 and 20 percent', () => {
    const machine = neighbours([0, 8000, 10_000, 1], [0, 2000, 10_000, 1])
    const had = shares(machine, 1000n * MILLISECOND)
    expect([had.get(0), had.get(1)]).toEqual([expect.closeTo(80, 0), expect.closeTo(20, 0)])
  })
})
