/** A VM under its debugger: what reaches it, what does not, and what other VMs see of it. */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  BREAK_IMMEDIATE,
  DEBUG_ATTACH,
  DEBUG_DETACH,
  DEBUG_GO,
  DEBUG_STEP,
  HALT_BREAKPOINT,
  HALT_CRASH,
  HALT_STEP,
  HALT_WATCH,
  POINT_EXECUTE,
  POINT_STORE,
  POINTS,
  REGISTER_HALT,
  REGISTER_HALT_AT,
  REGISTER_PC,
  REGISTER_PSTATE,
  REGISTER_SP,
  REGISTER_V,
} from '../../src/abi/debug.ts'
import {
  CONTROL_DONE,
  CONTROL_RESUME,
  CONTROL_UNKNOWN,
  CONTROL_WRONG_STATE,
  STATE_CRASHED,
  STATE_PAUSED,
  STATE_RUNNING,
} from '../../src/abi/life.ts'
import { state } from '../fake/asking.ts'
import { control, KEEPER } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { sharing, until } from '../fake/shared.ts'
import { HVC } from '../fake/syndrome.ts'

const TDE = 1n << 8n
const SS = 1n << 21n
/** ESR_EL2 of a debug exception; IL. */
const syndrome = (code: bigint, iss = 0n) => (code << 26n) | (1n << 25n) | iss
const BRK = syndrome(0x3cn, BigInt(BREAK_IMMEDIATE))
const OWN_BRK = syndrome(0x3cn, 7n)
const WATCH = syndrome(0x34n)
const STEPPED = syndrome(0x32n)
const FETCH = syndrome(0x20n, 7n)

let machine: Machine
/** alpha, which a debugger may have, shares CPU 0 with beta, which none may have. */
beforeEach(() => {
  const shared = { cores: [0], servers: [[0, 5000, 10_000, 1]] }
  machine = sharing({ vms: { alpha: { ...shared, debug: true }, beta: shared } })
  run(0)
})

/** Lets VM `vm` have CPU 0. */
const run = (vm: number) => until(machine, vm)

const call = (name: string, ...args: (number | bigint)[]) => machine.core[name]!(...args)
const register = (which: number, vcpu = 0) => BigInt.asUintN(64, call('debugRegister', 0, vcpu, which) as bigint)
const el2 = (name: string) => machine.cpus[0]!.registers.get(name)

function ask(what: number, vm = 0, vcpu = 0): number {
  const { current } = machine
  machine.current = KEEPER
  try {
    return Number(call('debug', what, vm, vcpu))
  } finally {
    machine.current = current
    machine.pump()
  }
}

describe('a debugger', () => {
  test('gets a VM whose config says so, and no other', () => {
    expect(ask(DEBUG_ATTACH, 1)).toBe(CONTROL_UNKNOWN)
    expect(ask(DEBUG_GO)).toBe(CONTROL_WRONG_STATE)
    expect(call('debugHalts', 0)).toBe(0)
    expect(ask(DEBUG_ATTACH)).toBe(CONTROL_DONE)
    expect([state(machine, 0), call('debugHalts', 0), call('debugHalts', 1)]).toEqual([STATE_PAUSED, 1, 0])
  })

  test('sees and sets registers while the VM halts, and only then', () => {
    machine.vcpuOn(0)!.setX(3, 99n)
    machine.vcpuOn(0)!.elr = 0x4000_1234n
    machine.cpus[0]!.registers.set('sp_el1', 0x4008_0000n).set('v2', (5n << 64n) | 6n)
    expect([register(3), call('debugSetRegister', 0, 0, 3, 5n)]).toEqual([0n, 0])
    ask(DEBUG_ATTACH)
    expect([3, REGISTER_PC, REGISTER_SP, REGISTER_V + 4, REGISTER_V + 5].map((which) => register(which))).toEqual([
      99n,
      0x4000_1234n,
      0x4008_0000n,
      6n,
      5n,
    ])
    call('debugSetRegister', 0, 0, 3, 7n)
    call('debugSetRegister', 0, 0, REGISTER_PC, 0x4000_2000n)
    // EL2's mode is not to be had.
    call('debugSetRegister', 0, 0, REGISTER_PSTATE, 0x6000_0009n)
    expect(register(REGISTER_PSTATE)).toBe(0x6000_0005n)
    for (const which of [103, 0xffff_ffff]) expect(call('debugSetRegister', 0, 0, which, 1n)).toBe(0)
    expect(call('debugSetRegister', 0, 1, 3, 1n)).toBe(0)
    ask(DEBUG_DETACH)
    run(0)
    expect([machine.vcpuOn(0)!.x(3), machine.vcpuOn(0)!.elr]).toEqual([7n, 0x4000_2000n])
  })

  test('leaves nothing behind in the CPU for others', () => {
    ask(DEBUG_ATTACH)
    call('debugPoint', 0, 1, POINT_EXECUTE, 0x4000_1000n, 4)
    call('debugPoint', 0, 2, POINT_STORE, 0x4000_2003n, 2)
    ask(DEBUG_GO)
    run(0)
    expect(el2('mdcr_el2')! & TDE).toBe(TDE)
    expect([el2('b1.value'), el2('b1.control'), el2('w2.value'), el2('w2.control')]).toEqual([
      0x4000_1000n,
      0x1e7n,
      0x4000_2000n,
      // E, EL1 and EL0, stores, bytes 3 and 4
      (0b11000n << 5n) | (2n << 3n) | 7n,
    ])
    run(1)
    // With the OS lock set, what is left in the points means nothing.
    expect([el2('mdcr_el2')! & TDE, el2('mdscr_el1'), el2('oslar_el1')]).toEqual([0n, 0n, 1n])
    run(0)
    machine.sync(0, { esr: BRK })
    machine.pump()
    ask(DEBUG_DETACH)
    run(0)
    expect([el2('mdcr_el2')! & TDE, el2('mdscr_el1'), el2('oslar_el1')]).toEqual([0n, 0n, 1n])
    ask(DEBUG_ATTACH)
    ask(DEBUG_GO)
    run(0)
    expect(el2('b1.control')).toBe(0n)
  })

  test('gets no point that is none', () => {
    ask(DEBUG_ATTACH)
    const point = (i: number, kind: number, va: bigint, length: number) => call('debugPoint', 0, i, kind, va, length)
    expect(point(POINTS, POINT_EXECUTE, 0n, 4)).toBe(0)
    expect(point(0, POINT_EXECUTE, 2n, 4)).toBe(0)
    expect(point(0, POINT_STORE, 6n, 4)).toBe(0)
    expect(point(0, POINT_STORE, 6n, 0)).toBe(0)
    expect(point(0xffff_ffff, 0, 0n, 0)).toBe(1)
    expect(point(0, 9, 0n, 4)).toBe(0)
  })
})

