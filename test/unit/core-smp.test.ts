/** CPUs beside the first, and VMs with several vCPUs: turned on, kicked, turned off, ended together. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import {
  ALWAYS,
  ask,
  CRASHED,
  endings,
  NEVER,
  OFF,
  ON_CRASH,
  RUNNING,
  STOPPED,
  state,
  stop,
  stub,
} from '../fake/asking.ts'
import { bundle, RAM } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { GICR } from '../fake/gicv3.ts'
import { Machine, type MachineOptions } from '../fake/machine.ts'
import { started } from '../fake/started.ts'
import { dataAbort, faultAt } from '../fake/syndrome.ts'

const ENTRY = BigInt(RAM) + 0x4000n

/** alpha with vCPUs on CPUs 0 and 2, beta on CPU 1. */
function smp(gic: 2 | 3 = 3, restart = NEVER) {
  return started({ gic, vms: { alpha: { cores: [0, 2], restart }, beta: { cores: [1] } } })
}
const turnOn = (machine: Machine, vcpu = 1, context = 7n, cpu = 0) => {
  ask(machine, ({ core }) => void core.vcpuOn!(vcpu, ENTRY, context), cpu)
  machine.pump()
}

describe.each([3, 2] as const)('a VM of two vCPUs on GICv%i', (gic) => {
  test('starts with one; the other enters where and with what it was told', () => {
    const { machine, vmm } = smp(gic)
    expect(machine.vcpuOn(2)).toBeUndefined()
    turnOn(machine)
    const second = machine.vcpuOn(2)!
    expect([second.vm, second.index, second.elr, second.x(0), second.spsr]).toEqual([0, 1, ENTRY, 7n, 0x3c5n])
    const { registers } = machine.cpus[2]!
    expect(registers.get('vmpidr_el2')).toBe(0x8000_0001n)
    for (const name of ['vttbr_el2', 'cntvoff_el2'])
      expect(registers.get(name)).toBe(machine.cpus[0]!.registers.get(name))
    expect(vmm.fresh()).toEqual([['deliver', 1]])
  })

  test('a kick has the vCPU deliver on its own CPU', () => {
    const { machine, vmm } = smp(gic)
    turnOn(machine)
    vmm.fresh()
    ask(machine, ({ core }) => void core.kick!(2))
    machine.pump()
    ask(machine, ({ core }) => void core.kick!(1), 2)
    machine.pump()
    expect(vmm.fresh()).toEqual([
      ['deliver', 1],
      ['deliver', 0],
    ])
    expect([machine.vcpuOn(0)!.index, machine.vcpuOn(2)!.index]).toEqual([0, 1])
  })

  test('one goes off and on again, the VM runs on', () => {
    const { machine } = smp(gic)
    turnOn(machine)
    ask(machine, ({ core }) => void core.vcpuOff!(), 2)
    expect([machine.vcpuOn(2), state(machine, 0)]).toEqual([undefined, RUNNING])
    turnOn(machine, 1, 9n)
    expect(machine.vcpuOn(2)!.x(0)).toBe(9n)
    ask(machine, ({ core }) => void core.vcpuOff!())
    turnOn(machine, 0, 11n, 2)
    expect([machine.vcpuOn(0)!.elr, machine.vcpuOn(0)!.x(0)]).toEqual([ENTRY, 11n])
    expect(endings(machine)).toEqual([])
  })

  test('with the last vCPU it has powered itself off', () => {
    const { machine } = smp(gic)
    turnOn(machine)
    for (const cpu of [0, 2]) ask(machine, ({ core }) => void core.vcpuOff!(), cpu)
    expect(endings(machine)).toEqual(["bulkhead | VM 'alpha' powered itself off; it stays off"])
    expect(state(machine, 0)).toBe(STOPPED)
  })

  test.each([
    ['powers itself off', stop(OFF)],
    ['crashes', trap(TRAP_UNREACHABLE)],
  ])('when it %s on one CPU it leaves both, and starts again with one', (_, action) => {
    const { machine } = smp(gic, ALWAYS)
    for (const cpu of [0, 2]) {
      turnOn(machine)
      machine.vcpuOn(0)!.elr = 0x1234n
      ask(machine, action, cpu)
      machine.pump()
      expect([machine.vcpuOn(0)?.elr, machine.vcpuOn(2)]).toEqual([BigInt(RAM), undefined])
    }
    expect(endings(machine)).toHaveLength(2)
    expect(machine.vcpuOn(1)!.vm).toBe(1)
    turnOn(machine)
    expect(machine.vcpuOn(2)).toBeDefined()
  })
})

