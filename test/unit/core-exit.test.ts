/** A guest's other ways out: calls, instruction aborts, system registers, what nobody expects, interrupts. */
import { beforeEach, describe, expect, test } from 'vitest'
import { type Started, started } from '../fake/started.ts'
import { FP, faultAt, HVC, instructionAbort, SMC, systemRegister } from '../fake/syndrome.ts'
import { interrupted } from '../fake/vector.ts'

const PC = 0x4000_1000n
const VECTORS = 0x4020_0000n
const UNDEFINED = 1n << 25n

const { machine, vcpu, vmm } = started()
const el1 = machine.cpus[0]!.registers

beforeEach(() => {
  vcpu.elr = PC
  vcpu.spsr = 0x3c5n
  for (let i = 0; i < 31; i++) vcpu.setX(i, BigInt(i) + 0xabcd_0000_0000n)
  for (const name of ['esr_el1', 'far_el1', 'elr_el1', 'spsr_el1']) el1.set(name, 0xbadn)
  el1.set('vbar_el1', VECTORS)
  vmm.answer = 0n
  vmm.fresh()
})

const registers = () => Array.from({ length: 31 }, (_, i) => vcpu.x(i))

describe('calls', () => {
  test.each([
    ['HVC', HVC, PC],
    ['SMC', SMC, PC + 4n],
  ])('%s gives x0 to x3 to the compartment and x0 back', (_, esr, pc) => {
    vmm.answer = 0xffff_ffff_ffff_ffffn
    const expected = registers()
    expected[0] = vmm.answer
    machine.sync(0, { esr })
    const base = 0xabcd_0000_0000n
    expect(vmm.fresh()).toEqual([['hypercall', 0, base, base + 1n, base + 2n, base + 3n]])
    expect(registers()).toEqual(expected)
    expect([vcpu.elr, vcpu.spsr]).toEqual([pc, 0x3c5n])
  })

  test.each([
    ['HVC', HVC | 1n, PC],
    ['SMC', SMC | 0xffffn, PC + 4n],
  ])('%s with an immediate is not the convention: NOT_SUPPORTED, and the compartment hears nothing', (_, esr, pc) => {
    const expected = registers()
    expected[0] = 0xffff_ffff_ffff_ffffn
    machine.sync(0, { esr })
    expect(vmm.fresh()).toEqual([])
    expect(registers()).toEqual(expected)
    expect([vcpu.elr, vcpu.spsr]).toEqual([pc, 0x3c5n])
  })

  test('a compartment may set the result registers of SMCCC, and none that it may not', () => {
    const expected = registers()
    vmm.hypercall = () => {
      for (let i = 0; i < 64; i++) vmm.core.setX!(i, 0x77n)
      return 1n
    }
    machine.sync(0, { esr: HVC })
    for (let i = 1; i < 18; i++) expected[i] = 0x77n
    expected[0] = 1n
    expect(registers()).toEqual(expected)
    expect([vcpu.elr, vcpu.spsr, vcpu.vm, vcpu.index]).toEqual([PC, 0x3c5n, 0, 0])
    vmm.hypercall = Object.getPrototypeOf(vmm).hypercall
  })
})

describe('instruction aborts', () => {
  test.each([
    ['EL1h', 0x3c5n, 0x200n, 0x21n],
    ['EL0 in AArch64', 0n, 0x400n, 0x20n],
    ['EL0 in AArch32', 0x10n, 0x600n, 0x20n],
  ])('a branch to unmapped memory from %s', (_, spsr, offset, code) => {
    vcpu.spsr = spsr
    machine.sync(0, { esr: instructionAbort(), ...faultAt(0x1000, 0x1000) })
    expect(el1.get('esr_el1')).toBe((code << 26n) | (1n << 25n) | 0x10n)
    expect([el1.get('far_el1'), el1.get('elr_el1'), el1.get('spsr_el1')]).toEqual([0x1000n, PC, spsr])
    expect([vcpu.elr, vcpu.spsr]).toEqual([VECTORS + offset, 0x3c5n])
  })

  test('a table walk that leaves RAM', () => {
    machine.sync(0, { esr: instructionAbort({ walk: true, status: 0x06 }), ...faultAt(0x2000) })
    expect(el1.get('esr_el1')).toBe((0x21n << 26n) | (1n << 25n) | 0x16n)
  })

  test('near the vectors, but not at one', () => {
    for (const pc of [VECTORS + 4n, VECTORS + 0x204n, VECTORS + 0x800n, VECTORS - 0x80n]) {
      vcpu.elr = pc
      machine.sync(0, { esr: instructionAbort(), ...faultAt(0x1000) })
      expect(el1.get('elr_el1')).toBe(pc)
      expect(vcpu.elr).toBe(VECTORS + 0x200n)
    }
  })
})

