/** A system with an older one to fall back to: whatever ends it before it has proved itself leads there (doc/why/two-slots.md). */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { ALWAYS, ask, NEVER, ON_CRASH, stub } from '../fake/asking.ts'
import { type BundleOptions, bundle, type FakeVm } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { Machine } from '../fake/machine.ts'
import { RASPBERRY } from '../fake/raspberry.ts'
import type { Node } from '../fake/tree.ts'

const SECOND = 62_500_000n
/** RSTS: bit i of the partition's number in bit 2 i; what lies between is not ours. */
const PARTITION_2 = 0x04
const PARTITION_3 = 0x05
const RSTS_PARTITION = 0x555
const USUAL = 0

const TRIAL: BundleOptions['confirm'] = [10_000, 60_000]
const ON_TRIAL =
  'bulkhead | this system is on trial until its critical VMs have run for 10000 ms; until then a reset leads to partition 2'
const PROVED = 'bulkhead | this system has proved itself'
const AGAIN = 'bulkhead | the board starts again from partition 2'

interface Wish {
  alpha?: FakeVm
  confirm?: BundleOptions['confirm']
  bootargs?: string
  initrd?: Buffer
}

function board({ alpha = {}, confirm, bootargs = 'bulkhead.fallback=2', initrd }: Wish): Machine {
  const vms = { alpha, beta: { cores: [1], restart: ALWAYS } }
  const machine = new Machine({
    ...RASPBERRY,
    bend: (tree) => {
      RASPBERRY.bend(tree)
      ;(tree.chosen as Node).bootargs = bootargs
    },
    vmm: (machine) => new StubVmm(machine),
    initrd: initrd ?? bundle({ vms, ...(confirm && { confirm }) }),
  })
  machine.devices.power.set(RSTS, 0x1000)
  machine.boot()
  return machine
}

const RSTC = 0x1c
const RSTS = 0x20
const leadsTo = ({ devices }: Machine) => devices.power.get(RSTS)! & RSTS_PARTITION
const isArmed = ({ devices }: Machine) => (devices.power.get(RSTC)! & 0x30) === 0x20

describe('a boot that is refused', () => {
  const damaged = bundle({ vms: { alpha: {} }, bend: (tree) => Object.assign(tree.bulkhead, { abi: [9] }) })

  test('goes on from the older partition at once', () => {
    const machine = board({ initrd: damaged })
    expect(machine.lines.at(-2)).toMatch(/^bulkhead \| stop: the bundle was made for another version/)
    expect(machine.lines.at(-1)).toBe(AGAIN)
    expect([machine.isReset, leadsTo(machine)]).toEqual([true, PARTITION_2])
  })

  test.each([
    ['quiet bulkhead.fallback=3', PARTITION_3],
    ['bulkhead.fallback=3 quiet', PARTITION_3],
    ['bulkhead.fallback=7', 0x15],
  ])('%s', (bootargs, partition) => {
    const machine = board({ initrd: damaged, bootargs })
    expect([machine.isReset, leadsTo(machine)]).toEqual([true, partition])
  })

  test.each([
    '',
    'quiet',
    'bulkhead.fallback=',
    'bulkhead.fallback=0',
    'bulkhead.fallback=12',
    'xbulkhead.fallback=2',
    'bulkhead.fallback=x',
  ])("stands still where the command line names no partition: '%s'", (bootargs) => {
    const machine = board({ initrd: damaged, bootargs })
    expect([machine.isReset, machine.devices.meals]).toEqual([false, 0])
  })
})

test('a boot that hangs finds the watchdog armed for the older partition', () => {
  const machine = board({ alpha: { critical: true }, confirm: TRIAL })
  expect([isArmed(machine), leadsTo(machine)]).toEqual([true, PARTITION_2])
})

test('the rest of RSTS stays as it is', () => {
  const machine = board({ alpha: { critical: true }, confirm: TRIAL })
  expect(machine.devices.power.get(RSTS)).toBe(0x1000 | PARTITION_2)
})

test('a system that asks for no trial has proved itself by having booted', () => {
  const machine = board({})
  expect([isArmed(machine), leadsTo(machine)]).toEqual([false, USUAL])
  const critical = board({ alpha: { critical: true } })
  expect([isArmed(critical), leadsTo(critical)]).toEqual([true, USUAL])
})

test('without an older system there is no trial', () => {
  const machine = board({ alpha: { critical: true }, confirm: TRIAL, bootargs: '' })
  expect([machine.lines.includes(ON_TRIAL), leadsTo(machine)]).toEqual([false, USUAL])
})

describe('a system on trial', () => {
  test('has proved itself once its critical VMs have run for as long as it asks', () => {
    const machine = board({ alpha: { critical: true }, confirm: TRIAL })
    expect(machine.lines).toContain(ON_TRIAL)
    machine.elapse(9n * SECOND)
    expect([machine.lines.includes(PROVED), leadsTo(machine)]).toEqual([false, PARTITION_2])
    machine.elapse(5n * SECOND)
    expect([machine.lines.includes(PROVED), leadsTo(machine)]).toEqual([true, USUAL])
    machine.elapse(100n * SECOND)
    expect([machine.isReset, isArmed(machine)]).toEqual([false, true])
  })

  test('is over for good when a critical VM has ended for good', () => {
    const machine = board({ alpha: { critical: true, restart: NEVER }, confirm: TRIAL })
    ask(machine, trap(TRAP_UNREACHABLE))
    expect(machine.lines.slice(-2)).toEqual(["bulkhead | VM 'alpha' is critical: the board resets", AGAIN])
    expect([machine.isReset, leadsTo(machine)]).toEqual([true, PARTITION_2])
  })

  test('has failed when a critical VM never runs for long enough', () => {
    const machine = board({ alpha: { critical: true, restart: ON_CRASH, limit: 0 }, confirm: TRIAL })
    for (let i = 0; i < 9 && !machine.isReset; i++) {
      ask(machine, trap(TRAP_UNREACHABLE))
      machine.elapse(7n * SECOND)
    }
    expect(machine.lines).not.toContain(PROVED)
    expect(machine.lines.at(-1)).toBe(
      'bulkhead | the critical VMs do not keep running; the board starts again from partition 2',
    )
    expect([machine.isReset, leadsTo(machine)]).toEqual([true, PARTITION_2])
  })

  test('does not wait for VMs that are not critical', () => {
    const machine = board({ alpha: { critical: true }, confirm: TRIAL })
    ask(machine, (vmm) => vmm.core.vmStop!(0), 1)
    machine.elapse(14n * SECOND)
    expect(machine.lines).toContain(PROVED)
  })

  test('a crash after it does not lead back', () => {
    const machine = board({ alpha: { critical: true, restart: NEVER }, confirm: TRIAL })
    machine.elapse(14n * SECOND)
    expect(stub(machine, 0)).toBeDefined()
    ask(machine, trap(TRAP_UNREACHABLE))
    expect([machine.isReset, leadsTo(machine)]).toEqual([true, USUAL])
    expect(machine.lines).not.toContain(AGAIN)
  })
})
