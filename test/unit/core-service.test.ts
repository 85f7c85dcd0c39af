/** What a compartment may ask of core, also when it is broken: it reaches its own VM and nothing else. */
import { beforeEach, describe, expect, test } from 'vitest'
import { MiB } from '../fake/board.ts'
import { DTB, RAM } from '../fake/bundle.ts'
import type { StubVmm } from '../fake/compartment.ts'
import { LIST_REGISTERS } from '../fake/gic.ts'
import { started } from '../fake/started.ts'
import { HVC } from '../fake/syndrome.ts'

const TWO = { vms: { alpha: {}, beta: { cores: [1] } } }
const HARDWARE = 1n << 61n
const PENDING = 1n << 62n
const EOI = 1n << 41n
const GROUP = 1n << 60n

describe.each([3, 2] as const)('the virtual CPU interface on GICv%i', (gic) => {
  const { machine, vmm } = started({ gic, ...TWO })
  const { core } = vmm
  const { lists } = machine.gic.interfaces[0]!

  beforeEach(() => void lists.fill(0n))

  test.each([
    ['an SGI', 3n | PENDING | GROUP | (0xa0n << 48n)],
    ["an SGI of GICv2's vCPU 5", 3n | PENDING | (5n << 32n) | (0xf8n << 48n)],
    ['an SPI whose end is to be told', 287n | PENDING | EOI],
    ['one that is active', 48n | (1n << 63n) | (0x08n << 48n)],
    ['a timer, linked to the physical one', 27n | PENDING | HARDWARE | (27n << 32n)],
    ['nothing', 0n],
  ])('takes and gives back %s', (_, value) => {
    for (let i = 0; i < LIST_REGISTERS; i++) {
      core.lrWrite!(i, value)
      expect(lists[i]).toBe(value)
      expect(BigInt.asUintN(64, BigInt(core.lrRead!(i)))).toBe(value)
    }
  })

  test('links to the physical interrupt of the same number, whatever the compartment says', () => {
    core.lrWrite!(0, 30n | PENDING | HARDWARE | (33n << 32n))
    expect(lists[0]).toBe(30n | PENDING | HARDWARE | (30n << 32n))
  })

  test('links to no interrupt that the VM does not own', () => {
    for (const intid of [0n, 25n, 26n, 33n, 1019n, 27n | (1n << 20n), 0xffff_ffffn]) {
      core.lrWrite!(1, intid | PENDING | HARDWARE | (27n << 32n))
      expect(lists[1]).toBe(0n)
    }
  })

  test('has no list register but those that exist', () => {
    for (const i of [LIST_REGISTERS, 16, 31, 32, 64, 0x1000, 0x4000_0000, 0xffff_ffff]) {
      expect(core.lrRead!(i)).toBe(0n)
      core.lrWrite!(i, PENDING | 5n)
    }
    for (const i of [LIST_REGISTERS, 16, 31]) expect(core.lrRefill!(i, PENDING | 5n)).toBe(0)
    expect(lists).toEqual([0n, 0n, 0n, 0n])
  })

  test('refills an empty list register, and links it to no interrupt that the VM does not own', () => {
    const linked = 27n | PENDING | HARDWARE | (27n << 32n)
    core.lrWrite!(1, 40n | PENDING)
    expect([
      core.lrRefill!(0, linked),
      core.lrRefill!(1, linked),
      core.lrRefill!(2, 25n | PENDING | HARDWARE),
      core.lrRefill!(3, 3n | PENDING),
    ]).toEqual([1, 0, 0, 1])
    expect(lists).toEqual([linked, 40n | PENDING, 0n, 3n | PENDING])
  })

  test('says which list registers are empty, which have ended', () => {
    core.lrWrite!(0, 40n | EOI)
    core.lrWrite!(2, 41n | PENDING)
    expect([core.lrEmpty!(), core.lrEnded!()]).toEqual([0b1010, 0b0001])
  })

  test('keeps its enable bit, and gives only the maintenance enables away', () => {
    for (const bits of [0, 2, 8, 0xe, 0xffff_ffff]) {
      core.gicControl!(bits)
      expect(machine.gic.interfaces[0]!.control).toBe(1 | (bits & 0xe))
    }
  })

  test('counts ends without a list register once', () => {
    machine.gic.interfaces[0]!.control = (3 << 27) | 0x5
    expect(core.gicEoiCount!()).toBe(3)
    expect(core.gicEoiCount!()).toBe(0)
    expect(machine.gic.interfaces[0]!.control).toBe(5)
  })

  test.each([
    [27, 'cntv'],
    [30, 'cntp'],
  ])('timer %i asserts its line when enabled, fired and not masked', (intid, name) => {
    const { registers } = machine.cpus[0]!
    for (const [control, at] of [0n, 1n, 2n, 3n].flatMap((control) => [0n, 1n << 60n].map((at) => [control, at]))) {
      registers.set(`${name}_ctl_el0`, control!)
      registers.set(`${name}_cval_el0`, at!)
      expect(core.timerLine!(intid)).toBe(control === 1n && at === 0n ? 1 : 0)
    }
    for (const other of [0, 25, 33, 1023]) expect(core.timerLine!(other)).toBe(0)
  })
})

