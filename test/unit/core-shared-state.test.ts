/** The world switch: a vCPU finds the core as it left it, whoever had it meanwhile, and a new one finds it as after reset. */
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { ALWAYS, ask, OFF, stop, stub } from '../fake/asking.ts'
import { RAM } from '../fake/bundle.ts'
import { EL1_MOVED, EL1_RESET, isSimd } from '../fake/el1.ts'
import { LIST_REGISTERS } from '../fake/gic.ts'
import type { Machine } from '../fake/machine.ts'
import { FIFTH, MILLISECOND, neighbours, owner, setTimer, sharing, until, wait } from '../fake/shared.ts'

const HALF = [0, 5000, 10_000, 0]
const ENTRY = BigInt(RAM) + 0x4000n
/** Their values are not of the guest alone: instructions at EL2 change them, or hardware reads them. */
const TIMERS = ['cntv_ctl_el0', 'cntv_cval_el0', 'cntp_ctl_el0', 'cntp_cval_el0']
const MASKED = 3n

/** All that a guest may have changed on its CPU, general registers apart, which vectors.S moves. */
function read(machine: Machine) {
  const { registers } = machine.cpus[0]!
  const { lists, vmcr, control, activePriorities } = machine.gic.interfaces[0]!
  return {
    el1: [...EL1_MOVED.map(({ name }) => name), ...TIMERS].map((name) => [name, registers.get(name)]),
    virtual: { lists: [...lists], vmcr, control, priorities: [activePriorities[0], activePriorities[4]] },
    active: [27, 30].map((intid) => machine.gic.source(0, intid).active),
  }
}

/** Other values each time, by a seed; GICv2 has fewer bits. */
function disturb(machine: Machine, seed: bigint, gic: 2 | 3): void {
  let state = seed
  const next = (bits: bigint) => {
    state = BigInt.asUintN(64, state * 0x5851_f42d_4c95_7f2dn + 0x1405_7b7e_f767_814fn)
    return (state ^ (state << 64n) ^ (state >> 17n)) & ((1n << bits) - 1n)
  }
  const { registers } = machine.cpus[0]!
  for (const { name } of EL1_MOVED) registers.set(name, next(isSimd(name) ? 128n : 64n))
  for (const name of TIMERS) registers.set(name, name.endsWith('ctl_el0') ? MASKED : next(64n))
  const here = machine.gic.interfaces[0]!
  const representable = gic === 3 ? (1n << 64n) - 1n : 0xf0f8_03ff_0000_03ffn
  for (let i = 0; i < LIST_REGISTERS; i++) here.lists[i] = next(64n) & representable
  here.vmcr = Number(next(31n))
  here.control = Number(next(3n) << 1n) | 1
  here.activePriorities[0] = next(32n)
  if (gic === 3) here.activePriorities[4] = next(32n)
  for (const intid of [27, 30]) machine.gic.source(0, intid).active = next(1n) === 1n
}

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  let machine: Machine
  beforeEach(() => {
    machine = neighbours(HALF, HALF, { gic })
    until(machine, 0)
  })

  test('every register comes back, and so do list registers and what is active', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }), (seed) => {
        disturb(machine, seed, gic)
        const [first, before] = [owner(machine)!, read(machine)]
        until(machine, 1 - first)
        disturb(machine, seed + 1n, gic)
        const other = read(machine)
        until(machine, first)
        expect(read(machine)).toEqual(before)
        until(machine, 1 - first)
        expect(read(machine)).toEqual(other)
      }),
      { numRuns: 20 },
    )
  })

  test('a guest that starts finds nothing of its neighbour', () => {
    const restarting = sharing({
      gic,
      vms: { alpha: { servers: [HALF] }, beta: { cores: [0], servers: [HALF], restart: ALWAYS } },
    })
    until(restarting, 1)
    disturb(restarting, 77n, gic)
    ask(restarting, stop(OFF))
    until(restarting, 0)
    disturb(restarting, 99n, gic)
    until(restarting, 1)
    const { registers } = restarting.cpus[0]!
    for (const name of new Set([...EL1_RESET.keys(), ...EL1_MOVED.map(({ name }) => name)]))
      expect(registers.get(name), name).toBe(EL1_RESET.get(name))
    expect(restarting.gic.interfaces[0]).toMatchObject({ lists: [0n, 0n, 0n, 0n], control: 1, vmcr: 0 })
    expect(read(restarting).active).toEqual([false, false])
  })

  test('an interrupt that a guest handles stays active for it alone', () => {
    setTimer(machine, 0n)
    machine.pump()
    expect(machine.gic.source(0, 27).active).toBe(true)
    until(machine, 1)
    expect(machine.gic.source(0, 27).active).toBe(false)
    stub(machine, 1).fresh()
    setTimer(machine, 0n)
    machine.pump()
    expect(stub(machine, 1).fresh()).toEqual([['interrupt', 0, 27]])
    stub(machine, 1).core.deactivate!(27)
    machine.cpus[0]!.registers.set('cntv_ctl_el0', 0n)
    until(machine, 0)
    expect(machine.gic.source(0, 27).active).toBe(true)
  })

  test('a timer that fires while its guest is out is that guest’s, once', () => {
    setTimer(machine, MILLISECOND)
    const due = machine.now + MILLISECOND
    stub(machine, 0).fresh()
    stub(machine, 1).fresh()
    until(machine, 1)
    machine.elapse(2n * MILLISECOND)
    expect([owner(machine), machine.now > due]).toEqual([1, true])
    until(machine, 0)
    const calls = [0, 1].map((vm) => stub(machine, vm).fresh())
    expect(calls.map((calls) => calls.filter(([name]) => name === 'interrupt'))).toEqual([[['interrupt', 0, 27]], []])
  })
})

test('what reset clears is what a switch moves, but for timers and what guests cannot write', () => {
  const moved = EL1_MOVED.map(({ name }) => name)
  expect(new Set(moved).size).toBe(moved.length)
  expect([...EL1_RESET.keys()].sort()).toEqual([...moved, ...TIMERS, 'actlr_el1'].sort())
})

test('two vCPUs of one VM on one core do not use each other’s translations', () => {
  const machine = sharing({
    vms: { alpha: { cores: [0, 0], servers: [FIFTH, FIFTH] }, beta: { cores: [0], servers: [FIFTH] } },
  })
  until(machine, 0)
  ask(machine, ({ core }) => void core.vcpuOn!(1, ENTRY, 0n))
  const seen: [string, boolean][] = []
  for (let i = 0; i < 400; i++) {
    const before = machine.vcpuOn(0)
    machine.flushes.length = 0
    machine.elapse(MILLISECOND / 10n)
    const after = machine.vcpuOn(0)
    if (after && after.at !== before?.at) seen.push([`${after.vm}.${after.index}`, machine.flushes.includes(0)])
  }
  expect(new Set(seen.map(([who]) => who))).toEqual(new Set(['0.0', '0.1', '1.0']))
  let last: string | undefined
  for (const [who, flushed] of seen) {
    const isSibling = who.startsWith('0')
    if (last || !isSibling) expect(flushed, `${last} to ${who}`).toBe(isSibling && last !== who)
    if (isSibling) last = who
  }
  expect(wait(machine)).toBeDefined()
})
