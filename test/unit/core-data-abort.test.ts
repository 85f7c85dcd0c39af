/** A guest's accesses to what stage 2 does not map: emulated, refused, or answered as a bus would. */
import { beforeEach, describe, expect, test } from 'vitest'
import { started } from '../fake/started.ts'
import { type Access, dataAbort, faultAt, PERMISSION } from '../fake/syndrome.ts'

const PC = 0x4000_1000n
const UART = 0x0900_0018
/** ESR_EL1: classes of an abort from EL0 and from EL1, IL. */
const FROM_EL0 = (0x24n << 26n) | (1n << 25n)
const FROM_EL1 = (0x25n << 26n) | (1n << 25n)
const WRITE = 1n << 6n
const EXTERNAL = 0x10n

const { machine, vcpu, vmm } = started()
const el1 = machine.cpus[0]!.registers

beforeEach(() => {
  vcpu.elr = PC
  vcpu.spsr = 0x3c5n
  for (let i = 0; i < 31; i++) vcpu.setX(i, BigInt(i) * 0x0101_0101_0101_0101n)
  for (const name of ['esr_el1', 'far_el1', 'elr_el1', 'spsr_el1']) el1.set(name, 0xbadn)
  el1.set('vbar_el1', 0x4020_0000n)
  vmm.mmioRead = (index, ipa, size) => {
    vmm.calls.push(['mmioRead', index, ipa, size])
    return vmm.answer
  }
  vmm.fresh()
})

const refuse = () => {
  vmm.core.refuse!()
  return 0xffn
}
const access = (options: Access, ipa = UART) => machine.sync(0, { esr: dataAbort(options), ...faultAt(ipa) })
const registers = () => Array.from({ length: 31 }, (_, i) => vcpu.x(i))

describe.each([0, 1, 17, 18, 19, 28, 29, 30])('a read into x%i', (register) => {
  test.each([
    [1, false, false, 0x88n, 0x88n],
    [2, false, false, 0x8899n, 0x8899n],
    [4, false, false, 0x8899_aabbn, 0x8899_aabbn],
    [8, false, true, 0x8899_aabb_ccdd_eeffn, 0x8899_aabb_ccdd_eeffn],
    [1, true, false, 0x88n, 0xffff_ff88n],
    [1, true, true, 0x88n, 0xffff_ffff_ffff_ff88n],
    [1, true, true, 0x77n, 0x77n],
    [2, true, false, 0x8899n, 0xffff_8899n],
    [2, true, true, 0x8899n, 0xffff_ffff_ffff_8899n],
    [4, true, true, 0x8899_aabbn, 0xffff_ffff_8899_aabbn],
    [4, true, true, 0x7899_aabbn, 0x7899_aabbn],
  ])('of %i bytes, signed %s, wide %s', (size, signed, wide, answer, result) => {
    vmm.answer = answer
    const expected = registers()
    expected[register] = result
    access({ size, signed, wide, register })
    expect(vmm.fresh()).toEqual([['mmioRead', 0, BigInt(UART), size]])
    expect(registers()).toEqual(expected)
    expect(vcpu.elr).toBe(PC + 4n)
    expect(vcpu.spsr).toBe(0x3c5n)
  })
})

test('a read into the zero register changes no register', () => {
  const before = registers()
  for (const signed of [false, true]) access({ register: 31, signed })
  expect(registers()).toEqual(before)
  expect(vcpu.elr).toBe(PC + 8n)
})

test.each([0, 18, 19, 29, 30, 31])('a write from x%i', (register) => {
  const before = registers()
  for (const size of [1, 2, 4, 8]) {
    access({ write: true, size, register })
    const [call] = vmm.fresh()
    expect(call?.slice(0, 4)).toEqual(['mmioWrite', 0, BigInt(UART), size])
    // Bits above the size are whatever the register holds: the model takes what it needs.
    const mask = (1n << BigInt(size * 8)) - 1n
    expect(BigInt(call?.at(4) ?? -1) & mask).toBe(register === 31 ? 0n : before[register]! & mask)
  }
  expect(registers()).toEqual(before)
  expect(vcpu.elr).toBe(PC + 16n)
})

test('the IPA is the page of HPFAR_EL2 and the offset of FAR_EL2', () => {
  for (const ipa of [0x0, 0x0800_0004, 0x7f_ffff_fff8]) {
    access({}, ipa)
    expect(vmm.fresh()).toEqual([['mmioRead', 0, BigInt(ipa), 4]])
  }
})

