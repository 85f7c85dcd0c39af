/** VMs end and start again, as their guests, their faults and their policies have it; the neighbours do not notice. */
import { describe, expect, test } from 'vitest'
import { TRAP_ASSERT, TRAP_FUEL, TRAP_MEMORY, TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { MiB } from '../fake/board.ts'
import { bundle, DTB, kernel, RAM } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { CORE_PC, FILE_VA, HOST_PC, Machine, VMM_PC } from '../fake/machine.ts'
import { translate } from '../fake/stage2-walk.ts'
import { started } from '../fake/started.ts'
import { faultAt, HVC, instructionAbort } from '../fake/syndrome.ts'

const NEVER = 0
const ON_CRASH = 1
const ALWAYS = 2
const OFF = 0
const RESET = 1

/** alpha on CPU 0, beta on CPU 1. */
const pair = (restart: number, limit = 5) => started({ vms: { alpha: { restart, limit }, beta: { cores: [1] } } })
const stub = (machine: Machine, vm: number) => machine.joint.vmms[vm] as StubVmm
const state = (machine: Machine, vm: number) => machine.core.vmState!(vm)

/** The guest on CPU 0 asks its compartment to do something. */
function ask(machine: Machine, action: (vmm: StubVmm) => void, cpu = 0) {
  const vmm = stub(machine, machine.vcpuOn(cpu)!.vm)
  vmm.hypercall = () => {
    action(vmm)
    return 0n
  }
  return machine.sync(cpu, { esr: HVC })
}
const stop = (action: number) => (vmm: StubVmm) => void vmm.core.vmStop!(action)
const endings = (machine: Machine) => machine.lines.filter((line) => line.includes("VM 'alpha'") && line.includes(';'))

describe('policies', () => {
  test.each([
    ['never', NEVER, 'power-off', ' powered itself off; it stays off', 2],
    ['never', NEVER, 'reset', ' reset itself; it starts again', 1],
    ['never', NEVER, 'crash', ' crashed; it stays off', 3],
    ['on-crash', ON_CRASH, 'power-off', ' powered itself off; it stays off', 2],
    ['on-crash', ON_CRASH, 'reset', ' reset itself; it starts again', 1],
    ['on-crash', ON_CRASH, 'crash', ' crashed; it starts again', 1],
    ['always', ALWAYS, 'power-off', ' powered itself off; it starts again', 1],
    ['always', ALWAYS, 'reset', ' reset itself; it starts again', 1],
    ['always', ALWAYS, 'crash', ' crashed; it starts again', 1],
  ])('restart %s, %i: after %s', (_, policy, how, line, after) => {
    const { machine } = pair(policy)
    const actions: Record<string, (vmm: StubVmm) => void> = {
      'power-off': stop(OFF),
      reset: stop(RESET),
      crash: trap(TRAP_UNREACHABLE),
    }
    const vcpu = ask(machine, actions[how]!)
    expect(endings(machine)).toEqual([`bulkhead | VM 'alpha'${line}`])
    expect(state(machine, 0)).toBe(after)
    expect(Boolean(vcpu)).toBe(after === 1)
    expect([state(machine, 1), machine.vcpuOn(1)?.vm]).toEqual([1, 1])
  })

  test('a limit is the number of restarts', () => {
    const { machine } = pair(ON_CRASH, 2)
    for (let i = 0; i < 3; i++) ask(machine, trap(TRAP_UNREACHABLE))
    expect(machine.vcpuOn(0)).toBeUndefined()
    expect(endings(machine).map((line) => line.replace(/.*; /, ''))).toEqual([
      'it starts again',
      'it starts again',
      "bulkhead | VM 'alpha' crashed; its restart limit is reached, it stays off".replace(/.*; /, ''),
    ])
    expect(state(machine, 0)).toBe(3)
  })

  test('a limit of 0 is none', () => {
    const { machine } = pair(ALWAYS, 0)
    for (let i = 0; i < 20; i++) expect(ask(machine, stop(OFF))?.elr).toBe(BigInt(RAM))
  })

  test('the board goes off with the last VM', () => {
    const { machine } = pair(NEVER)
    ask(machine, stop(OFF))
    expect(machine.isOff).toBe(false)
    ask(machine, stop(OFF), 1)
    expect(machine.lines.at(-1)).toBe('bulkhead | all VMs have ended; the board powers off')
    expect(machine.isOff).toBe(true)
  })
})

describe('a restart', () => {
  const { machine, vcpu } = pair(ALWAYS)
  const { registers } = machine.cpus[0]!
  const ram = translate(machine, 0, RAM)!.pa
  for (let i = 0; i < 31; i++) vcpu.setX(i, 0x77n)
  vcpu.elr = 0x1234n
  machine.physical.write(ram + 3 * MiB, Buffer.from('a secret'))
  machine.physical.write(ram, Buffer.from('damage'))
  for (const name of ['vbar_el1', 'sctlr_el1', 'cntv_ctl_el0', 'cntp_ctl_el0']) registers.set(name, 0x55n)
  machine.gic.source(0, 27).active = true
  stub(machine, 0).core.lrWrite!(2, 5n | (1n << 62n))
  stub(machine, 0).core.gicControl!(0xe)
  const old = { vmm: stub(machine, 0), vttbr: registers.get('vttbr_el2'), offset: registers.get('cntvoff_el2')! }
  const after = ask(machine, stop(OFF))!

  test('begins like the first start', () => {
    expect([after.elr, after.spsr, after.x(0)]).toEqual([BigInt(RAM), 0x3c5n, BigInt(DTB)])
    for (let i = 1; i < 31; i++) expect(after.x(i)).toBe(0n)
    expect([registers.get('vbar_el1'), registers.get('sctlr_el1')]).toEqual([0n, 0x30d0_0800n])
    expect(registers.get('vttbr_el2')).toBe(old.vttbr)
    expect(registers.get('cntvoff_el2')).toBeGreaterThan(old.offset)
  })

  test('RAM is scrubbed and filled again', () => {
    expect(machine.physical.read(ram, kernel.length)).toEqual(kernel)
    expect(machine.physical.isZero(ram + 3 * MiB)).toBe(true)
  })

  test('no interrupt of the life before is left', () => {
    expect(machine.gic.interfaces[0]).toMatchObject({ lists: [0n, 0n, 0n, 0n], control: 1, vmcr: 0 })
    expect(machine.gic.source(0, 27).active).toBe(false)
    expect([registers.get('cntv_ctl_el0'), registers.get('cntp_ctl_el0')]).toEqual([0n, 0n])
  })

  test('the compartment is new', () => {
    expect(stub(machine, 0)).not.toBe(old.vmm)
    expect(stub(machine, 0).calls[0]).toEqual(['init', 1, 3, 4, 3])
  })
})

describe('a compartment that fails', () => {
  const calls: [string, (machine: Machine, vmm: StubVmm) => void][] = [
    ['a hypercall', (machine) => machine.sync(0, { esr: HVC })],
    [
      'a device access',
      (machine) => machine.sync(0, { esr: (0x24n << 26n) | (3n << 24n) | 7n, ...faultAt(0x900_0000) }),
    ],
    [
      'an SGI',
      (machine) =>
        machine.sync(0, { esr: (0x18n << 26n) | (1n << 25n) | (3n << 20n) | (5n << 17n) | (12n << 10n) | (11n << 1n) }),
    ],
    ['a timer interrupt', interrupt(27)],
    ['a maintenance interrupt', interrupt(25)],
    [
      'a kick',
      (machine, vmm) => {
        vmm.hypercall = () => {
          vmm.core.kick!(0)
          return 0n
        }
        machine.sync(0, { esr: HVC })
      },
    ],
  ]

  test.each(calls)('in %s takes its VM down, which starts again; nothing stays held', (_, call) => {
    const { machine, vmm } = pair(ON_CRASH)
    for (const name of ['hypercall', 'mmioRead', 'sgi', 'interrupt', 'maintenance', 'deliver'] as const) {
      vmm[name] = trap(TRAP_UNREACHABLE) as never
    }
    call(machine, vmm)
    expect(endings(machine)).toEqual(["bulkhead | VM 'alpha' crashed; it starts again"])
    expect(machine.vcpuOn(0)?.elr).toBe(BigInt(RAM))
    expect(machine.gic.interfaces[0]!.running).toEqual([])
    for (const intid of [0, 25, 27, 30]) expect(machine.gic.source(0, intid).active, `INTID ${intid}`).toBe(false)
    expect([state(machine, 1), machine.vcpuOn(1)!.vm]).toEqual([1, 1])
    ask(machine, ({ core }) => void core.consolePut!(0x21), 1)
  })

  function interrupt(intid: number) {
    return (machine: Machine) => {
      machine.gic.source(0, intid).line = true
      machine.exit(0, (core, at) => Number(core.onIrq!(at)))
      machine.gic.source(0, intid).line = false
    }
  }

  test.each([
    [TRAP_UNREACHABLE, 'unreachable code at src/vmm/example.ts:42'],
    [TRAP_FUEL, 'it took too long at src/vmm/example.ts:42'],
    [TRAP_ASSERT, 'assertion at src/vmm/example.ts:42'],
    [TRAP_MEMORY, 'memory fault at address 0x4ffff0000'],
  ])('by trap %i is reported with its place and the guest', (code, what) => {
    const { machine, vcpu } = pair(NEVER)
    vcpu.elr = 0x4000_4444n
    vcpu.setX(30, 0x4000_5555n)
    vcpu.setX(1, 0x11n)
    ask(machine, trap(code, 0x4_ffff_0000n))
    expect(machine.lines.slice(-3)).toEqual([
      `bulkhead | VM 'alpha': its device models failed: ${what}, pc 0x${VMM_PC.toString(16)}`,
      'bulkhead |   vCPU 0: guest pc 0x40004444, lr 0x40005555, pstate 0x3c5, x0 0x40100000, x1 0x11',
      "bulkhead | VM 'alpha' crashed; it stays off",
    ])
  })

  test("while it starts, at its policy's price", () => {
    const machine = new Machine({
      initrd: bundle({ vms: { alpha: { restart: ON_CRASH, limit: 2 }, beta: { cores: [1] } } }),
      vmm: (machine, vm) => {
        const vmm = new StubVmm(machine)
        if (vm === 0) vmm.init = trap(TRAP_UNREACHABLE) as never
        return vmm
      },
    })
    expect(machine.boot()).toBeUndefined()
    expect(endings(machine)).toHaveLength(3)
    expect(endings(machine).at(-1)).toContain('its restart limit is reached')
    expect([state(machine, 0), state(machine, 1)]).toEqual([3, 1])
  })

  test('by asking for itself without end', () => {
    const { machine, vmm } = pair(ON_CRASH)
    vmm.deliver = (vcpu) => void vmm.core.kick!(vcpu)
    ask(machine, ({ core }) => void core.kick!(0))
    expect(machine.vcpuOn(0)).toBeDefined()
  })
})

describe('a fault of the hypervisor itself', () => {
  test('in core or host is a panic that says where', () => {
    for (const [pc, name] of [
      [CORE_PC, 'panic'],
      [HOST_PC, 'panic in host'],
    ] as const) {
      const { machine } = pair(ALWAYS)
      machine.enter(0, () => machine.core.onFault(0x9600_0004n, pc, 0x10n, 0x20n))
      expect(machine.lines.at(-1)).toBe(
        `bulkhead | ${name}: exception at pc 0x${pc.toString(16)}, lr 0x20, syndrome 0x96000004, address 0x10`,
      )
      expect(machine.vcpuOn(0)).toBeUndefined()
    }
  })

  test('a trap tells file and line', () => {
    const { machine } = pair(ALWAYS)
    machine.enter(0, () => machine.core.onTrap(0, TRAP_ASSERT, FILE_VA, 7, CORE_PC))
    expect(machine.lines.at(-1)).toBe(
      `bulkhead | panic: assertion at src/vmm/example.ts:7, pc 0x${CORE_PC.toString(16)}`,
    )
  })
})

test('a guest without vectors stops with a report instead of faulting for ever', () => {
  const { machine, vcpu } = pair(NEVER)
  const { registers } = machine.cpus[0]!
  registers.set('vbar_el1', 0n)
  registers.set('elr_el1', 0x4000_0010n)
  for (const offset of [0x200n]) {
    vcpu.elr = offset
    machine.sync(0, { esr: instructionAbort(), ...faultAt(0x200, 0x200) })
  }
  expect(machine.lines.slice(-3)).toEqual([
    "bulkhead | VM 'alpha' took an exception, but nothing is mapped at its vectors (VBAR_EL1 0x0); the exception came from 0x40000010",
    expect.stringContaining('vCPU 0: guest pc 0x200'),
    "bulkhead | VM 'alpha' crashed; it stays off",
  ])
})

test('a system error ends the VM that ran', () => {
  const { machine } = pair(ON_CRASH)
  machine.cpus[0]!.registers.set('esr_el2', 0xbe00_0011n)
  machine.exit(0, (core, at) => Number(core.onSerror!(at)))
  expect(machine.lines).toContain("bulkhead | VM 'alpha' caused a system error, syndrome 0xbe000011")
  expect([state(machine, 0), state(machine, 1)]).toEqual([1, 1])
})
