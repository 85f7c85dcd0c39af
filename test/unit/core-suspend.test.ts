/** A vCPU that waits, as its guest asked by PSCI, and comes back in the state that PSCI says. */
import { beforeEach, describe, expect, test } from 'vitest'
import { bundle, RAM } from '../fake/bundle.ts'
import { Machine } from '../fake/machine.ts'
import { started } from '../fake/started.ts'
import { HVC, SMC } from '../fake/syndrome.ts'

const ENTRY = BigInt(RAM) + 0x8000n
const PENDING = 1n << 62n

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  const { machine, vcpu, vmm } = started({ gic })
  const { registers } = machine.cpus[0]!
  const timer = machine.gic.source(0, 27)
  const suspend = (powerDown: number, esr: bigint) => {
    vmm.hypercall = () => {
      vmm.core.vcpuSuspend!(ENTRY, 0x77n, powerDown)
      return 0n
    }
    return machine.sync(0, { esr })
  }

  beforeEach(() => {
    timer.line = true
    vcpu.elr = 0x4000_1000n
    vcpu.setX(0, 0x55n)
    vcpu.setX(20, 0x20n)
    registers.set('vbar_el1', 0x1000n)
  })

  test.each([
    ['HVC', HVC, 0x4000_1000n],
    ['SMC', SMC, 0x4000_1004n],
  ])('standby by %s goes on behind the call', (_, esr, pc) => {
    expect(suspend(0, esr)).toBeDefined()
    expect([vcpu.elr, vcpu.x(0), vcpu.x(20), registers.get('vbar_el1')]).toEqual([pc, 0n, 0x20n, 0x1000n])
  })

  test.each([
    ['HVC', HVC],
    ['SMC', SMC],
  ])('power-down by %s begins at the entry with the context in x0', (_, esr) => {
    expect(suspend(1, esr)).toBeDefined()
    expect([vcpu.elr, vcpu.x(0), vcpu.spsr]).toEqual([ENTRY, 0x77n, 0x3c5n])
    expect([registers.get('vbar_el1'), registers.get('sctlr_el1')]).toEqual([0n, 0x30d0_0800n])
  })

  test('an interrupt that is listed already is not slept over', () => {
    timer.line = false
    vmm.core.lrWrite!(3, PENDING | 27n)
    expect(suspend(0, HVC)).toBeDefined()
    vmm.core.lrWrite!(3, 0n)
  })

  test('with nothing pending it waits', () => {
    timer.line = false
    expect(suspend(0, HVC)).toBeUndefined()
  })
})

test('the shipped compartment: CPU_SUSPEND to a power-down state, SYSTEM_SUSPEND', () => {
  const machine = new Machine({ initrd: bundle() })
  const vcpu = machine.boot()!
  machine.gic.source(0, 27).line = true
  for (const [fn, ...rest] of [
    [0xc400_0001n, 1n << 16n, ENTRY, 0x99n],
    [0xc400_000en, ENTRY, 0x99n, 0n],
  ] as const) {
    vcpu.elr = 0x4000_2000n
    for (const [i, value] of [fn, ...rest].entries()) vcpu.setX(i, value)
    machine.sync(0, { esr: HVC })
    expect([vcpu.elr, vcpu.x(0), vcpu.spsr]).toEqual([ENTRY, 0x99n, 0x3c5n])
  }
})
