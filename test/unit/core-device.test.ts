/** Devices of the board that a VM has to itself: who reaches their pages, where their interrupts go, what is left of them. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { ask, endings, OFF, ON_CRASH, stop, stub } from '../fake/asking.ts'
import { GiB, MiB } from '../fake/board.ts'
import { bundle, type FakeVm } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { Machine } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'
import { owner, sharing, until, wait } from '../fake/shared.ts'
import { translate } from '../fake/stage2-walk.ts'

const GPIO = 0x0903_0000
const SPI = 39
const HARDWARE = 1n << 61n
const PENDING = 1n << 62n
const gpio = { device: 'gpio', pages: [[GPIO, 0x1000]], interrupts: [[SPI, 0]] } satisfies NonNullable<
  FakeVm['board']
>[number]

function board(gic: 2 | 3 = 3, alpha: FakeVm = {}): Machine {
  const vms = { alpha: { board: [gpio], restart: ON_CRASH, ...alpha }, beta: { cores: [1] } }
  const machine = new Machine({ gic, vmm: (machine) => new StubVmm(machine), initrd: bundle({ vms }) })
  machine.boot()
  for (const vmm of machine.joint.vmms) (vmm as StubVmm).fresh()
  return machine
}

const source = (machine: Machine) => machine.gic.source(0, SPI)
const told = (machine: Machine, vm = 0) =>
  stub(machine, vm)
    .fresh()
    .filter(([name]) => name === 'interrupt')

describe.each([3, 2] as const)('on GICv%i', (gic) => {
  test('its VM reaches its page where the board has it, as a device; the neighbour does not', () => {
    const machine = board(gic)
    const own = { pa: GPIO, block: 0x1000, readable: true, writable: true, executable: false, memory: 1 }
    expect(translate(machine, 0, GPIO)).toMatchObject(own)
    expect(translate(machine, 1, GPIO)).toBeUndefined()
    expect(translate(machine, 0, GPIO + 0x1000)).toBeUndefined()
    expect(machine.lines).toContain("bulkhead | VM 'alpha' has the board's gpio at 0x9030000")
  })

  test('its interrupt goes to its compartment and stays active, so that it comes once', () => {
    const machine = board(gic)
    source(machine).line = true
    machine.pump()
    expect(told(machine)).toEqual([['interrupt', 0, SPI]])
    expect(told(machine, 1)).toEqual([])
    expect(source(machine)).toMatchObject({ enabled: true, active: true })
  })

  test('its end can be left to the guest, and to no other VM', () => {
    const machine = board(gic)
    const lists = (cpu: number) => machine.gic.interfaces[cpu]!.lists
    const linked = BigInt(SPI) | PENDING | HARDWARE | (BigInt(SPI) << 32n)
    machine.current = 0
    stub(machine, 0).core.lrWrite!(0, linked)
    expect(lists(0)[0]).toBe(linked)
    machine.current = 1
    stub(machine, 1).core.lrWrite!(0, linked)
    expect(lists(1)[0]).toBe(0n)
    source(machine).active = true
    stub(machine, 1).core.deactivate!(SPI)
    expect(source(machine).active).toBe(true)
    machine.current = 0
    stub(machine, 0).core.deactivate!(SPI)
    expect(source(machine).active).toBe(false)
  })

  test('a crash leaves it neither active nor enabled; the next life begins with it', () => {
    const machine = board(gic, { limit: 1 })
    source(machine).line = true
    machine.pump()
    source(machine).line = false
    ask(machine, trap(TRAP_UNREACHABLE))
    expect(source(machine)).toMatchObject({ enabled: true, active: false, latched: false })
    expect(told(machine)).toEqual([])
    source(machine).line = true
    machine.pump()
    expect(told(machine)).toEqual([['interrupt', 0, SPI]])
    // The limit is reached, with the line high and the interrupt active.
    ask(machine, trap(TRAP_UNREACHABLE))
    expect(endings(machine).at(-1)).toMatch(/it stays off/)
    expect(source(machine)).toMatchObject({ enabled: false, active: false })
    machine.pump()
  })
})

test('a power-off silences a device whose line stays high', () => {
  const machine = board()
  source(machine).line = true
  machine.pump()
  ask(machine, stop(OFF))
  expect(source(machine)).toMatchObject({ enabled: false, active: false, line: true })
  machine.pump()
  expect(owner(machine, 1)).toBe(1)
})

test('of two VMs on one core, the one that has it is told when it has the core', () => {
  const half = [0, 5000, 10_000, 0]
  const machine = sharing({
    vms: { alpha: { servers: [half], board: [gpio] }, beta: { cores: [0], servers: [half] } },
  })
  until(machine, 1)
  source(machine).line = true
  machine.pump()
  expect([owner(machine), told(machine, 0), told(machine, 1)]).toEqual([1, [], []])
  until(machine, 0)
  expect(told(machine)).toEqual([['interrupt', 0, SPI]])
})

test('it ends the WFI of its VM', () => {
  const half = [0, 5000, 10_000, 0]
  const machine = sharing({
    vms: { alpha: { servers: [half], board: [gpio] }, beta: { cores: [0], servers: [half] } },
  })
  until(machine, 0)
  wait(machine)
  until(machine, 1)
  source(machine).line = true
  machine.pump()
  until(machine, 0)
  expect(told(machine)).toEqual([['interrupt', 0, SPI]])
})

test('another vCPU hears of it while the first is off', () => {
  const machine = board(3, { cores: [0, 2], vcpus: 2 })
  ask(machine, ({ core }) => void core.vcpuOn!(1, BigInt(GiB), 0n))
  machine.pump()
  ask(machine, ({ core }) => void core.vcpuOff!())
  expect([machine.vcpuOn(0), machine.vcpuOn(2)?.index]).toEqual([undefined, 1])
  source(machine).line = true
  machine.pump()
  expect(told(machine)).toEqual([['interrupt', 1, SPI]])
})

test.each([
  ['comes', (machine: Machine) => machine.pump()],
  ['is yet to come', () => {}],
])('a vCPU that goes before it hears of it leaves that to the one that %s', (_, between) => {
  const machine = board(3, { cores: [0, 2], vcpus: 2 })
  ask(machine, ({ core }) => void core.vcpuOn!(1, BigInt(GiB), 0n))
  machine.pump()
  ask(machine, ({ core }) => void core.vcpuOff!())
  source(machine).line = true
  // CPU 0 takes it and interrupts CPU 2, whose guest is quicker: it turns the other vCPU on and itself off.
  machine.interrupt(0)
  ask(machine, ({ core }) => void core.vcpuOn!(0, BigInt(GiB), 0n), 2)
  between(machine)
  if (machine.vcpuOn(2)) ask(machine, ({ core }) => void core.vcpuOff!(), 2)
  machine.pump()
  expect(told(machine)).toEqual([['interrupt', expect.any(Number), SPI]])
})

describe('refused at boot', () => {
  const remedy = '; change the config and build the bundle again'
  const device = (pages: [number, number][], interrupts: [number, number][] = []) => ({
    device: 'it',
    pages,
    interrupts,
  })
  const FORBIDDEN = 'a VM wants what no VM may have as a device'

  test.each<[string, ReturnType<typeof device>, string]>([
    ['RAM', device([[GiB + 512 * MiB, 0x1000]]), FORBIDDEN],
    ['the hypervisor itself', device([[GiB + 2 * MiB, 0x1000]]), FORBIDDEN],
    ['a range with RAM in it', device([[GiB - 0x1000, 0x2000]]), FORBIDDEN],
    ['all there is', device([[0, 2 ** 63]]), FORBIDDEN],
    ['a range that wraps around', device([[2 ** 63, 2 ** 63]]), FORBIDDEN],
    ["the console's UART", device([[0x0900_0000, 0x1000]]), FORBIDDEN],
    ['the distributor', device([[0x0800_f000, 0x1000]]), FORBIDDEN],
    ['a redistributor', device([[0x080a_0000, 0x1000]]), FORBIDDEN],
    ['half a page', device([[GPIO, 0x800]]), FORBIDDEN],
    ['no page', device([[GPIO, 0]]), FORBIDDEN],
    ['what lies beyond the address space', device([[2 ** 39, 0x1000]]), FORBIDDEN],
    ['a private interrupt', device([], [[27, 0]]), FORBIDDEN],
    ["the console's interrupt", device([], [[33, 0]]), FORBIDDEN],
    ['an interrupt that no vGIC has', device([], [[288, 0]]), FORBIDDEN],
    ['an interrupt that the board lacks', device([], [[160, 0]]), FORBIDDEN],
    ['no interrupt at all', device([], [[0xffff_ffff, 0]]), FORBIDDEN],
  ])('%s', (_, wish, line) => {
    expect(refusal({ initrd: bundle({ vms: { alpha: { board: [wish] } } }) })).toBe(line + remedy)
  })

  test.each<[string, ReturnType<typeof device>, string]>([
    ['a page', device([[GPIO, 0x1000]]), 'two VMs want one device'],
    ['an interrupt', device([[0x0905_0000, 0x1000]], [[SPI, 0]]), 'two VMs want one device'],
  ])('%s that another VM has', (_, wish, line) => {
    const vms = { alpha: { board: [gpio] }, beta: { cores: [1], board: [wish] } }
    expect(refusal({ initrd: bundle({ vms }) })).toBe(line + remedy)
  })
})

test('a device that masters the bus is told as such', () => {
  const machine = board(3, { board: [{ ...gpio, device: 'net', dma: true }] })
  const line = "VM 'alpha' has the board's net at 0x9030000, trusted with all memory (DMA)"
  expect(machine.lines).toContain(`bulkhead | ${line}`)
})

describe('RAM at its own address', () => {
  const there = { ram: GiB + 768 * MiB, memory: 4 * MiB, identity: true }

  test('is there, whatever VMs before it take', () => {
    const vms = { alpha: { memory: 512 * MiB }, beta: { cores: [1], ...there } }
    const machine = new Machine({ initrd: bundle({ vms }) })
    machine.boot()
    expect(translate(machine, 1, there.ram)).toMatchObject({ pa: there.ram, writable: true, executable: true })
    expect(translate(machine, 1, there.ram + 4 * MiB)).toBeUndefined()
    const alpha = translate(machine, 0, GiB)!.pa
    expect(alpha + 512 * MiB <= there.ram || alpha >= there.ram + 4 * MiB).toBe(true)
  })

  const remedy = '; give that VM less, or the board more'
  const taken = 'RAM that a VM must have is not free'
  const wrong = "a VM's memory is wrong; change the config and build the bundle again"
  test.each<[string, FakeVm, string]>([
    ['the hypervisor', { ...there, ram: GiB + 2 * MiB }, taken + remedy],
    ['the bundle', { ...there, ram: GiB + 160 * MiB }, taken + remedy],
    ['beyond the board', { ...there, ram: 2 * GiB - 2 * MiB }, taken + remedy],
    ['no RAM at all', { ...there, ram: 0x2000_0000 }, taken + remedy],
    ['no bytes', { ...there, memory: 0 }, taken + remedy],
    ['half a page', { ...there, ram: there.ram + 512 }, taken + remedy],
    ['all there is', { ...there, memory: 2 ** 63 }, taken + remedy],
  ])('is not %s', (_, vm, line) => {
    expect(refusal({ initrd: bundle({ vms: { alpha: vm } }) })).toBe(line)
  })

  test('is not where a machine has its devices', () => {
    const ram = [
      { start: 0, size: GiB },
      { start: GiB, size: GiB },
    ]
    const vm = { ...there, ram: 0x0900_0000 }
    expect(refusal({ ram, initrd: bundle({ vms: { alpha: vm } }) })).toBe(wrong)
  })

  test("is nobody else's", () => {
    const vms = { alpha: there, beta: { ...there, cores: [1] } }
    expect(refusal({ initrd: bundle({ vms }) })).toBe(taken + remedy)
  })
})