describe('what no device claims', () => {
  test.each([
    ['EL1h', 0x3c5n, 0x200n, FROM_EL1],
    ['EL1t', 0x3c4n, 0x000n, FROM_EL1],
    ['EL0 in AArch64', 0x0n, 0x400n, FROM_EL0],
    ['EL0 in AArch32', 0x1d0n, 0x600n, FROM_EL0],
  ])('gives an external abort at %s', (_, spsr, offset, code) => {
    for (const write of [false, true]) {
      vcpu.elr = PC
      vcpu.spsr = spsr
      const before = registers()
      vmm.mmioRead = refuse
      vmm.mmioWrite = refuse
      access({ write, register: 3 }, 0x0b00_0123)
      expect(el1.get('esr_el1')).toBe(code | (write ? WRITE : 0n) | EXTERNAL)
      expect(el1.get('far_el1')).toBe(0xffff_0000_0123n)
      expect(el1.get('elr_el1')).toBe(PC)
      expect(el1.get('spsr_el1')).toBe(spsr)
      expect(vcpu.elr).toBe(0x4020_0000n + offset)
      expect(vcpu.spsr).toBe(0x3c5n)
      expect(registers()).toEqual(before)
    }
  })

  test('is forgotten by the next access', () => {
    vmm.mmioRead = refuse
    access({})
    vcpu.elr = PC
    vmm.mmioRead = () => 7n
    access({ register: 2 })
    expect([vcpu.x(2), vcpu.elr]).toEqual([7n, PC + 4n])
  })

  test('condition flags, DIT and PAN outlive the entry, PSTATE.IL, SS and the rest do not', () => {
    vcpu.spsr = 0xffff_ffe5n
    access({ valid: false })
    expect(el1.get('spsr_el1')).toBe(0xffff_ffe5n)
    expect(vcpu.spsr).toBe(0xf140_03c5n)
  })

  test.each([
    [0n, 0n],
    [0x30_0000n, 1n << 22n],
  ])('PAN is set on entry where the CPU has it and SPAN is clear', (mmfr1, pan) => {
    el1.set('id_aa64mmfr1_el1', mmfr1)
    el1.set('sctlr_el1', 0x3050_0800n)
    access({ valid: false })
    expect(vcpu.spsr & (1n << 22n)).toBe(pan)
    el1.set('sctlr_el1', 0x30d0_0800n)
    vcpu.spsr = 0x3c5n
    access({ valid: false })
    expect(vcpu.spsr & (1n << 22n)).toBe(0n)
    el1.set('id_aa64mmfr1_el1', 0n)
  })
})

describe('accesses that reach no device', () => {
  test.each<[string, Access, bigint]>([
    ['a pair, which leaves no syndrome', { valid: false }, EXTERNAL],
    ['a store of SIMD registers', { valid: false, write: true }, WRITE | EXTERNAL],
    ["one of AArch32's 16-bit instructions", { narrow: true }, EXTERNAL],
    ['a write to what is mapped read-only', { status: PERMISSION, write: true }, WRITE | EXTERNAL],
    ['a table walk at level 0', { valid: false, walk: true, status: 0x04 }, 0x14n],
    ['a table walk at level 3', { valid: false, walk: true, status: 0x07 }, 0x17n],
  ])('%s: an abort with its status code', (_, options, status) => {
    access(options)
    expect(vmm.fresh()).toEqual([])
    expect(el1.get('esr_el1')).toBe(FROM_EL1 | status)
    expect(vcpu.elr).toBe(0x4020_0200n)
  })

  test('cache maintenance: nothing is cached there', () => {
    access({ valid: false, maintenance: true, write: true })
    expect(vmm.fresh()).toEqual([])
    expect([vcpu.elr, el1.get('esr_el1')]).toEqual([PC + 4n, 0xbadn])
  })
})

test('a device that gives the CPU work gets its value through all the same', () => {
  vmm.mmioRead = (index) => {
    vmm.core.kick!(1 << index)
    return 0x55n
  }
  for (const register of [4, 24]) {
    vcpu.elr = PC
    access({ register })
    expect([vcpu.x(register), vcpu.elr]).toEqual([0x55n, PC + 4n])
    expect(vmm.fresh()).toEqual([['deliver', 0]])
  }
})
