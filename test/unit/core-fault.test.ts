/** Faults at EL2: a compartment's end its VM, host's the call into it, core's everything; each with a line that says where. */
import { describe, expect, test } from 'vitest'
import { TRAP_ASSERT, TRAP_FUEL, TRAP_MEMORY, TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { ALWAYS, ask, CRASHED, endings, NEVER, ON_CRASH, pair, RUNNING, STOPPED, state } from '../fake/asking.ts'
import { bundle, RAM } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { Machine } from '../fake/machine.ts'
import { dataAbort, faultAt, HVC, systemRegister } from '../fake/syndrome.ts'
import { CORE_PC, FILE_VA, HOST_PC, interrupted, VMM_PC } from '../fake/vector.ts'

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
          vmm.core.kick!(1)
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
    expect([state(machine, 1), machine.vcpuOn(1)!.vm]).toEqual([RUNNING, 1])
    ask(machine, ({ core }) => void core.consolePut!(0x21), 1)
  })

  function interrupt(intid: number) {
    return (machine: Machine) => {
      machine.gic.source(0, intid).line = true
      machine.cpus[0]!.registers.set('esr_el2', 0n) // as boot/vectors.S leaves it
      machine.exit(0, interrupted)
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
    // Two more about the vCPU stand between: core-report.test.ts.
    const lines = machine.lines.slice(-5)
    expect([...lines.slice(0, 2), ...lines.slice(-1)]).toEqual([
      `bulkhead | VM 'alpha': its device models failed: ${what}, pc 0x${VMM_PC.toString(16)}`,
      'bulkhead |   vCPU 0: guest pc 0x40004444, lr 0x40005555, pstate 0x3c5, x0 0x40100000, x1 0x11',
      "bulkhead | VM 'alpha' crashed; it stays off",
    ])
  })

  test('by a call into an extension that is not there is its caller’s', () => {
    const { machine } = pair(NEVER)
    // CORE_PC stands for text of core's that lies in an extension, in pages that nothing maps.
    machine.enter(0, () => machine.core.onFault(0x8600_0007n, CORE_PC, CORE_PC, VMM_PC))
    expect(endings(machine)).toEqual(["bulkhead | VM 'alpha' crashed; it stays off"])
    expect(state(machine, 1)).toBe(RUNNING)
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
    expect([state(machine, 0), state(machine, 1)]).toEqual([CRASHED, RUNNING])
  })

  test('by asking for itself without end', () => {
    const { machine, vmm } = pair(ON_CRASH)
    vmm.deliver = (vcpu) => void vmm.core.kick!(1 << vcpu)
    ask(machine, ({ core }) => void core.kick!(1))
    expect(machine.vcpuOn(0)).toBeDefined()
  })
})

