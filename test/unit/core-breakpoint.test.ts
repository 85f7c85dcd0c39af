/** A guest's own debug registers: the CPU's from its first touch on, its own after every switch, and nobody else's ever. */
import { beforeEach, describe, expect, test } from 'vitest'
import { DEBUG_ATTACH, DEBUG_DETACH, DEBUG_GO } from '../../src/abi/debug.ts'
import { CONTROL_DONE, CONTROL_RESTART } from '../../src/abi/life.ts'
import { control, KEEPER } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { sharing, until } from '../fake/shared.ts'

const TDA = 1n << 9n
const TDE = 1n << 8n
const MDE = 1n << 15n

/** ESR_EL2 of a trapped access: DDI 0487, "ISS encoding for an exception from MSR, MRS". */
const access = (op1: bigint, crn: bigint, crm: bigint, op2: bigint, isRead: boolean, register = 3n) =>
  (0x18n << 26n) |
  (1n << 25n) |
  (2n << 20n) |
  (op2 << 17n) |
  (op1 << 14n) |
  (crn << 10n) |
  (register << 5n) |
  (crm << 1n) |
  (isRead ? 1n : 0n)
const WRITE_MDSCR = access(0n, 0n, 2n, 2n, false)
const READ_DBGBVR0 = access(0n, 0n, 0n, 4n, true)
const WRITE_OSLAR = access(0n, 1n, 0n, 4n, false)

let machine: Machine
/** alpha, which a debugger may have, shares CPU 0 with beta. */
beforeEach(() => {
  const shared = { cores: [0], servers: [[0, 5000, 10_000, 1]] }
  machine = sharing({ vms: { alpha: { ...shared, debug: true }, beta: shared } })
  run(0)
})

const run = (vm: number) => until(machine, vm)
const el2 = (name: string) => machine.cpus[0]!.registers.get(name) ?? 0n
const set = (name: string, value: bigint) => machine.cpus[0]!.registers.set(name, value)
/** The guest executes the instruction that is trapped; true if it is to try again. */
function touch(esr: bigint): boolean {
  const vcpu = machine.vcpuOn(0)!
  const { elr } = vcpu
  set('esr_el2', esr)
  machine.exit(0, (core, at) => Number(core.onSystemRegister!(at, esr, elr)))
  return machine.vcpuOn(0)!.elr === elr
}
const debug = (what: number) => {
  machine.current = KEEPER
  return Number(machine.core.debug!(what, 0, 0))
}

describe("a vCPU's first touch of a debug register", () => {
  test('gives it those of the CPU, all zero, and is tried again', () => {
    set('b3.control', 0x1e7n)
    expect(el2('mdcr_el2') & TDA).toBe(TDA)
    expect(touch(WRITE_MDSCR)).toBe(true)
    expect([el2('mdcr_el2') & TDA, el2('mdcr_el2') & TDE, el2('oslar_el1'), el2('mdscr_el1')]).toEqual([0n, 0n, 0n, 0n])
    expect([el2('b3.control'), el2('w0.value')]).toEqual([0n, 0n])
  })

  test('is answered with zero where it would be trapped again', () => {
    touch(READ_DBGBVR0)
    machine.vcpuOn(0)!.setX(3, 7n)
    expect(touch(READ_DBGBVR0)).toBe(false)
    expect(machine.vcpuOn(0)!.x(3)).toBe(0n)
  })

  test('is none where the OS lock is written', () => {
    expect(touch(WRITE_OSLAR)).toBe(false)
    expect(el2('mdcr_el2') & TDA).toBe(TDA)
  })
})

describe('vCPUs that share a CPU', () => {
  beforeEach(() => {
    touch(WRITE_MDSCR)
    set('mdscr_el1', MDE)
    set('b5.value', 0x4000_1000n)
    set('b5.control', 0x1e7n)
    set('w3.value', 0x4000_2000n)
  })

  test('have each their own', () => {
    run(1)
    expect([el2('mdscr_el1'), el2('mdcr_el2') & TDA]).toEqual([0n, TDA])
    touch(WRITE_MDSCR)
    expect([el2('b5.value'), el2('b5.control'), el2('w3.value')]).toEqual([0n, 0n, 0n])
    set('b0.value', 0x4000_3000n)
    run(0)
    expect([el2('mdscr_el1'), el2('b0.value'), el2('b5.value'), el2('b5.control'), el2('w3.value')]).toEqual([
      MDE,
      0n,
      0x4000_1000n,
      0x1e7n,
      0x4000_2000n,
    ])
    expect(el2('mdcr_el2') & TDA).toBe(0n)
    run(1)
    expect([el2('mdscr_el1'), el2('b0.value'), el2('b5.value')]).toEqual([0n, 0x4000_3000n, 0n])
  })

  test('are trapped again once they have nothing there', () => {
    for (const name of ['mdscr_el1', 'b5.value', 'b5.control', 'w3.value']) set(name, 0n)
    run(1)
    run(0)
    expect(el2('mdcr_el2') & TDA).toBe(TDA)
    expect(touch(READ_DBGBVR0)).toBe(true)
  })

  test('begin their next life without', () => {
    expect(control(machine, CONTROL_RESTART)).toBe(CONTROL_DONE)
    run(1)
    run(0)
    expect([el2('mdscr_el1'), el2('mdcr_el2') & TDA]).toEqual([0n, TDA])
    touch(WRITE_MDSCR)
    expect(el2('b5.value')).toBe(0n)
  })

  const debugged = () => {
    expect(debug(DEBUG_ATTACH)).toBe(CONTROL_DONE)
    machine.pump()
    expect(debug(DEBUG_GO)).toBe(CONTROL_DONE)
    run(0)
  }

  test('keep them when a debugger has only looked', () => {
    debug(DEBUG_ATTACH)
    machine.pump()
    expect(debug(DEBUG_DETACH)).toBe(CONTROL_DONE)
    run(0)
    expect([el2('mdcr_el2') & TDA, el2('mdscr_el1'), el2('b5.control')]).toEqual([0n, MDE, 0x1e7n])
  })

  test("lose them to their VM's debugger", () => {
    debugged()
    // All of them: what the guest had set would halt it.
    expect([el2('mdcr_el2') & TDE, el2('mdcr_el2') & TDA, el2('b5.control')]).toEqual([TDE, TDA, 0n])
    expect(touch(READ_DBGBVR0)).toBe(false)
    expect(machine.vcpuOn(0)!.x(3)).toBe(0n)
  })

  test('get none back when it leaves', () => {
    debugged()
    debug(DEBUG_ATTACH)
    machine.pump()
    expect(debug(DEBUG_DETACH)).toBe(CONTROL_DONE)
    run(0)
    expect([el2('mdcr_el2') & TDE, el2('mdcr_el2') & TDA, el2('mdscr_el1')]).toEqual([0n, TDA, 0n])
  })
})