describe('one VM and another', () => {
  const { machine, vmm } = started(TWO)
  const { core } = vmm
  const other = machine.joint.vmms[1] as StubVmm
  other.fresh()

  test('a kick reaches vCPUs of the own VM only', () => {
    for (const vcpus of [2, 4, 0x100, 0x8000_0000, 0xffff_fffe]) core.kick!(vcpus)
    machine.pump()
    machine.sync(0, { esr: HVC })
    expect(vmm.fresh().map(([name]) => name)).toEqual(['hypercall'])
    expect(other.fresh()).toEqual([])
  })

  test('turning vCPUs on reaches those of the own VM only', () => {
    for (const vcpu of [1, 2, 0xffff_ffff]) core.vcpuOn!(vcpu, BigInt(RAM), 0n)
    machine.pump()
    expect(machine.vcpuOn(1)!.vm).toBe(1)
    expect(machine.cpus.filter(({ running }) => running)).toHaveLength(2)
  })

  test('RAM is what the VM has', () => {
    const inside = (ipa: number | bigint) => core.ramContains!(BigInt(ipa))
    expect([RAM, DTB, RAM + 4 * MiB - 1].map(inside)).toEqual([1, 1, 1])
    expect([0, RAM - 1, RAM + 4 * MiB, 2 ** 40, -1n, BigInt(RAM) | (1n << 63n)].map(inside)).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('time starts at 0 when the VM does', () => {
    const started = machine.cpus[0]!.registers.get('cntvoff_el2')!
    const before = machine.now
    expect(core.counter!()).toBe(before - started)
    expect(core.frequency!()).toBe(62_500_000)
    expect(core.epoch!()).toBe(BigInt(machine.devices.clock))
  })

  test('output is told from whose it is', () => {
    for (const ch of Buffer.from('hello\n')) expect(core.consolePut!(ch | 0xabcd00)).toBe(1)
    machine.pump()
    expect(machine.lines.at(-1)).toBe('alpha    | hello')
  })
})

test('a board without a clock says so', () => {
  const { vmm } = started({ bend: (tree) => void delete tree['pl031@9010000'] })
  expect(vmm.core.epoch!()).toBe(0n)
})

test('a full console is told, and room again on the own CPU', () => {
  const { machine, vmm } = started(TWO)
  machine.uart.instant = false
  let taken = 0
  while (vmm.core.consolePut!(0x61)) taken++
  expect(taken).toBeGreaterThan(500)
  vmm.fresh()
  for (let i = 0; i < 2 * taken && !vmm.calls.length; i++) {
    machine.uart.drain(16)
    machine.pump()
  }
  expect(vmm.fresh()).toEqual([['consoleRoom', 0]])
})

test('what is typed reaches the VM that has the keyboard, and a full receiver gets its byte later', () => {
  const { machine, vmm } = started(TWO)
  const other = machine.joint.vmms[1] as StubVmm
  other.fresh()
  const type = (text: string) => {
    for (const byte of Buffer.from(text)) {
      machine.uart.arrive([byte])
      machine.pump()
    }
  }
  const typed = (stub: StubVmm) => stub.fresh().flatMap(([name, , ch]) => (name === 'consoleInput' ? [Number(ch)] : []))
  type('\x1d1abc')
  expect([Buffer.from(typed(vmm)).toString(), typed(other)]).toEqual(['abc', []])
  type('\x1d2xyz')
  expect([typed(vmm), Buffer.from(typed(other)).toString()]).toEqual([[], 'xyz'])

  const received: number[] = []
  other.space = 2
  other.consoleInput = (_, ch) => {
    other.space--
    received.push(ch)
  }
  type('12345')
  expect(Buffer.from(received).toString()).toBe('12')
  other.hypercall = () => {
    other.space = 2
    other.core.consoleReady!()
    return 0n
  }
  machine.sync(1, { esr: HVC })
  expect(Buffer.from(received).toString()).toBe('1234')
  other.space = 9
  type('6')
  expect(Buffer.from(received).toString()).toBe('123456')
})
