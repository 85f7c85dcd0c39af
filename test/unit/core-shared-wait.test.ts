/** WFI on a shared core: when it gives the core away, and what brings it back. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { ask, ON_CRASH, stub } from '../fake/asking.ts'
import { RAM } from '../fake/bundle.ts'
import { trap } from '../fake/compartment.ts'
import {
  FIFTH,
  MICROSECOND,
  MILLISECOND,
  neighbours,
  owner,
  SLACK,
  setTimer,
  sharing,
  until,
  wait,
} from '../fake/shared.ts'
import { started } from '../fake/started.ts'
import { HVC } from '../fake/syndrome.ts'

const SPINS = [0, 2000, 10_000, 1]
const URGENT = [1, 2000, 10_000, 0]
const PENDING = 1n << 62n
const ENTRY = BigInt(RAM) + 0x4000n

/** alpha waits on CPU 0 beside a beta that spins there. */
function waiting(gic: 2 | 3 = 3) {
  const machine = neighbours(URGENT, SPINS, { gic })
  until(machine, 0)
  wait(machine)
  expect(owner(machine)).toBe(1)
  for (const vm of [0, 1]) stub(machine, vm).fresh()
  return machine
}

/** alpha's second vCPU is on the other CPU of its own; both run, and beta beside the first. */
function twoCores(gic: 2 | 3 = 3) {
  const machine = sharing({
    gic,
    vms: { alpha: { cores: [0, 1], servers: [URGENT, URGENT] }, beta: { cores: [0], servers: [SPINS] } },
  })
  until(machine, 0)
  ask(machine, ({ core }) => void core.vcpuOn!(1, ENTRY, 0n))
  machine.pump()
  until(machine, 0)
  wait(machine)
  expect([owner(machine), owner(machine, 1)]).toEqual([1, 0])
  stub(machine, 0).fresh()
  return machine
}

describe.each([3, 2] as const)('a guest that waits on GICv%i is woken', (gic) => {
  test('by a kick from another CPU', () => {
    const machine = twoCores(gic)
    ask(machine, ({ core }) => void core.kick!(1), 1)
    machine.pump()
    expect([machine.vcpuOn(0)!.vm, machine.vcpuOn(0)!.index]).toEqual([0, 0])
    expect(stub(machine, 0).fresh()).toEqual([['deliver', 0]])
  })

  test('by a kick from the same CPU', () => {
    const machine = sharing({ gic, vms: { alpha: { cores: [0, 0], servers: [URGENT, [2, 2000, 10_000, 0]] } } })
    ask(machine, ({ core }) => void core.vcpuOn!(1, ENTRY, 0n))
    expect(machine.vcpuOn(0)!.index).toBe(1)
    wait(machine)
    expect(machine.vcpuOn(0)!.index).toBe(0)
    stub(machine, 0).fresh()
    ask(machine, ({ core }) => void core.kick!(2))
    expect(machine.vcpuOn(0)!.index).toBe(1)
    expect(stub(machine, 0).fresh()).toEqual([['deliver', 1]])
  })

  test('by what is typed for it', () => {
    const machine = waiting(gic)
    machine.uart.arrive([...Buffer.from('\x1d1a')])
    machine.pump()
    expect(owner(machine)).toBe(0)
    expect(stub(machine, 0).fresh()).toContainEqual(['consoleInput', 0, 0x61])
  })

  test('by room in its console, when a line that was held back goes out', () => {
    const machine = neighbours(SPINS, SPINS, { gic, cpus: 1 })
    until(machine, 0)
    ask(machine, ({ core }) => void core.consolePut!(0x61))
    until(machine, 1)
    ask(machine, ({ core }) => {
      while (core.consolePut!(0x62)) {}
    })
    while (owner(machine) !== undefined) wait(machine)
    stub(machine, 1).fresh()
    machine.elapse(1000n * MILLISECOND)
    expect(stub(machine, 1).fresh()).toContainEqual(['consoleRoom', 0])
  })

  test('by its timer at the very moment, whoever has the core', () => {
    const machine = neighbours(URGENT, SPINS, { gic })
    until(machine, 0)
    setTimer(machine, MILLISECOND)
    const due = machine.now + MILLISECOND
    wait(machine)
    machine.elapse(due - machine.now)
    expect([owner(machine), machine.now - due < SLACK]).toEqual([0, true])
    expect(stub(machine, 0).fresh()).toContainEqual(['interrupt', 0, 27])
  })
})

test('a timer that fires between the scheduler’s own is taken where the core idles', () => {
  const machine = neighbours(URGENT, FIFTH)
  for (const vm of [1, 0]) {
    until(machine, vm)
    if (vm) wait(machine)
  }
  wait(machine)
  expect(owner(machine)).toBeUndefined()
  stub(machine, 0).fresh()
  // Not by WFI's own deadline: the line comes from outside, as a masked one that software unmasks late would.
  machine.gic.source(0, 30).line = true
  machine.pump()
  expect(owner(machine)).toBe(0)
  expect(stub(machine, 0).fresh()).toContainEqual(['interrupt', 0, 30])
})

