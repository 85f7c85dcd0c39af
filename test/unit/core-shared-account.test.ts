/** What the accounts say of vCPUs that share a core, and what their guests are told of the time that they missed. */
import { describe, expect, test } from 'vitest'
import {
  STAT_ACCESSES,
  STAT_HYPERCALLS,
  STAT_INTERRUPTS,
  STAT_LONGEST,
  STAT_RAN,
  STAT_STOLEN,
  STAT_TRAPS,
} from '../../src/abi/compartment.ts'
import { STOLEN_IPA, STOLEN_STRIDE } from '../../src/abi/guest-machine.ts'
import { ALWAYS, ask, OFF, stop, stub } from '../fake/asking.ts'
import { RAM } from '../fake/bundle.ts'
import type { Machine } from '../fake/machine.ts'
import { MILLISECOND, neighbours, owner, sharing, until, wait } from '../fake/shared.ts'
import { translate } from '../fake/stage2-walk.ts'
import { started } from '../fake/started.ts'
import { dataAbort, FP, faultAt } from '../fake/syndrome.ts'
import { interrupted } from '../fake/vector.ts'

const HALF = [0, 5000, 10_000, 0]
/** Ticks are 16 ns. */
const TICK = 16n

/** Figures of the guest on CPU 0, all taken at one time. */
function figures(machine: Machine, which = [STAT_RAN, STAT_STOLEN]): bigint[] {
  let values: bigint[] = []
  ask(machine, ({ core }) => {
    values = which.map((stat) => BigInt.asUintN(64, BigInt(core.statistic!(stat))))
  })
  return values
}

/** As the guest on CPU 0 reads it. */
function stolen(machine: Machine, vcpu = 0): bigint {
  const { pa } = translate(machine, 0, STOLEN_IPA)!
  return machine.physical.read64(pa + vcpu * STOLEN_STRIDE + 8)
}

describe('run and stolen time', () => {
  test('add up to the time that a guest has been awake', () => {
    const machine = neighbours(HALF, HALF)
    until(machine, 0)
    const [before, begin] = [figures(machine), machine.now]
    for (let i = 0; i < 7; i++) {
      until(machine, 1)
      until(machine, 0)
    }
    const [after, end] = [figures(machine), machine.now]
    const [ran, missed] = [after[0]! - before[0]!, after[1]! - before[1]!]
    expect(Number(ran + missed - (end - begin))).toBeCloseTo(0, -2)
    expect(Number((ran * 100n) / (end - begin))).toBeCloseTo(50, -1)
  })

  test('say how long it is up to now, also on a core of its own', () => {
    const { machine } = started()
    const [before] = figures(machine)
    machine.elapse(3n * MILLISECOND)
    const [after] = figures(machine)
    expect(Number(after! - before! - 3n * MILLISECOND)).toBeCloseTo(0, -2)
  })

  test('sleep is neither', () => {
    const machine = neighbours(HALF, HALF)
    until(machine, 0)
    const before = figures(machine)
    wait(machine)
    until(machine, 1)
    machine.elapse(50n * MILLISECOND)
    // An end of this sleep that nobody delays: beta sleeps too.
    if (owner(machine) === 1) wait(machine)
    machine.gic.source(0, 33).line = false
    machine.uart.arrive([...Buffer.from('\x1d1a')])
    machine.pump()
    expect(owner(machine)).toBe(0)
    const after = figures(machine)
    expect(after.map((value, i) => Number(value - before[i]!) < 2000)).toEqual([true, true])
  })
})

