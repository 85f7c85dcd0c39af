/** Memory that VMs share, as core gives it: who may write what, who hears which doorbell, what a VM's end leaves. */
import { beforeEach, describe, expect, test } from 'vitest'
import { ask, ON_CRASH, RESET, stop, stub } from '../fake/asking.ts'
import { type BundleOptions, bundle } from '../fake/bundle.ts'
import { Machine } from '../fake/machine.ts'
import { translate } from '../fake/stage2-walk.ts'
import { started } from '../fake/started.ts'

const BASE = 0x1000_0000
const PAGE = 0x1000
const [A, B, C] = [0, 1, 2]
const ID = 0x00
const PEERS = 0x04
const STATE = 0x10
const NORMAL_NONCACHEABLE = 5

let machine: Machine

function make(shared: BundleOptions['shared']): void {
  const vms = Object.fromEntries([A, B, C].map((i) => [`vm${i}`, { cores: [i], restart: ON_CRASH }]))
  machine = started({ vms, shared }).machine
}

/** VM C does not share it; B has ID 0, A ID 1. */
beforeEach(() => make([{ peers: [B, A], writable: 2 * PAGE, output: PAGE }]))

function as<T>(vm: number, act: () => T): T {
  const { current } = machine
  machine.current = vm
  try {
    return act()
  } finally {
    machine.current = current
  }
}

const figure = (vm: number, which: number, index = 0) => as(vm, () => machine.core.sharedFigure!(index, which))
const setState = (vm: number, state: number) => as(vm, () => void machine.core.sharedSetState!(0, state))
const ring = (vm: number, target: number) => as(vm, () => void machine.core.sharedRing!(0, target))
const isRung = (vm: number) => as(vm, () => machine.core.sharedRung!(0)) === 1
const take = (vm: number) => as(vm, () => void machine.core.sharedTake!(0))
const table = () => {
  const { pa } = translate(machine, A, BASE)!
  return [0, 4].map((at) => machine.physical.read(pa + at, 4).readUInt32LE())
}

function told(vm: number): number {
  machine.pump()
  return stub(machine, vm)
    .fresh()
    .filter(([name]) => name === 'frames').length
}

describe('its sections', () => {
  const writable = (vm: number) =>
    [0, 1, 2, 3, 4].map((page) => {
      const found = translate(machine, vm, BASE + page * PAGE)!
      expect([found.readable, found.executable, found.memory]).toEqual([true, false, NORMAL_NONCACHEABLE])
      return found.writable
    })

  test('states are nobody’s to write, the next all’s, then one’s each', () => {
    expect(writable(B)).toEqual([false, true, true, true, false])
    expect(writable(A)).toEqual([false, true, true, false, true])
    expect(translate(machine, A, BASE + 5 * PAGE)).toBeUndefined()
    expect(translate(machine, C, BASE)).toBeUndefined()
  })

  test('are the same memory for both, zeroed and clean', () => {
    for (let page = 0; page < 5; page++) {
      const { pa } = translate(machine, A, BASE + page * PAGE)!
      expect(translate(machine, B, BASE + page * PAGE)!.pa).toBe(pa)
      expect(machine.physical.read(pa, PAGE).every((byte) => byte === 0)).toBe(true)
    }
  })
})

describe('states and doorbells', () => {
  test('registers say who one is, and of how many', () => {
    expect([figure(A, ID), figure(B, ID), figure(A, PEERS)]).toEqual([1, 0, 2])
    expect([figure(A, ID, 1), figure(C, PEERS), figure(A, 0x7c)]).toEqual([0, 0, 0])
  })

  test('a state stands in the table, and rings the others if it is new', () => {
    told(B)
    setState(A, 5)
    expect([table(), figure(A, STATE)]).toEqual([[0, 5], 5])
    expect([told(B), isRung(B), isRung(A)]).toEqual([1, true, false])
    take(B)
    setState(A, 5)
    expect([told(B), isRung(B)]).toEqual([0, false])
  })

  test('a doorbell that was not looked at is not told again, however often it is rung', () => {
    told(B)
    for (let i = 0; i < 1000; i++) ring(A, 0)
    expect([told(B), isRung(B)]).toEqual([1, true])
    take(B)
    ring(A, 0)
    expect([told(B), isRung(B)]).toEqual([1, true])
  })

  test('of nobody, or of who does not share it, ring nothing', () => {
    for (const vm of [A, B, C]) told(vm)
    for (const target of [2, 16, 31, 0xffff]) ring(A, target)
    ring(C, 0)
    expect([A, B, C].map(told)).toEqual([0, 0, 0])
  })

  test('one’s own rings, too', () => {
    ring(A, 1)
    expect([isRung(A), isRung(B)]).toEqual([true, false])
  })
})

describe('the end of a VM', () => {
  test('sets its state to 0 and tells the others; what it wrote stays', () => {
    setState(A, 5)
    take(B)
    const { pa } = translate(machine, A, BASE + 4 * PAGE)!
    machine.physical.write(pa, Buffer.from('left behind'))
    told(B)
    ask(machine, stop(RESET), A)
    expect([table(), told(B), isRung(B)]).toEqual([[0, 0], 1, true])
    expect(machine.physical.read(pa, 11).toString()).toBe('left behind')
  })

  test('forgets doorbells that it did not hear', () => {
    ring(B, 1)
    ask(machine, stop(RESET), A)
    expect(isRung(A)).toBe(false)
  })
})

describe('a bundle whose memory is wrong is refused', () => {
  const vms = { vm0: {}, vm1: { cores: [1] } }
  test.each<[string, NonNullable<BundleOptions['shared']>[number]]>([
    ['one VM alone', { peers: [0], output: PAGE }],
    ['a VM twice', { peers: [0, 0], output: PAGE }],
    ['a VM that is not there', { peers: [0, 2], output: PAGE }],
    ['half a page', { peers: [0, 1], output: 0x800 }],
    ['an odd address', { peers: [0, 1], output: PAGE, address: BASE + 4 }],
    ['more than there is', { peers: [0, 1], writable: 0x7000_0000 }],
    ['where RAM is', { peers: [0, 1], output: PAGE, address: 0x4000_0000 }],
  ])('%s', (_, memory) => {
    const refused = new Machine({ initrd: bundle({ vms, shared: [memory] }) })
    expect(refused.boot()).toBeUndefined()
    expect(refused.lines.some((line) => /stop: .*shared? .*; change the config/.test(line))).toBe(true)
  })
})
