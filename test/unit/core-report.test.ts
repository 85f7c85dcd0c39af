/** What the report of a fault says: why the guest exited, at whose address, and how its vCPU stood. */
import { describe, expect, test } from 'vitest'
import { DEVICE_RTC, TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { ask, NEVER, stub } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import { trap } from '../fake/compartment.ts'
import { translate } from '../fake/stage2-walk.ts'
import { started } from '../fake/started.ts'
import { dataAbort, faultAt, systemRegister } from '../fake/syndrome.ts'

/** The lines behind the first of the report, without source and vCPU. */
function report(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => line.includes('its device models failed'))
  return lines.slice(from + 1).map((line) => line.replace(/^bulkhead \| (?: {2}vCPU \d: )?/, ''))
}

function failing(gic: 2 | 3, devices?: number, control = false) {
  const { machine } = started({
    gic,
    control,
    vms: { alpha: { restart: NEVER, ...(devices && { devices }) }, beta: { cores: [1] } },
  })
  const vmm = stub(machine, 0)
  for (const call of ['mmioRead', 'mmioWrite', 'sgi'] as const) vmm[call] = trap(TRAP_UNREACHABLE) as never
  return machine
}

describe('an access', () => {
  test.each([
    ['a UART', 0x900_0018, 3, 'its UART'],
    ['a clock', 0x901_0000, 3, 'its clock'],
    ['the distributor', 0x800_0100, 3, 'its GIC distributor'],
    ['a redistributor', 0x80a_0000, 3, 'a GIC redistributor of its'],
    ['behind the last redistributor', 0x80c_0000, 3, 'where it has nothing'],
    ['the CPU interface of GICv2', 0x801_0000, 2, 'its GIC CPU interface'],
    ['where GICv3 has none', 0x801_0000, 3, 'where it has nothing'],
    ['a virtio slot', 0xa00_3fff, 3, 'a virtio slot'],
    ['flash', 0x7ff_ffff, 3, 'flash, which is not fitted'],
    ['behind RAM', RAM + 4 * MiB, 3, 'where it has nothing'],
    ["the board's own UART", 0x3f20_0000, 3, 'where it has nothing'],
  ] as const)('to %s says whose it is', (_, ipa, gic, owner) => {
    const machine = failing(gic)
    machine.sync(0, { esr: dataAbort({ write: true, register: 3, size: 2 }), ...faultAt(ipa, ipa) })
    expect(report(machine.lines)[1]).toMatch(
      new RegExp(`; last exit: write of 2 bytes at 0x${ipa.toString(16)}, ${owner}$`),
    )
  })

  test('to a device that the config leaves out', () => {
    const machine = failing(3, DEVICE_RTC)
    machine.sync(0, { esr: dataAbort({ register: 3, size: 4 }), ...faultAt(0x900_0000, 0x900_0000) })
    expect(report(machine.lines)[1]).toContain('read of 4 bytes at 0x9000000, a UART that its config leaves out')
  })

  test('by another virtual address names both', () => {
    const machine = failing(3)
    machine.sync(0, { esr: dataAbort({ register: 3, size: 4 }), ...faultAt(0x900_0018, 0xffff_1234_0018) })
    expect(report(machine.lines)[1]).toContain('at 0x9000018 (by address 0xffff12340018), its UART')
  })
})

test('a register is named as assemblers do, a hypercall by its number', () => {
  const machine = failing(3)
  // ICC_SGI1R_EL1
  machine.sync(0, { esr: systemRegister('3,0,12,11,5', 2, 'write') })
  expect(report(machine.lines)[1]).toMatch(/last exit: write of S3_0_C12_C11_5$/)
  const other = failing(3)
  other.vcpuOn(0)!.setX(0, 0xc600_1234n)
  ask(other, trap(TRAP_UNREACHABLE))
  expect(report(other.lines)[1]).toMatch(/last exit: HVC, x0 0xc6001234$/)
})

test('the whole report fits a screen, ends with what happens next, and keeps to what is known', () => {
  const machine = failing(3, undefined, true)
  const vcpu = machine.vcpuOn(0)!
  machine.physical.write(translate(machine, 0, RAM)!.pa + 0x40, Buffer.from([0x1f, 0x20, 0x03, 0xd5, 0x43, 0, 0, 0xb9]))
  vcpu.elr = BigInt(RAM) + 0x44n
  vcpu.setX(30, 0x4000_0abcn)
  machine.cpus[0]!.registers.set('cntv_ctl_el0', 3n)
  machine.sync(0, { esr: dataAbort({ write: true, register: 3, size: 4 }), ...faultAt(0x900_0000, 0x900_0000) })
  expect(report(machine.lines)).toEqual([
    'guest pc 0x40000044, lr 0x40000abc, pstate 0x3c5, x0 0x40100000, x1 0x0',
    'instruction 0xb9000043, the one before 0xd503201f; last exit: write of 4 bytes at 0x9000000, its UART',
    'runs at 0x40000044; virtual timer masked, physical off; no interrupt pending; IRQs masked',
    '0 hypercalls, 1 device accesses, 0 interrupts, 0 other traps since its VM started',
    'its last exits, the latest first',
    '  write of 4 bytes at 0x9000000, its UART, pc 0x40000044',
    "VM 'alpha' crashed; it stays off",
  ])
})