describe('a guest reads its stolen time', () => {
  test('in nanoseconds, in a page that it cannot write', () => {
    const machine = neighbours(HALF, HALF)
    for (let i = 0; i < 3; i++) {
      until(machine, 1)
      until(machine, 0)
      expect(translate(machine, 0, STOLEN_IPA)).toMatchObject({ writable: false, executable: false, readable: true })
      expect(stolen(machine)).toBe(figures(machine)[1]! * TICK)
    }
    expect(stolen(machine)).toBeGreaterThan(5_000_000n)
    expect(stub(machine, 0).core.stolenAt!()).toBe(BigInt(STOLEN_IPA))
  })

  test('each vCPU its own', () => {
    const machine = sharing({
      vms: {
        alpha: { cores: [0, 0], servers: [[0, 2000, 10_000, 0], HALF] },
        beta: { cores: [0], servers: [[0, 3000, 10_000, 0]] },
      },
    })
    until(machine, 0)
    ask(machine, ({ core }) => void core.vcpuOn!(1, BigInt(RAM), 0n))
    const told: { at: bigint; stolen: bigint }[][] = [[], []]
    for (let i = 0; i < 800; i++) {
      machine.elapse(MILLISECOND / 4n)
      const vcpu = machine.vcpuOn(0)
      if (vcpu?.vm !== 0) continue
      expect(stub(machine, 0).core.stolenAt!()).toBe(BigInt(STOLEN_IPA + vcpu.index * STOLEN_STRIDE))
      expect(stolen(machine, vcpu.index)).toBe(figures(machine)[1]! * TICK)
      told[vcpu.index]!.push({ at: machine.now, stolen: stolen(machine, vcpu.index) })
    }
    // The first has 2 ms of 10 ms, the second 5 ms.
    const parts = told.map((seen) => {
      const [first, last] = [seen[0]!, seen.at(-1)!]
      return Number(((last.stolen - first.stolen) * 100n) / ((last.at - first.at) * TICK))
    })
    expect(parts).toEqual([expect.closeTo(80, -1), expect.closeTo(50, -1)])
  })

  test('from nothing again after a restart', () => {
    const machine = sharing({
      vms: { alpha: { servers: [HALF], restart: ALWAYS }, beta: { cores: [0], servers: [HALF] } },
    })
    for (let i = 0; i < 3; i++) {
      until(machine, 1)
      until(machine, 0)
    }
    expect(stolen(machine)).toBeGreaterThan(5_000_000n)
    ask(machine, stop(OFF))
    until(machine, 0)
    expect(stolen(machine)).toBe(figures(machine)[1]! * TICK)
    expect(stolen(machine)).toBeLessThan(5_100_000n)
  })

  test('nowhere, on a core of its own', () => {
    const { machine, vmm } = started()
    expect([vmm.core.stolenAt!(), translate(machine, 0, STOLEN_IPA)]).toEqual([0n, undefined])
  })
})

test('exits are counted by their class, and forgotten when the VM starts again', () => {
  const { machine, vmm } = started({ vms: { alpha: { restart: ALWAYS } } })
  const exits = [STAT_HYPERCALLS, STAT_ACCESSES, STAT_INTERRUPTS, STAT_TRAPS]
  const counts = () => figures(machine, exits).map(Number)
  expect(counts()).toEqual([1, 0, 0, 0])
  machine.sync(0, { esr: dataAbort(), ...faultAt(0x900_0000) })
  machine.sync(0, { esr: dataAbort(), ...faultAt(0x900_0000) })
  machine.sync(0, { esr: FP })
  machine.exit(0, interrupted)
  expect(counts()).toEqual([2, 2, 1, 1])
  ask(machine, stop(OFF))
  expect(counts()).toEqual([1, 0, 0, 0])
  expect(BigInt.asUintN(64, BigInt(vmm.core.statistic!(99)))).toBe((1n << 64n) - 1n)
})

describe('the longest stretch at EL2', () => {
  const SLOW = 5000n
  const longest = (machine: Machine) => Number(figures(machine, [STAT_LONGEST])[0])

  test('is the time in which a compartment was told something, while the guest waited', () => {
    const { machine, vmm } = started({ vms: { alpha: { restart: ALWAYS } } })
    vmm.deliver = () => {
      machine.now += SLOW
    }
    ask(machine, ({ core }) => void core.kick!(1))
    expect(longest(machine)).toBeGreaterThanOrEqual(Number(SLOW))
    expect(longest(machine)).toBeLessThan(Number(SLOW) * 1.1)
    vmm.deliver = () => {
      machine.now += SLOW / 2n
    }
    ask(machine, ({ core }) => void core.kick!(1))
    expect(longest(machine)).toBeGreaterThanOrEqual(Number(SLOW))
  })

  test('has no sleep in it', () => {
    const machine = neighbours(HALF, HALF)
    until(machine, 0)
    for (let i = 0; i < 5; i++) {
      until(machine, 1)
      until(machine, 0)
    }
    expect(longest(machine)).toBeLessThan(Number(MILLISECOND) / 10)
  })
})