describe('system registers', () => {
  const read = (name: string, register = 5) => {
    machine.sync(0, { esr: systemRegister(name, register, 'read') })
    return vcpu.x(register)
  }
  const write = (name: string, register = 5) => machine.sync(0, { esr: systemRegister(name, register, 'write') })

  test.each([
    ['ID_AA64PFR0_EL1', '3,0,0,4,0', 0x1101_0000_0111_0012n],
    ['ID_AA64PFR1_EL1', '3,0,0,4,1', 0xffn],
    ['ID_AA64ZFR0_EL1', '3,0,0,4,4', 0n],
    ['ID_AA64DFR0_EL1', '3,0,0,5,0', 0x1030_5006n],
    ['ID_AA64DFR1_EL1', '3,0,0,5,1', 0n],
    ['ID_AA64ISAR0_EL1', '3,0,0,6,0', 0x1_1120n],
    ['ID_AA64ISAR1_EL1', '3,0,0,6,1', 0x0fff_ffff_ffff_ffffn],
    ['ID_AA64ISAR2_EL1', '3,0,0,6,2', 0x0fff_0f00_fff0_fff0n],
    ['ID_AA64ISAR3_EL1', '3,0,0,6,3', 0n],
    ['ID_AA64MMFR0_EL1', '3,0,0,7,0', 0x1124n],
    ['ID_AA64MMFR1_EL1', '3,0,0,7,1', 0xffff_f0f0_fff0_f0ffn],
    ['ID_AA64MMFR2_EL1', '3,0,0,7,2', 0xf0ff_00ff_f0ff_ffffn],
    ['ID_PFR0_EL1', '3,0,0,1,0', 0x131n],
    ['ID_AA64MMFR3_EL1', '3,0,0,7,3', 0n],
    ['ID_DFR0_EL1', '3,0,0,1,2', 6n],
    ['a reserved ID register', '3,0,0,7,7', 0n],
  ])('%s says what a VM has', (_, name, value) => {
    expect(read(name)).toBe(value)
    expect(vcpu.elr).toBe(PC + 4n)
  })

  test.each([
    ['MDSCR_EL1', '2,0,0,2,2'],
    ['DBGBVR0_EL1', '2,0,0,0,4'],
    ['DBGWCR3_EL1', '2,0,0,3,7'],
    ['OSLAR_EL1', '2,0,1,0,4'],
    ['OSDLR_EL1', '2,0,1,3,4'],
    ['MDCCSR_EL0', '2,3,0,1,0'],
    ['ACTLR_EL1', '3,0,1,0,1'],
  ])('%s reads as zero and ignores writes', (_, name) => {
    const expected = registers()
    write(name)
    expect(registers()).toEqual(expected)
    expect(read(name)).toBe(0n)
    expect([vcpu.elr, el1.get('esr_el1')]).toEqual([PC + 8n, 0xbadn])
  })

  test('OSLSR_EL1 says that the lock is there and open', () => {
    expect(read('2,0,1,1,4')).toBe(8n)
  })

  test.each([
    ['ICC_SGI1R_EL1', '3,0,12,11,5', 1],
    ['ICC_ASGI1R_EL1', '3,0,12,11,6', 0],
    ['ICC_SGI0R_EL1', '3,0,12,11,7', 0],
  ])('a write to %s reaches the compartment', (_, name, group) => {
    write(name, 7)
    expect(vmm.fresh()).toEqual([['sgi', 0, 0xabcd_0000_0007n, group]])
    expect(vcpu.elr).toBe(PC + 4n)
    write(name, 31)
    expect(vmm.fresh()).toEqual([['sgi', 0, 0n, group]])
  })

  test.each([
    ['PMCR_EL0', '3,3,9,12,0', 'read'],
    ['PMCCNTR_EL0', '3,3,9,13,0', 'write'],
    ['TRCPRGCTLR', '2,1,0,1,0', 'read'],
    ['DBGVCR32_EL2', '2,4,0,7,0', 'write'],
    ['an implementation-defined one', '3,1,15,2,1', 'read'],
    ['PMSCR_EL1', '3,0,9,9,0', 'write'],
    ['ID_AA64PFR0_EL1, which cannot be written', '3,0,0,4,0', 'write'],
    ['ICC_SGI1R_EL1, which cannot be read', '3,0,12,11,5', 'read'],
  ] as const)('%s is undefined', (_, name, direction) => {
    const before = registers()
    machine.sync(0, { esr: systemRegister(name, 5, direction) })
    expect(el1.get('esr_el1')).toBe(UNDEFINED)
    expect(el1.get('far_el1')).toBe(0xbadn)
    expect([el1.get('elr_el1'), vcpu.elr]).toEqual([PC, VECTORS + 0x200n])
    expect(registers()).toEqual(before)
    expect(vmm.fresh()).toEqual([])
  })
})