describe('WFI goes on at once', () => {
  const stays = (prepare: (machine: ReturnType<typeof waiting>) => void) => {
    const machine = neighbours(URGENT, SPINS)
    until(machine, 0)
    prepare(machine)
    const pc = machine.vcpuOn(0)!.elr
    expect(wait(machine)!.vm).toBe(0)
    expect(machine.vcpuOn(0)!.elr).toBe(pc + 4n)
  }

  test('with an interrupt in a list register', () => {
    stays((machine) => stub(machine, 0).core.lrWrite!(2, PENDING | 40n))
  })

  test('with a timer that has fired', () => {
    stays((machine) => setTimer(machine, 0n))
  })

  test('with news that its compartment has not heard yet', () => {
    const machine = twoCores()
    until(machine, 1)
    ask(machine, ({ core }) => void core.kick!(1), 1)
    machine.interrupt(0)
    expect(owner(machine)).toBe(0)
    ask(machine, ({ core }) => void core.kick!(1), 1)
    // The other CPU's SGI has not arrived.
    expect(wait(machine)!.vm).toBe(0)
    stub(machine, 0).fresh()
    machine.pump()
    expect(stub(machine, 0).fresh()).toEqual([['deliver', 0]])
  })
})

describe('WFI gives the core away', () => {
  test.each([
    ['a timer that is masked', 3n, 0n],
    ['a timer that is off', 0n, 0n],
    ['a timer at the end of time', 1n, (1n << 64n) - 1n],
    ['a timer whose count passes the end of the physical one', 1n, (1n << 64n) - 2000n],
  ])('with %s', (_, control, at) => {
    const machine = neighbours(URGENT, SPINS)
    until(machine, 0)
    machine.cpus[0]!.registers.set('cntv_cval_el0', at)
    machine.cpus[0]!.registers.set('cntv_ctl_el0', control)
    expect(wait(machine)!.vm).toBe(1)
    machine.elapse(50n * MILLISECOND)
    expect(owner(machine)).toBe(1)
  })

  test('with an active interrupt in a list register', () => {
    const machine = neighbours(URGENT, SPINS)
    until(machine, 0)
    stub(machine, 0).core.lrWrite!(2, (1n << 63n) | 40n)
    expect(wait(machine)!.vm).toBe(1)
  })
})

describe('PSCI’s suspend', () => {
  const suspend = (machine: ReturnType<typeof waiting>, powerDown: number) =>
    ask(machine, ({ core }) => void core.vcpuSuspend!(ENTRY, 0x77n, powerDown))

  test.each([0, 1])('gives a shared core away, power-down %i', (powerDown) => {
    const machine = neighbours(URGENT, SPINS)
    until(machine, 0)
    const pc = machine.vcpuOn(0)!.elr
    setTimer(machine, MILLISECOND)
    expect(suspend(machine, powerDown)!.vm).toBe(1)
    machine.elapse(2n * MILLISECOND)
    const vcpu = machine.vcpuOn(0)!
    expect([vcpu.vm, vcpu.elr, vcpu.x(0)]).toEqual(powerDown ? [0, ENTRY, 0x77n] : [0, pc, 0n])
  })

  test('on a core of its own does not sleep over news of its own making', () => {
    const { machine, vmm } = started()
    vmm.hypercall = () => {
      vmm.core.kick!(1)
      vmm.core.vcpuSuspend!(ENTRY, 0n, 0)
      return 0n
    }
    expect(machine.sync(0, { esr: HVC })).toBeDefined()
    expect(vmm.fresh()).toEqual([['deliver', 0]])
  })

  test('that a compartment asks for and fails then does not keep its VM from starting again', () => {
    const { machine, vmm } = started({ vms: { alpha: { restart: ON_CRASH } } })
    vmm.hypercall = () => {
      vmm.core.vcpuSuspend!(ENTRY, 0n, 0)
      return trap(TRAP_UNREACHABLE)()
    }
    expect(machine.sync(0, { esr: HVC })?.elr).toBe(BigInt(RAM))
  })
})

test('a compartment that asks for itself is heard, once an exit', () => {
  const machine = neighbours(URGENT, SPINS)
  until(machine, 0)
  const vmm = stub(machine, 0)
  let asks = 3
  const told: number[] = []
  vmm.deliver = (vcpu) => {
    told.push(vcpu)
    if (asks-- > 0) vmm.core.kick!(1 << vcpu)
  }
  ask(machine, ({ core }) => void core.kick!(1))
  for (let i = 0; i < 5; i++) {
    machine.elapse(10n * MICROSECOND)
    ask(machine, () => undefined)
  }
  expect(told).toEqual([0, 0, 0, 0])
})
