/** Where a debugger finds a guest's address: by its own tables, which may hold anything. */
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { DEBUG_ATTACH } from '../../src/abi/debug.ts'
import { GiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import { KEEPER } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { started } from '../fake/started.ts'

const NOWHERE = (1n << 64n) - 1n
let machine: Machine
beforeEach(() => {
  machine = started({ vms: { alpha: { debug: true } } }).machine
})
const call = (name: string, ...args: (number | bigint)[]) => machine.core[name]!(...args)

function attach(): void {
  machine.current = KEEPER
  call('debug', DEBUG_ATTACH, 0, 0)
  machine.current = 0
  machine.pump()
}

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
    attach()
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