describe('a guest', () => {
  beforeEach(() => {
    ask(DEBUG_ATTACH)
    ask(DEBUG_GO)
    run(0)
  })
  const halted = () => [register(REGISTER_HALT), register(REGISTER_HALT_AT)]

  test("halts at its debugger's BRK, and says nothing on the console", () => {
    const before = machine.lines.length
    machine.vcpuOn(0)!.elr = 0x4000_1000n
    machine.sync(0, { esr: BRK })
    machine.pump()
    expect(state(machine, 0)).toBe(STATE_PAUSED)
    expect(halted()).toEqual([BigInt(HALT_BREAKPOINT), 0x4000_1000n])
    expect(register(REGISTER_PC)).toBe(0x4000_1000n)
    expect(machine.lines.slice(before)).toEqual([])
  })

  test('has its own BRK at its own vector', () => {
    const vcpu = machine.vcpuOn(0)!
    machine.cpus[0]!.registers.set('vbar_el1', 0x4001_0000n)
    vcpu.elr = 0x4000_1000n
    machine.sync(0, { esr: OWN_BRK })
    expect(state(machine, 0)).toBe(STATE_RUNNING)
    expect([vcpu.elr, el2('elr_el1'), el2('esr_el1')]).toEqual([0x4001_0200n, 0x4000_1000n, OWN_BRK])
  })

  test('halts where it writes what is watched, and where it would crash', () => {
    machine.sync(0, { esr: WATCH, far: 0x4000_2004n })
    machine.pump()
    expect(halted()).toEqual([BigInt(HALT_WATCH), 0x4000_2004n])
    ask(DEBUG_GO)
    run(0)
    machine.cpus[0]!.registers.set('vbar_el1', 0xb00_0000n)
    machine.vcpuOn(0)!.elr = 0xb00_0200n
    machine.sync(0, { esr: FETCH, far: 0xb00_0200n })
    machine.pump()
    expect([state(machine, 0), register(REGISTER_HALT)]).toEqual([STATE_PAUSED, BigInt(HALT_CRASH)])
    ask(DEBUG_DETACH)
    run(0)
    machine.sync(0, { esr: FETCH, far: 0xb00_0200n })
    machine.pump()
    expect(state(machine, 0)).toBe(STATE_CRASHED)
  })

  test('halts at a system error, which is told; it is over then', () => {
    machine.sync(0, { esr: BRK })
    machine.pump()
    ask(DEBUG_GO)
    run(0)
    machine.cpus[0]!.registers.set('esr_el2', 0x2fn << 26n)
    machine.exit(0, (core, at) => Number(core.onSerror!(at)))
    machine.pump()
    expect([state(machine, 0), register(REGISTER_HALT)]).toEqual([STATE_PAUSED, BigInt(HALT_CRASH)])
    expect(machine.lines.filter((line) => line.includes('caused a system error'))).toHaveLength(1)
    ask(DEBUG_GO)
    run(0)
    expect(state(machine, 0)).toBe(STATE_RUNNING)
  })

  test('steps by one instruction, or by one that is executed for it', () => {
    machine.sync(0, { esr: BRK })
    machine.pump()
    ask(DEBUG_STEP)
    run(0)
    expect([el2('mdscr_el1')! & 1n, machine.vcpuOn(0)!.spsr & SS]).toEqual([1n, SS])
    machine.vcpuOn(0)!.elr += 4n
    machine.sync(0, { esr: STEPPED })
    machine.pump()
    expect(halted()[0]).toBe(BigInt(HALT_STEP))
    expect(register(REGISTER_PSTATE) & SS).toBe(0n)

    ask(DEBUG_STEP)
    run(0)
    const { elr } = machine.vcpuOn(0)!
    // The hypercall's own PC is behind it already.
    machine.vcpuOn(0)!.elr = elr + 4n
    machine.sync(0, { esr: HVC })
    machine.pump()
    expect([state(machine, 0), register(REGISTER_PC), halted()[0]]).toEqual([STATE_PAUSED, elr + 4n, BigInt(HALT_STEP)])
  })

  test('without a debugger finds debug exceptions undefined', () => {
    run(1)
    machine.cpus[0]!.registers.set('vbar_el1', 0x4001_0000n)
    machine.sync(0, { esr: BRK })
    expect([state(machine, 1), el2('esr_el1')]).toEqual([STATE_RUNNING, 1n << 25n])
  })

  test('that an operator lets go on goes on as a whole', () => {
    machine.sync(0, { esr: BRK })
    machine.pump()
    expect(control(machine, CONTROL_RESUME)).toBe(CONTROL_DONE)
    run(0)
  })
})
