/** An operator starts, stops, pauses and resumes VMs: what happens, and what is refused. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import {
  CONTROL_DONE,
  CONTROL_LACKS_CPU,
  CONTROL_PAUSE,
  CONTROL_RESTART,
  CONTROL_RESUME,
  CONTROL_START,
  CONTROL_STOP,
  CONTROL_UNKNOWN,
  CONTROL_UNKNOWN_VM,
  CONTROL_WRONG_STATE,
} from '../../src/abi/life.ts'
import {
  ask,
  CRASHED,
  endings,
  ON_CRASH,
  PAUSED,
  RUNNING,
  STARTING,
  STOPPED,
  STOPPING,
  state,
  stub,
} from '../fake/asking.ts'
import { bundle, RAM } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { board, control, count, MILLISECOND, request, turnOn } from '../fake/control.ts'
import { Machine } from '../fake/machine.ts'
import { started } from '../fake/started.ts'

describe.each([3, 2] as const)('pause on GICv%i', (gic) => {
  test('takes every vCPU off its CPU; resume lets them go on where they were', () => {
    const machine = board(ON_CRASH, gic)
    turnOn(machine)
    machine.vcpuOn(0)!.elr = 0x1234n
    machine.vcpuOn(2)!.setX(3, 99n)
    machine.cpus[0]!.registers.set('vbar_el1', 0x4000_8000n)
    expect(control(machine, CONTROL_PAUSE)).toBe(CONTROL_DONE)
    expect([machine.vcpuOn(0), machine.vcpuOn(2), state(machine, 0)]).toEqual([undefined, undefined, PAUSED])
    expect([machine.vcpuOn(1)!.vm, state(machine, 1)]).toEqual([1, RUNNING])
    machine.elapse(500n * MILLISECOND)
    expect(machine.vcpuOn(0)).toBeUndefined()
    expect(control(machine, CONTROL_RESUME)).toBe(CONTROL_DONE)
    expect([machine.vcpuOn(0)!.elr, machine.vcpuOn(2)!.x(3), state(machine, 0)]).toEqual([0x1234n, 99n, RUNNING])
    expect(machine.cpus[0]!.registers.get('vbar_el1')).toBe(0x4000_8000n)
  })

  test("the VM's clock stands still, on every vCPU alike, and never goes back", () => {
    const machine = board(ON_CRASH, gic)
    turnOn(machine)
    machine.elapse(3n * MILLISECOND)
    const before = count(machine, 0)
    for (let i = 0; i < 3; i++) {
      control(machine, CONTROL_PAUSE)
      machine.elapse(1000n * MILLISECOND)
      control(machine, CONTROL_RESUME)
    }
    expect(count(machine, 0)).toBeGreaterThanOrEqual(before)
    expect(count(machine, 0) - before).toBeLessThan(MILLISECOND)
    expect(count(machine, 2)).toBe(count(machine, 0))
    expect(machine.cpus[1]!.registers.get('cntvoff_el2')).toBeLessThan(5n * MILLISECOND)
  })

  test('a virtual timer fires as much later as the VM stood still', () => {
    const machine = board(ON_CRASH, gic)
    const { registers } = machine.cpus[0]!
    registers.set('cntv_cval_el0', count(machine, 0) + 10n * MILLISECOND)
    registers.set('cntv_ctl_el0', 1n)
    machine.elapse(4n * MILLISECOND)
    control(machine, CONTROL_PAUSE)
    machine.elapse(100n * MILLISECOND)
    stub(machine, 0).fresh()
    control(machine, CONTROL_RESUME)
    machine.elapse(5n * MILLISECOND)
    expect(stub(machine, 0).fresh()).not.toContainEqual(['interrupt', 0, 27])
    machine.elapse(2n * MILLISECOND)
    expect(stub(machine, 0).fresh()).toContainEqual(['interrupt', 0, 27])
  })

  test('interrupts in list registers stay pending', () => {
    const machine = board(ON_CRASH, gic)
    const pending = (1n << 62n) | (1n << 60n) | 40n
    ask(machine, ({ core }) => void core.lrWrite!(1, pending))
    control(machine, CONTROL_PAUSE)
    machine.gic.interfaces[0]!.lists[1] = 0n // another VM's, meanwhile
    control(machine, CONTROL_RESUME)
    expect(machine.gic.interfaces[0]!.lists[1]).toBe(pending)
  })

  test('what was typed meanwhile is told at once', () => {
    const machine = board(ON_CRASH, gic)
    control(machine, CONTROL_PAUSE)
    machine.uart.arrive([...Buffer.from('ls')])
    machine.pump()
    stub(machine, 0).fresh()
    control(machine, CONTROL_RESUME)
    expect(stub(machine, 0).fresh()).toContainEqual(['consoleInput', 0, 0x6c])
  })
})

describe('stop, start, restart', () => {
  test('a stop ends the VM whatever its policy, and the board stays on', () => {
    const machine = board(2)
    turnOn(machine)
    expect(control(machine, CONTROL_STOP)).toBe(CONTROL_DONE)
    expect([machine.vcpuOn(0), machine.vcpuOn(2), state(machine, 0)]).toEqual([undefined, undefined, STOPPED])
    expect(endings(machine)).toEqual(["bulkhead | VM 'alpha' was stopped; it stays off"])
    control(machine, CONTROL_STOP, 1)
    expect([state(machine, 1), machine.isOff]).toEqual([STOPPED, false])
  })

  test('a stopped VM starts anew; a restart counts towards no limit', () => {
    const machine = board()
    machine.vcpuOn(0)!.elr = 0x1234n
    control(machine, CONTROL_STOP)
    expect(control(machine, CONTROL_START)).toBe(CONTROL_DONE)
    expect([machine.vcpuOn(0)!.elr, state(machine, 0)]).toEqual([BigInt(RAM), RUNNING])
    for (let i = 0; i < 10; i++) {
      machine.vcpuOn(0)!.elr = 0x1234n
      expect(control(machine, CONTROL_RESTART)).toBe(CONTROL_DONE)
      expect(machine.vcpuOn(0)!.elr).toBe(BigInt(RAM))
    }
    expect(ask(machine, trap(TRAP_UNREACHABLE))).toBeDefined()
    expect(endings(machine).at(-1)).toBe("bulkhead | VM 'alpha' crashed; it starts again")
  })

  test('a paused VM can be stopped and restarted', () => {
    const machine = board()
    turnOn(machine)
    control(machine, CONTROL_PAUSE)
    expect(control(machine, CONTROL_RESTART)).toBe(CONTROL_DONE)
    expect([machine.vcpuOn(0)!.elr, machine.vcpuOn(2), state(machine, 0)]).toEqual([BigInt(RAM), undefined, RUNNING])
    control(machine, CONTROL_PAUSE)
    expect(control(machine, CONTROL_STOP)).toBe(CONTROL_DONE)
    expect(state(machine, 0)).toBe(STOPPED)
  })

  test('a VM can be stopped while it is made ready, before and after its CPU has looked', () => {
    const machine = new Machine({
      initrd: bundle({ vms: { alpha: {}, beta: { cores: [1] } } }),
      vmm: (machine) => new StubVmm(machine),
    })
    machine.boot()
    control(machine, CONTROL_STOP)
    request(machine, CONTROL_START)
    expect(state(machine, 0)).toBe(STARTING)
    expect(control(machine, CONTROL_STOP)).toBe(CONTROL_DONE)
    expect(state(machine, 0)).toBe(STOPPED)
    // RAM is filled, the VM does not run yet.
    machine.meanwhile.set('ic_ialluis', () => void request(machine, CONTROL_STOP))
    control(machine, CONTROL_START)
    expect([state(machine, 0), machine.vcpuOn(0)]).toEqual([STOPPED, undefined])
    expect(control(machine, CONTROL_START)).toBe(CONTROL_DONE)
    expect([state(machine, 0), machine.vcpuOn(0)!.elr]).toEqual([RUNNING, BigInt(RAM)])
  })
})

describe('wrong requests change nothing', () => {
  const NONE = [CONTROL_START, CONTROL_STOP, CONTROL_RESTART, CONTROL_PAUSE, CONTROL_RESUME]
  test.each([
    ['running', [], [CONTROL_START, CONTROL_RESUME]],
    ['paused', [CONTROL_PAUSE], [CONTROL_START, CONTROL_PAUSE]],
    ['stopped', [CONTROL_STOP], [CONTROL_STOP, CONTROL_PAUSE, CONTROL_RESUME]],
  ])('of a VM that is %s', (_, first, refused) => {
    const machine = board()
    for (const what of first) control(machine, what)
    const before = state(machine, 0)
    for (const what of refused) expect(control(machine, what)).toBe(CONTROL_WRONG_STATE)
    expect(state(machine, 0)).toBe(before)
  })

  test('of VMs that there are not, and for what nobody knows', () => {
    const machine = board()
    for (const what of NONE) {
      for (const vm of [2, 16, 0xffff_ffff]) expect(control(machine, what, vm)).toBe(CONTROL_UNKNOWN_VM)
    }
    for (const what of [0, 8, 0xffff_ffff]) expect(control(machine, what)).toBe(CONTROL_UNKNOWN)
    expect([state(machine, 0), state(machine, 1)]).toEqual([RUNNING, RUNNING])
  })

  test('while a stop or a pause is under way', () => {
    const machine = board()
    request(machine, CONTROL_PAUSE)
    expect(request(machine, CONTROL_PAUSE)).toBe(CONTROL_WRONG_STATE)
    expect(request(machine, CONTROL_RESUME)).toBe(CONTROL_WRONG_STATE)
    request(machine, CONTROL_STOP)
    for (const what of NONE) expect(request(machine, what)).toBe(CONTROL_WRONG_STATE)
    expect(state(machine, 0)).toBe(STOPPING)
    machine.pump()
    expect(state(machine, 0)).toBe(STOPPED)
  })

  test('of a VM that lacks a CPU', () => {
    const machine = new Machine({
      initrd: bundle({ vms: { alpha: {}, beta: { cores: [1, 2] } } }),
      vmm: (machine) => new StubVmm(machine),
      cpuOn: (cpu) => (cpu === 2 ? -2 : 0),
    })
    machine.boot()
    machine.pump()
    expect(state(machine, 1)).toBe(CRASHED)
    for (const what of NONE) expect(control(machine, what, 1)).toBe(CONTROL_LACKS_CPU)
    expect([state(machine, 1), machine.vcpuOn(1)]).toEqual([CRASHED, undefined])
  })
})

test('what an operator types while a compartment is told something is seen before the guest goes on', () => {
  const { machine, vmm } = started({ cpus: 2, control: true, vms: { alpha: {}, beta: { cores: [1] } } })
  ask(machine, ({ core }) => void core.consolePut!(0x62), 1) // a line that alpha's has to wait for
  vmm.consoleRoom = () => {
    // host holds it back: this CPU, the keeper, is to call host, and finds the command there.
    vmm.core.consolePut!(0x61)
    machine.uart.arrive([...Buffer.from('\x1d:stop alpha\r')])
  }
  ask(machine, ({ core }) => core.consoleReady!())
  expect([machine.vcpuOn(0), state(machine, 0)]).toEqual([undefined, STOPPED])
})