describe('a compartment of several vCPUs', () => {
  test('is entered by one at a time', () => {
    const { machine, vmm } = smp()
    turnOn(machine)
    vmm.hypercall = () => {
      machine.sync(2, { esr: dataAbort(), ...faultAt(0x900_0000) })
      return 0n
    }
    expect(() => ask(machine, () => machine.sync(2, { esr: dataAbort(), ...faultAt(0x900_0000) }))).toThrow(
      'waits for ever',
    )
  })

  test('that fails leaves its lock free for the life after', () => {
    const { machine } = smp(3, ON_CRASH)
    turnOn(machine)
    ask(machine, trap(TRAP_UNREACHABLE), 2)
    machine.pump()
    turnOn(machine)
    expect(ask(machine, () => undefined)).toBeDefined()
    expect(ask(machine, () => undefined, 2)).toBeDefined()
  })

  test('cannot turn on a vCPU that is on, nor itself', () => {
    const { machine } = smp()
    turnOn(machine)
    for (const vcpu of [0, 1]) turnOn(machine, vcpu, 99n)
    expect([machine.vcpuOn(0)!.index, machine.vcpuOn(2)!.x(0)]).toEqual([0, 7n])
    for (const cpu of [0, 2]) ask(machine, ({ core }) => void core.vcpuOff!(), cpu)
    expect(endings(machine)).toHaveLength(1)
  })

  test('may turn a vCPU on again before it has left its CPU', () => {
    const { machine } = smp()
    turnOn(machine)
    ask(
      machine,
      ({ core }) => {
        core.vcpuOff!()
        // Between the end of the call and the CPU's own look at what is to do.
        machine.meanwhile.set('tpidr_el2', () => ask(machine, ({ core }) => void core.vcpuOn!(1, ENTRY, 42n)))
      },
      2,
    )
    machine.pump()
    expect(machine.vcpuOn(2)!.x(0)).toBe(42n)
    for (const cpu of [0, 2]) ask(machine, ({ core }) => void core.vcpuOff!(), cpu)
    expect(state(machine, 0)).toBe(STOPPED)
  })

  test('may end while a vCPU is about to start', () => {
    const { machine } = smp(3, ALWAYS)
    ask(machine, ({ core }) => {
      core.vcpuOn!(1, ENTRY, 0n)
      core.vmStop!(OFF)
    })
    machine.pump()
    expect(endings(machine)).toHaveLength(1)
    expect([machine.vcpuOn(0)?.elr, machine.vcpuOn(2)]).toEqual([BigInt(RAM), undefined])
  })
})

describe('a CPU', () => {
  const vms = { alpha: {}, beta: { cores: [2] } }
  const boot = (cpuOn: MachineOptions['cpuOn']) => {
    const machine = new Machine({ initrd: bundle({ vms }), vmm: (machine) => new StubVmm(machine), cpuOn })
    machine.boot()
    return machine
  }

  test.each([
    ['that the firmware refuses', -2, 'CPU 2 was refused by the firmware: PSCI error -2; its VMs do not run'],
    ['that never comes', 'silent', 'CPU 2 did not start within a second; its VMs do not run'],
  ] as const)('%s costs its VM, not the others', (_, answer, line) => {
    const machine = boot((cpu) => (cpu === 2 ? answer : 0))
    expect(machine.lines).toContain(`bulkhead | ${line}`)
    expect([machine.vcpuOn(0)!.vm, machine.vcpuOn(2)]).toEqual([0, undefined])
    expect([state(machine, 0), state(machine, 1)]).toEqual([RUNNING, CRASHED])
    ask(machine, stop(OFF))
    expect(machine.isOff).toBe(true)
  })

  test('to spare that does not come leaves the console to the first', () => {
    const machine = boot((cpu) => (cpu === 1 ? -3 : 0))
    expect(machine.lines).toContain(
      'bulkhead | CPU 1 was refused by the firmware: PSCI error -3; the first CPU serves the console',
    )
    expect(machine.gic.source(0, 33).route).toBe(0)
    expect([machine.vcpuOn(0)!.vm, machine.vcpuOn(2)!.vm]).toEqual([0, 1])
  })

  test('whose redistributor is missing stays away', () => {
    const machine = new Machine({ initrd: bundle({ vms }), vmm: (machine) => new StubVmm(machine) })
    const read = machine.gic.read32.bind(machine.gic)
    const affinityOf2 = GICR + 2 * 0x2_0000 + 0xc
    machine.gic.read32 = (cpu, pa) => (pa === affinityOf2 ? 99 : read(cpu, pa))
    machine.boot()
    expect(machine.lines).toContain('bulkhead | CPU 2 did not start within a second; its VMs do not run')
    expect([machine.vcpuOn(0)!.vm, state(machine, 1)]).toEqual([0, CRASHED])
  })

  test('that comes late finds nothing to do', () => {
    const machine = boot((cpu) => (cpu === 2 ? 'silent' : 0))
    machine.cpus[2]!.isOnline = true
    machine.setStack(2)
    machine.enter(2, () => machine.core.bootSecondary(2))
    machine.pump()
    expect(machine.vcpuOn(2)).toBeUndefined()
    expect(stub(machine, 0)).toBeDefined()
  })

  test('is not started where there is no PSCI', () => {
    const machine = new Machine({ initrd: bundle({ vms }), bend: (tree) => void delete tree.psci })
    expect(machine.boot()!.vm).toBe(0)
    expect(machine.lines).toContain('bulkhead | CPU 2 was refused by the firmware: PSCI error -1; its VMs do not run')
  })
})
