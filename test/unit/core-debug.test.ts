/** A VM under its debugger: what reaches it, what does not, what other VMs see of it, and guests whose tables lie. */
import fc from 'fast-check'
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
import { GiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import { control, KEEPER } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { sharing, until } from '../fake/shared.ts'
import { HVC } from '../fake/syndrome.ts'

const TDE = 1n << 8n
const SS = 1n << 21n
const NOWHERE = (1n << 64n) - 1n
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
    expect([el2('mdcr_el2')! & TDE, el2('mdscr_el1'), el2('b1.control'), el2('w2.control')]).toEqual([0n, 0n, 0n, 0n])
    run(0)
    machine.sync(0, { esr: BRK })
    machine.pump()
    ask(DEBUG_DETACH)
    run(0)
    expect([el2('mdcr_el2')! & TDE, el2('b1.control')]).toEqual([0n, 0n])
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

describe("a guest's address", () => {
  const MMU = { sctlr_el1: 1n, tcr_el1: 25n | (2n << 30n) | (16n << 16n), ttbr0_el1: BigInt(RAM), ttbr1_el1: 0n }
  /** Where alpha's RAM is on the board. */
  const physical = (ipa: number) => {
    const line = machine.lines.find((each) => each.includes("VM 'alpha': "))!
    return Number(/ at (0x[0-9a-f]+),/.exec(line)![1]) + ipa - RAM
  }
  const place = (va: bigint) => BigInt.asUintN(64, call('debugPlace', 0, 0, va) as bigint)

  function halt(registers: Record<string, bigint>): void {
    for (const [name, value] of Object.entries(registers)) machine.cpus[0]!.registers.set(name, value)
    ask(DEBUG_ATTACH)
  }

  test('is found by its tables, whatever level maps it', () => {
    halt(MMU)
    const write = (ipa: number, value: bigint) => machine.physical.write64(physical(ipa), value)
    write(RAM + 8, BigInt(RAM + 0x1000) | 3n) // level 1: the second GiB, by a table
    write(RAM + 0x1000, BigInt(RAM) | 1n) // level 2: a block of 2 MiB
    write(RAM + 0x1008, BigInt(RAM + 0x2000) | 3n)
    write(RAM + 0x2000 + 8 * 5, BigInt(RAM + 0x3000) | 3n) // level 3: a page
    expect(place(BigInt(GiB) + 0x12_3456n)).toBe(BigInt(RAM) + 0x12_3456n)
    expect(place(BigInt(GiB) + 0x20_5678n)).toBe(BigInt(RAM) + 0x3678n)
    for (const va of [0n, BigInt(GiB) + 0x20_6000n, 1n << 40n, 0xffff_0000_0000_0000n]) {
      expect(place(va)).toBe(NOWHERE)
    }
    machine.physical.write64(physical(RAM + 0x3000), 0x1122_3344_5566_7788n)
    expect(call('debugRead', 0, BigInt(RAM) + 0x3004n)).toBe(0x1122_3344_5566_7788n)
    expect(call('debugWrite', 0, BigInt(RAM) + 0x3001n, 0xee)).toBe(1)
    expect(machine.physical.read64(physical(RAM + 0x3000))).toBe(0x1122_3344_5566_ee88n)
    for (const ipa of [0n, BigInt(RAM) - 1n, BigInt(RAM) + BigInt(GiB)]) {
      expect([call('debugRead', 0, ipa), call('debugWrite', 0, ipa, 1)]).toEqual([0n, 0])
    }
  })

  test('is never outside its RAM, whatever tables and registers hold', () => {
    const { at } = machine.vcpuOn(0)!
    halt({})
    const number64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
    const near = fc.integer({ min: -0x2000, max: 0x8000 }).map((offset) => BigInt(RAM + offset))
    const descriptor = fc.tuple(fc.oneof(near, number64), fc.nat(3)).map(([base, bits]) => (base & ~3n) | BigInt(bits))
    const tables = fc.array(fc.tuple(fc.nat(0x7ff), descriptor), { maxLength: 12 })
    const words = fc.record({ tcr: number64, ttbr0: fc.oneof(near, number64), ttbr1: fc.oneof(near, number64) })
    fc.assert(
      fc.property(
        words,
        tables,
        fc.array(fc.oneof(number64, near), { minLength: 1, maxLength: 8 }),
        (el1, entries, vas) => {
          for (const [slot, value] of entries) machine.physical.write64(physical(RAM + slot * 8), value)
          const area = new DataView(machine.core.memory.buffer, at + 1024)
          ;[1n, 0n, el1.ttbr0, el1.ttbr1, el1.tcr].forEach((value, i) => {
            area.setBigUint64(i * 8, value, true)
          })
          for (const va of vas) {
            const ipa = place(va)
            const isInside = ipa >= BigInt(RAM) && ipa < BigInt(RAM) + 4n * 1024n * 1024n
            expect(isInside || ipa === NOWHERE).toBe(true)
          }
        },
      ),
    )
  })
})