test.each([
  ['FP/SIMD', FP],
  ['an AArch32 coprocessor access', 0x0en << 26n],
  ['an illegal state', 0x0en << 26n],
  ['a PC alignment fault', 0x22n << 26n],
  ['a class that no manual knows', 0x3fn << 26n],
])('%s, which should not trap, is undefined', (_, esr) => {
  machine.sync(0, { esr })
  expect([el1.get('esr_el1'), vcpu.elr]).toEqual([UNDEFINED, VECTORS + 0x200n])
})

describe.each([3, 2] as const)('interrupts on GICv%i', (gic) => {
  const { machine, vcpu, vmm }: Started = started({ gic })
  const take = (intid: number, cpu = 0) => {
    machine.gic.source(cpu, intid).line = true
    machine.exit(0, interrupted)
    machine.gic.source(cpu, intid).line = false
  }

  beforeEach(() => {
    vcpu.elr = PC
    for (let i = 0; i < 31; i++) vcpu.setX(i, BigInt(i))
    vmm.fresh()
  })

  test.each([27, 30])("the guest's timer %i is forwarded, and stays active until the guest has handled it", (intid) => {
    take(intid)
    expect(vmm.fresh()).toEqual([['interrupt', 0, intid]])
    expect(machine.gic.interfaces[0]!.running).toEqual([])
    expect(machine.gic.source(0, intid).active).toBe(true)
    vmm.core.deactivate!(intid)
    expect(machine.gic.source(0, intid).active).toBe(false)
    expect(Array.from({ length: 31 }, (_, i) => vcpu.x(i))).toEqual(Array.from({ length: 31 }, (_, i) => BigInt(i)))
    expect(vcpu.elr).toBe(PC)
  })

  test('list register maintenance', () => {
    take(25)
    expect(vmm.fresh()).toEqual([['maintenance', 0]])
    expect(machine.gic.source(0, 25).active).toBe(false)
  })

  test('nothing is pending after all', () => {
    machine.exit(0, interrupted)
    expect(vmm.fresh()).toEqual([])
    expect(vcpu.elr).toBe(PC)
  })

  test('a compartment cannot deactivate what is not its own', () => {
    machine.gic.source(0, 25).active = true
    for (const intid of [0, 25, 33, 1023, 0xffff_ffff]) vmm.core.deactivate!(intid)
    expect(machine.gic.source(0, 25).active).toBe(true)
    machine.gic.source(0, 25).active = false
  })
})