describe('host that fails', () => {
  const DEVICE = 0x2_f000_0000n

  /** VM 0 prints; host fails at the first call of this name. */
  function failing(name: string, code: number, times = 1) {
    const { machine } = pair(NEVER)
    let left = times
    machine.joint.breakHost = (called) => {
      if (called === name && left-- > 0) trap(code, 0x2_8000_0000n)()
    }
    return machine
  }

  function print(machine: Machine, text: string, cpu = 0) {
    for (const ch of Buffer.from(text)) ask(machine, ({ core }) => void core.consolePut!(ch), cpu)
  }

  test.each([
    [TRAP_UNREACHABLE, 'unreachable code at src/vmm/example.ts:42'],
    [TRAP_FUEL, 'it took too long at src/vmm/example.ts:42'],
    [TRAP_MEMORY, 'memory fault at address 0x280000000'],
  ])('by trap %i begins anew, is reported, and knows the VMs; nobody else notices', (code, what) => {
    const machine = failing('put', code)
    print(machine, 'lost\n')
    expect(machine.lines).toContain(
      `bulkhead | the console failed (fault 1): ${what}, pc 0x${HOST_PC.toString(16)}; it began anew`,
    )
    print(machine, 'alpha again\n')
    print(machine, 'beta too\n', 1)
    machine.uart.drain(1000)
    machine.pump()
    expect(machine.lines.slice(-2)).toEqual(['alpha    | alpha again', 'beta     | beta too'])
    expect([state(machine, 0), state(machine, 1)]).toEqual([RUNNING, RUNNING])
  })

  test.each(['uartInterrupt', 'inputPending', 'roomPending', 'deadline', 'nextInput'])('in %s as well', (name) => {
    const machine = failing(name, TRAP_UNREACHABLE)
    machine.uart.arrive([...Buffer.from('\x1d1abc')])
    machine.pump()
    print(machine, 'alpha\n')
    machine.pump()
    expect(machine.lines.join('\n')).toContain('the console failed (fault 1)')
    expect(machine.lines.at(-1)).toMatch(/^(alpha {4}\| )?alpha\n?$/) // alone on the screen, if the keys got through
  })

  test('while a line of the hypervisor is printed', () => {
    const machine = failing('put', TRAP_UNREACHABLE, 0)
    let left = 3
    machine.joint.breakHost = (called) => {
      if (called === 'say' && left-- === 0) trap(TRAP_UNREACHABLE)()
    }
    ask(machine, ({ core }) => void core.vmStop!(0), 1)
    expect(machine.lines.join('\n')).toContain('the console failed (fault 1)')
    expect(state(machine, 1)).toBe(STOPPED)
  })

  test('tells every VM that there is room again', () => {
    const machine = failing('put', TRAP_UNREACHABLE)
    const beta = machine.joint.vmms[1] as StubVmm
    beta.fresh()
    print(machine, 'x')
    machine.pump()
    expect(beta.fresh().map(([name]) => name)).toContain('consoleRoom')
  })

  test('again and again: fewer and fewer reports', () => {
    const machine = failing('put', TRAP_UNREACHABLE, 0)
    let armed = true
    machine.joint.breakHost = (called) => {
      if (called === 'put' && armed) {
        armed = false
        trap(TRAP_UNREACHABLE)()
      }
    }
    for (let i = 0; i < 100; i++) {
      armed = true
      print(machine, '!')
    }
    const told = machine.lines.flatMap((line) => /\(fault (\d+)\)/.exec(line)?.[1] ?? [])
    expect(told.map(Number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64])
  })

  test('even at its beginning is left alone, and VMs run on without a console', () => {
    const machine = failing('put', TRAP_UNREACHABLE)
    const shippedBreak = machine.joint.breakHost
    machine.joint.breakHost = (called) => {
      if (called === 'init') trap(TRAP_ASSERT)()
      shippedBreak(called)
    }
    print(machine, 'x')
    expect(machine.lines.at(-1)).toMatch(/^the console failed \(fault 2\): assertion .*; VMs run on without it$/)
    print(machine, 'swallowed\n')
    machine.uart.arrive([0x78])
    machine.pump()
    expect([state(machine, 0), state(machine, 1)]).toEqual([RUNNING, RUNNING])
  })

  test('is not blamed for a system error, nor for a fault of core', () => {
    const { machine } = pair(NEVER)
    expect(machine.core.onServiceFault!(0xbe00_0000n, HOST_PC, 0n, 0n)).toBe(0)
    expect(machine.core.onServiceFault!(0x9600_0046n, CORE_PC, DEVICE, 0n)).toBe(0)
  })
})

describe('a fault of the hypervisor itself', () => {
  test('is a panic that says where', () => {
    const { machine } = pair(ALWAYS)
    machine.enter(0, () => machine.core.onFault(0x9600_0004n, CORE_PC, 0x10n, 0x20n))
    expect(machine.lines.at(-1)).toBe(
      `bulkhead | panic: exception at pc 0x${CORE_PC.toString(16)}, lr 0x20, syndrome 0x96000004, address 0x10`,
    )
    expect(machine.vcpuOn(0)).toBeUndefined()
  })

  test('a trap tells file and line', () => {
    const { machine } = pair(ALWAYS)
    machine.enter(0, () => machine.core.onTrap(0, TRAP_ASSERT, FILE_VA, 7, CORE_PC))
    expect(machine.lines.at(-1)).toBe(
      `bulkhead | panic: assertion at src/vmm/example.ts:7, pc 0x${CORE_PC.toString(16)}`,
    )
  })
})
