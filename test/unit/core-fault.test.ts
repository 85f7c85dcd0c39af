/** Faults at EL2: a compartment's end its VM, core's and host's end everything, with a line that says where. */
import { describe, expect, test } from 'vitest'
import { TRAP_ASSERT, TRAP_FUEL, TRAP_MEMORY, TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { ALWAYS, ask, endings, NEVER, ON_CRASH, pair, state } from '../fake/asking.ts'
import { bundle, RAM } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { Machine } from '../fake/machine.ts'
import { dataAbort, faultAt, HVC, systemRegister } from '../fake/syndrome.ts'
import { CORE_PC, FILE_VA, HOST_PC, VMM_PC } from '../fake/vector.ts'

describe('a compartment that fails', () => {
  const calls: [string, (machine: Machine, vmm: StubVmm) => void][] = [
    ['a hypercall', (machine) => machine.sync(0, { esr: HVC })],
    ['a device access', (machine) => machine.sync(0, { esr: dataAbort(), ...faultAt(0x900_0000) })],
    ['an SGI', (machine) => machine.sync(0, { esr: systemRegister('3,0,12,11,5', 0, 'write') })],
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
      [CORE_PC, 'bulkhead | panic'],
      // A host that failed is not asked to tell of it: core writes to the UART itself.
      [HOST_PC, 'panic in host'],
    ] as const) {
      const { machine } = pair(ALWAYS)
      machine.enter(0, () => machine.core.onFault(0x9600_0004n, pc, 0x10n, 0x20n))
      expect(machine.lines.at(-1)).toBe(
        `${name}: exception at pc 0x${pc.toString(16)}, lr 0x20, syndrome 0x96000004, address 0x10`,
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
