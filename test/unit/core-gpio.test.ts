/** Lines of the board's GPIO: each is one VM's, whatever the block's registers hold together, and tells its VM alone. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GPIO_KIND_BCM, GPIO_KIND_PL061 } from '../../src/abi/gpio.ts'
import { ask, NEVER, ON_CRASH, RESET, stop, stub } from '../fake/asking.ts'
import { bundle, type FakeVm } from '../fake/bundle.ts'
import { StubVmm } from '../fake/compartment.ts'
import { FakeBcm, FakePl061, type GpioBlock } from '../fake/gpio-block.ts'
import { Machine } from '../fake/machine.ts'
import { refusal } from '../fake/refused.ts'

const [OUT, IN] = [1, 2]
const [RISING, FALLING, BOTH, HIGH, LOW] = [1, 2, 3, 4, 8]
const GPIO = 41

const BLOCKS = [
  ['PL061', GPIO_KIND_PL061, () => new FakePl061()],
  ['BCM', GPIO_KIND_BCM, () => new FakeBcm()],
] as const
const [ALPHA, BETA] = [
  [3, 0, 7],
  [1, 2],
]

const lines = (pins: number[]) => ({ device: 'gpio', lines: pins })

function initrdOf(block: GpioBlock, kind: number, vms: Record<string, FakeVm>) {
  return bundle({ vms, bend: (tree) => Object.assign(tree.bulkhead, { gpio: [kind, 0, block.pa, block.intid] }) })
}

function board(kind: number, block: GpioBlock) {
  const vms = {
    alpha: { board: [lines(ALPHA!)], restart: ON_CRASH },
    beta: { cores: [1], board: [lines(BETA!)], restart: NEVER },
  }
  const initrd = initrdOf(block, kind, vms)
  const machine = new Machine({ gic: 2, vmm: (machine) => new StubVmm(machine), initrd })
  machine.devices.gpio = block
  machine.boot()
  for (const vmm of machine.joint.vmms) (vmm as StubVmm).fresh()
  const as = (vm: number) => {
    machine.current = vm
    return machine.core as unknown as Record<string, (...values: number[]) => number>
  }
  const told = (vm: number) =>
    stub(machine, vm)
      .fresh()
      .filter(([name]) => name === 'frames').length
  return { machine, as, told }
}

describe.each(BLOCKS)('%s', (_, kind, make) => {
  test('lines are counted by VM, and said at boot', () => {
    const { machine, as } = board(kind, make())
    expect([as(0).gpioCount!(), as(1).gpioCount!()]).toEqual([3, 2])
    expect(machine.lines).toContain("bulkhead | VM 'alpha' has the board's gpio lines 3 0 7")
  })

  test('an output drives its pin and no other; a value set before counts', () => {
    const block = make()
    const { as } = board(kind, block)
    as(0).gpioSet!(1, 1)
    as(0).gpioDirect!(1, OUT)
    expect([block.isOutput(0), block.level(0), as(0).gpioValue!(1)]).toEqual([true, 1, 1])
    for (let pin = 1; pin < 8; pin++) expect([block.isOutput(pin), block.level(pin)]).toEqual([false, 0])
    as(0).gpioSet!(1, 0)
    expect(block.level(0)).toBe(0)
    as(0).gpioDirect!(1, IN)
    expect([block.isOutput(0), as(0).gpioDirection!(1)]).toEqual([false, IN])
  })

  test('a line that a VM has not does nothing', () => {
    const block = make()
    const { as } = board(kind, block)
    for (const line of [2, 3, 31, 32, 0xffff_ffff]) {
      as(1).gpioDirect!(line, OUT)
      as(1).gpioSet!(line, 1)
      as(1).gpioSense!(line, BOTH)
      as(1).gpioArm!(line)
      expect([as(1).gpioValue!(line), as(1).gpioDirection!(line)]).toEqual([0, 0])
    }
    for (let pin = 0; pin < 8; pin++) expect([block.isOutput(pin), block.level(pin)]).toEqual([false, 0])
  })

  test.each([
    ['rising', RISING, 0, 1],
    ['falling', FALLING, 1, 0],
    ['either edge', BOTH, 1, 0],
    ['high', HIGH, 0, 1],
    ['low', LOW, 1, 0],
  ])('an input that senses %s tells its VM, once, until it is armed again', (_, type, rest, active) => {
    const block = make()
    const { machine, as, told } = board(kind, block)
    block.drive(ALPHA![0]!, rest)
    as(0).gpioSense!(0, type)
    as(0).gpioArm!(0)
    machine.pump()
    expect(told(0)).toBe(0)
    block.drive(ALPHA![0]!, active)
    machine.pump()
    expect([told(0), told(1), as(1).gpioTake!(), as(0).gpioTake!(), as(0).gpioTake!()]).toEqual([1, 0, 0, 1, 0])
    for (let i = 0; i < 50; i++) {
      block.drive(ALPHA![0]!, rest)
      machine.pump()
      block.drive(ALPHA![0]!, active)
      machine.pump()
    }
    expect(told(0)).toBe(0)
    as(0).gpioArm!(0)
    machine.pump()
    block.drive(ALPHA![0]!, rest)
    block.drive(ALPHA![0]!, active)
    machine.pump()
    expect([told(0), as(0).gpioTake!()]).toEqual([1, 1])
  })

  test('a level that stays does not come again by itself', () => {
    const block = make()
    const { machine, as, told } = board(kind, block)
    as(1).gpioSense!(1, LOW)
    as(1).gpioArm!(1)
    machine.pump()
    expect([told(1), as(1).gpioTake!()]).toEqual([1, 2])
    as(1).gpioArm!(1)
    machine.pump()
    expect([told(1), as(1).gpioTake!()]).toEqual([1, 2])
  })

  test('a life that ends leaves inputs that interrupt nobody; the neighbour keeps its lines', () => {
    const block = make()
    const { machine, as, told } = board(kind, block)
    as(0).gpioSet!(0, 1)
    as(0).gpioDirect!(0, OUT)
    as(0).gpioSense!(2, HIGH)
    as(0).gpioArm!(2)
    as(1).gpioSet!(0, 1)
    as(1).gpioDirect!(0, OUT)
    machine.current = 0
    ask(machine, stop(RESET))
    expect([block.isOutput(ALPHA![0]!), block.isOutput(BETA![0]!), block.level(BETA![0]!)]).toEqual([false, true, 1])
    stub(machine, 0).fresh()
    block.drive(ALPHA![2]!, 1)
    machine.pump()
    expect([told(0), as(0).gpioTake!()]).toEqual([0, 0])
  })
})

describe('boot refuses', () => {
  const block = new FakePl061()
  const page = { device: 'gpio', pages: [[block.pa, 0x1000]] as [number, number][] }
  test.each<[string, number, Record<string, FakeVm>, RegExp]>([
    [
      'a line of two VMs',
      2,
      { a: { board: [lines([1])] }, b: { cores: [1], board: [lines([2, 1])] } },
      /two VMs want one device/,
    ],
    ['a line twice', 2, { a: { board: [lines([1, 1])] } }, /two VMs want one device/],
    ['a pin that the block has not', 2, { a: { board: [lines([8])] } }, /no VM may have as a device/],
    ['a block that nobody drives', 9, { a: { board: [lines([1])] } }, /no VM may have as a device/],
    [
      'lines of a block that a VM has',
      2,
      { a: { board: [page] }, b: { cores: [1], board: [lines([1])] } },
      /no VM may have/,
    ],
    [
      'a block whose lines a VM has',
      2,
      { a: { board: [lines([1])] }, b: { cores: [1], board: [page] } },
      /no VM may have/,
    ],
    [
      'its interrupt',
      2,
      { a: { board: [lines([1])] }, b: { cores: [1], board: [{ device: 'x', interrupts: [[39, 0]] }] } },
      /no VM may have/,
    ],
  ])('%s', (_, kind, vms, reason) => {
    const machine = new Machine({ initrd: initrdOf(block, kind, vms) })
    machine.devices.gpio = block
    machine.boot()
    expect(machine.lines.at(-1)).toMatch(reason)
  })

  test('a GPIO device without the extension', () => {
    expect(refusal({ initrd: bundle({ vms: { alpha: { virtio: [GPIO] } } }) })).toMatch(
      /lacks an extension that its VMs need/,
    )
  })
})

/** Whatever two VMs do to their lines, each finds what it alone did, and hears of its own events. */
test.each(BLOCKS)('%s: two VMs in any order', (_, kind, make) => {
  const line = fc.nat(3)
  const step = fc.oneof(
    fc.record({ what: fc.constant('set' as const), vm: fc.nat(1), line, value: fc.nat(1) }),
    fc.record({ what: fc.constant('direct' as const), vm: fc.nat(1), line, value: fc.constantFrom(0, OUT, IN) }),
    fc.record({ what: fc.constant('sense' as const), vm: fc.nat(1), line, value: fc.constantFrom(0, 1, 2, 3, 4, 8) }),
    fc.record({ what: fc.constant('arm' as const), vm: fc.nat(1), line, value: fc.constant(0) }),
    fc.record({ what: fc.constant('drive' as const), vm: fc.constant(0), line: fc.nat(7), value: fc.nat(1) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const block = make()
      const { machine, as } = board(kind, block)
      const pins = [ALPHA!, BETA!]
      const model = Array.from({ length: 8 }, () => ({ isOutput: false, value: 0, type: 0 }))
      const senses = [0, 0]
      for (const { what, vm, line, value } of steps) {
        if (what === 'drive') block.drive(line, value)
        else {
          const call = { set: 'gpioSet', direct: 'gpioDirect', sense: 'gpioSense', arm: 'gpioArm' }[what]
          as(vm)[call]!(line, value)
          const pin = pins[vm]![line]
          if (pin !== undefined) {
            if (what === 'set') model[pin]!.value = value
            if (what === 'direct') model[pin]!.isOutput = value === OUT
            if (what === 'sense') model[pin]!.type = value
            if (what === 'sense' && value) senses[vm]! |= 1 << line
          }
        }
        machine.pump()
        for (const [pin, { isOutput, value }] of model.entries()) {
          expect(block.isOutput(pin)).toBe(isOutput)
          if (isOutput) expect(block.level(pin)).toBe(value)
        }
      }
      for (const vm of [0, 1]) expect(as(vm).gpioTake!() & ~senses[vm]!).toBe(0)
    }),
    { numRuns: 60 },
  )
})
