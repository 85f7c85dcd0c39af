/** The three modules as they ship, joined on one board: a guest's requests from its exit to its answer. */
import { beforeEach, describe, expect, test } from 'vitest'
import { RUNNING, STOPPED } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { bundle, DTB, RAM } from '../fake/bundle.ts'
import { Machine } from '../fake/machine.ts'
import { type Access, dataAbort, faultAt, HVC, SMC, systemRegister } from '../fake/syndrome.ts'
import { interrupted } from '../fake/vector.ts'

const GICD = 0x0800_0000
const UART = 0x0900_0000
const RTC = 0x0901_0000
const PSCI = {
  version: 0x8400_0000n,
  cpuOn: 0xc400_0003n,
  cpuOff: 0x8400_0002n,
  affinity: 0xc400_0004n,
  off: 0x8400_0008n,
  reset: 0x8400_0009n,
}
const PENDING = 1n << 62n

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  const vms = { alpha: { cores: [0, 2], restart: 1 }, beta: { cores: [1], memory: 6 * MiB } }
  let machine: Machine
  beforeEach(() => {
    machine = new Machine({ gic, initrd: bundle({ vms }) })
    machine.boot()
  })

  const call = (fn: bigint, ...values: bigint[]) => {
    const vcpu = machine.vcpuOn(0)!
    for (const [i, value] of [fn, ...values].entries()) vcpu.setX(i, value)
    machine.sync(0, { esr: HVC })
    return BigInt.asIntN(64, vcpu.x(0))
  }
  const access = (ipa: number, options: Access, cpu = 0) =>
    machine.sync(cpu, { esr: dataAbort(options), ...faultAt(ipa) })
  const read = (ipa: number, size = 4) => {
    access(ipa, { register: 5, size })
    return machine.vcpuOn(0)!.x(5)
  }
  const write = (ipa: number, value: bigint, size = 4, cpu = 0) => {
    machine.vcpuOn(cpu)!.setX(6, value)
    access(ipa, { register: 6, size, write: true }, cpu)
  }

  test('PSCI and SMCCC by HVC and by SMC', () => {
    expect(call(PSCI.version)).toBe(0x1_0001n)
    expect(call(0x8000_0000n)).toBe(0x1_0002n)
    expect([call(0x8400_0050n), call(0xdead_beefn), call(1n << 40n)]).toEqual([-1n, -1n, -1n])
    const vcpu = machine.vcpuOn(0)!
    vcpu.setX(0, PSCI.version)
    machine.sync(0, { esr: SMC })
    expect([vcpu.x(0), vcpu.elr]).toEqual([0x1_0001n, BigInt(RAM) + 4n])
  })

  test('a second vCPU is turned on, runs, and is turned off', () => {
    expect(call(PSCI.affinity, 1n, 0n)).toBe(1n)
    expect(call(PSCI.cpuOn, 1n, BigInt(RAM) + 0x40n, 0x33n)).toBe(0n)
    machine.pump()
    const second = machine.vcpuOn(2)!
    expect([second.index, second.elr, second.x(0)]).toEqual([1, BigInt(RAM) + 0x40n, 0x33n])
    expect([call(PSCI.affinity, 1n, 0n), call(PSCI.cpuOn, 1n, BigInt(RAM), 0n)]).toEqual([0n, -4n])
    second.setX(0, PSCI.cpuOff)
    machine.sync(2, { esr: HVC })
    expect([machine.vcpuOn(2), call(PSCI.affinity, 1n, 0n)]).toEqual([undefined, 1n])
  })

  test('an SGI from one vCPU to the other lands in its list registers', () => {
    for (const [offset, value] of [
      [0, 3n],
      [0x100, 0xffffn],
    ] as const) {
      if (offset === 0 || gic === 2) write(GICD + offset, value)
    }
    call(PSCI.cpuOn, 1n, BigInt(RAM), 0n)
    machine.pump()
    if (gic === 2) write(GICD + 0x100, 0xffffn, 4, 2)
    else write(0x080a_0000 + 0x2_0000 + 0x1_0100, 0xffffn, 4, 2)
    if (gic === 2) write(GICD + 0xf00, (2n << 16n) | 5n)
    else {
      machine.vcpuOn(0)!.setX(1, (5n << 24n) | 2n)
      machine.sync(0, { esr: systemRegister('3,0,12,11,5', 1, 'write') })
    }
    machine.pump()
    const { lists } = machine.gic.interfaces[2]!
    expect(lists.filter((lr) => lr & PENDING).map((lr) => lr & 0x3ffn)).toEqual([5n])
    expect(machine.gic.interfaces[0]!.lists.filter((lr) => lr & PENDING)).toEqual([])
  })

  test('the virtual timer fires into a list register that is linked to it', () => {
    write(GICD, 3n)
    if (gic === 2) write(GICD + 0x100, 1n << 27n)
    else write(0x080a_0000 + 0x1_0100, 1n << 27n)
    machine.cpus[0]!.registers.set('cntv_ctl_el0', 5n)
    machine.gic.source(0, 27).line = true
    machine.exit(0, interrupted)
    expect(machine.gic.source(0, 27).active).toBe(true)
    const [lr] = machine.gic.interfaces[0]!.lists.filter((lr) => lr & PENDING)
    expect([lr! & 0x3ffn, (lr! >> 61n) & 1n, (lr! >> 32n) & 0x3ffn]).toEqual([27n, 1n, 27n])
  })

  test('a byte written to the distributor changes that byte, whatever the register holds above it', () => {
    const priorities = GICD + 0x400 + 64
    write(priorities, 0x1020_3040n)
    write(priorities + 1, 0xffff_ffff_ffff_ff50n, 1)
    expect(read(priorities)).toBe(0x1020_5040n)
    expect(read(priorities + 3, 1)).toBe(0x10n)
  })

  test('UART and clock', () => {
    for (const ch of Buffer.from('hello from a guest\n')) write(UART, BigInt(ch) | 0xabc_0000n, 1)
    machine.pump()
    expect(machine.lines.at(-1)).toBe('alpha    | hello from a guest')
    expect(read(UART + 0x18) & 0x20n).toBe(0n)
    expect(read(RTC)).toBe(BigInt(machine.devices.clock))
  })

  test('what no device claims', () => {
    const { registers } = machine.cpus[0]!
    registers.set('vbar_el1', 0x4000_8000n)
    access(0x0b00_0000, { register: 5 })
    expect([machine.vcpuOn(0)!.elr, registers.get('esr_el1')]).toEqual([0x4000_8200n, 0x9600_0010n])
  })

  test.each([
    ['resets itself', PSCI.reset, RUNNING],
    ['goes off', PSCI.off, STOPPED],
  ])('a guest %s; the other one runs on', (_, fn, state) => {
    const vcpu = machine.vcpuOn(0)!
    vcpu.elr = 0x9999n
    vcpu.setX(0, fn)
    machine.sync(0, { esr: HVC })
    expect(machine.core.vmState!(0)).toBe(state)
    const [after] = [machine.vcpuOn(0)]
    if (state === RUNNING) expect([after!.elr, after!.x(0)]).toEqual([BigInt(RAM), BigInt(DTB)])
    else expect(after).toBeUndefined()
    expect([machine.core.vmState!(1), machine.vcpuOn(1)!.vm]).toEqual([RUNNING, 1])
  })
})
