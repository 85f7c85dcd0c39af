/** Syndromes, process state and ID registers taken apart against the manual's own words, bit by bit. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DIRECT_VA } from '../../src/abi/layout.ts'
import { GiB, MiB } from '../fake/board.ts'
import { bareInternals, parkedMachine } from '../fake/internals.ts'
import { dataAbort, systemRegister } from '../fake/syndrome.ts'

const core = bareInternals()
const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const unsigned = (value: unknown) => BigInt.asUintN(64, BigInt(value as bigint))
const field = (value: bigint, shift: number, bits: number) =>
  Number((value >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n))

test('a data abort says size, register, sign, width and direction', () => {
  const access = fc.record({
    size: fc.constantFrom(1, 2, 4, 8),
    register: fc.nat(31),
    signed: fc.boolean(),
    wide: fc.boolean(),
    write: fc.boolean(),
    valid: fc.boolean(),
    narrow: fc.boolean(),
    status: fc.nat(63),
  })
  fc.assert(
    fc.property(access, word, (access, noise) => {
      // ISS2 and RES0 above bit 32 say nothing here.
      const esr = dataAbort(access) | ((noise >> 32n) << 32n)
      const decoded = unsigned(core.decodeAccess!(esr))
      const { size, register, signed, wide, write, valid, narrow, status } = access
      expect(field(decoded, 19, 1)).toBe(valid && !narrow ? 1 : 0)
      expect(field(decoded, 18, 1)).toBe(write ? 1 : 0)
      // Translation faults: 0b0001LL.
      expect(field(decoded, 20, 1)).toBe(status >> 2 === 1 ? 1 : 0)
      if (!valid) return
      expect([field(decoded, 0, 8), field(decoded, 8, 8)]).toEqual([size, register])
      expect([field(decoded, 16, 1), field(decoded, 17, 1)]).toEqual([signed ? 1 : 0, wide ? 1 : 0])
    }),
  )
})

test('a trapped register access says which register, which way', () => {
  const name = fc.tuple(fc.nat(3), fc.nat(7), fc.nat(15), fc.nat(15), fc.nat(7))
  fc.assert(
    fc.property(name, fc.nat(31), fc.constantFrom('read' as const, 'write' as const), (name, register, direction) => {
      const decoded = unsigned(core.decodeRegister!(systemRegister(name.join(), register, direction)))
      const [op0, op1, crn, crm, op2] = name
      expect(field(decoded, 0, 16)).toBe((op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2)
      expect([field(decoded, 16, 5), field(decoded, 24, 1)]).toEqual([register, direction === 'read' ? 1 : 0])
    }),
  )
})

test('an exception enters EL1h with everything masked and keeps the flags', () => {
  fc.assert(
    fc.property(word, word, fc.boolean(), (spsr, sctlr, hasPan) => {
      const state = unsigned(core.onEntry!(spsr, sctlr, hasPan ? 1 : 0))
      expect(state & 0x3ffn).toBe(0x3c5n)
      expect(state >> 24n).toBe((spsr >> 24n) & 0xf1n)
      const setsPan = hasPan && !field(sctlr, 23, 1)
      expect(field(state, 22, 1)).toBe(setsPan ? 1 : field(spsr, 22, 1))
      expect(state & 0x3f_fc00n).toBe(0n)
      const offset = unsigned(core.vectorOffset!(spsr))
      const mode = Number(spsr & 0x1fn)
      expect(offset).toBe(mode === 4 ? 0n : mode === 5 ? 0x200n : mode & 0x10 ? 0x600n : 0x400n)
    }),
  )
})

/** Fields that count up, of which a VM has less than the CPU: EL1 and CSV2, DebugVer. Every Armv8 CPU has EL1 (1) and debug (6). */
const LEVELS: Record<string, readonly (readonly [shift: number, least: number])[]> = {
  '4,0': [
    [4, 1],
    [56, 0],
  ],
  '5,0': [[0, 6]],
}

test('ID registers never promise what the CPU lacks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.nat(7), word, fc.boolean(), (crm, op2, value, hasGic) => {
      const shown = unsigned(core.idRegister!(crm, op2, value, hasGic ? 1 : 0))
      const levels = LEVELS[`${crm},${op2}`] ?? []
      const counted = levels.reduce((mask, [shift]) => mask | (15n << BigInt(shift)), 0n)
      expect(shown & ~value & ~counted).toBe(0n)
      for (const [shift, least] of levels) {
        expect(field(shown, shift, 4)).toBeLessThanOrEqual(Math.max(field(value, shift, 4), least))
      }
      expect(unsigned(core.idRegister!(crm, op2, shown, hasGic ? 1 : 0))).toBe(shown)
      if (crm === 4 && op2 === 0) {
        for (const [what, shift] of Object.entries({ EL2: 8, EL3: 12, SVE: 32, MPAM: 40, AMU: 44, RME: 52 })) {
          expect(field(shown, shift, 4), what).toBe(0)
        }
        expect(field(shown, 24, 4)).toBe(hasGic ? field(value, 24, 4) : 0)
      }
      if (crm === 5 && op2 === 0) expect([field(shown, 4, 8), field(shown, 32, 32)]).toEqual([0, 0])
    }),
  )
})

test('SHA-256 is what everybody computes', () => {
  const { core, physical } = parkedMachine()
  const at = GiB + 600 * MiB
  const [expected, work] = [0x10_0000, 0x10_1000]
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), fc.nat(5), fc.boolean(), (bytes, shift, first, spoil) => {
      physical.write(at + shift * 8, bytes)
      const digest = createHash('sha256').update(bytes).digest()
      if (spoil) digest[shift * 4]! ^= 1
      new Uint8Array(core.memory.buffer).set(digest, expected)
      const va = BigInt(DIRECT_VA + at + shift * 8)
      expect(core.sha256Is!(va, BigInt(bytes.length), BigInt(first), expected, work)).toBe(spoil ? 0 : 1)
    }),
  )
})
