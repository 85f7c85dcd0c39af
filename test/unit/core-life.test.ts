/** VMs end and start again, as their guests and their policies have it; the neighbours do not notice. */
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
  pair,
  RESET,
  RUNNING,
  STOPPED,
  state,
  stop,
  stub,
} from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { DTB, kernel, RAM } from '../fake/bundle.ts'
import { type StubVmm, trap } from '../fake/compartment.ts'
import { FakePl011 } from '../fake/pl011.ts'
import { translate } from '../fake/stage2-walk.ts'
import { faultAt, instructionAbort } from '../fake/syndrome.ts'

describe('policies', () => {
  test.each([
    ['never', NEVER, 'power-off', ' powered itself off; it stays off', STOPPED],
    ['never', NEVER, 'reset', ' reset itself; it starts again', RUNNING],
    ['never', NEVER, 'crash', ' crashed; it stays off', CRASHED],
    ['on-crash', ON_CRASH, 'power-off', ' powered itself off; it stays off', STOPPED],
    ['on-crash', ON_CRASH, 'reset', ' reset itself; it starts again', RUNNING],
    ['on-crash', ON_CRASH, 'crash', ' crashed; it starts again', RUNNING],
    ['always', ALWAYS, 'power-off', ' powered itself off; it starts again', RUNNING],
    ['always', ALWAYS, 'reset', ' reset itself; it starts again', RUNNING],
    ['always', ALWAYS, 'crash', ' crashed; it starts again', RUNNING],
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
    expect(Boolean(vcpu)).toBe(after === RUNNING)
    expect([state(machine, 1), machine.vcpuOn(1)?.vm]).toEqual([RUNNING, 1])
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
    expect(state(machine, 0)).toBe(CRASHED)
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

test('what was said has left a slow UART before the board goes off', () => {
  const { machine } = pair(NEVER)
  const { uart } = machine
  uart.instant = false
  let reads = 0
  uart.read = (offset) => {
    if (reads++ % 8 === 0) uart.drain(1)
    return FakePl011.prototype.read.call(uart, offset)
  }
  ask(machine, stop(OFF))
  ask(machine, stop(OFF), 1)
  uart.stuck = true // powered off: what is still in the FIFO is lost
  expect(machine.isOff).toBe(true)
  expect(machine.lines.at(-1)).toBe('bulkhead | all VMs have ended; the board powers off')
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

test('a guest without vectors stops with a report instead of faulting for ever', () => {
  const { machine, vcpu } = pair(NEVER)
  const { registers } = machine.cpus[0]!
  registers.set('vbar_el1', 0n)
  registers.set('elr_el1', 0x4000_0010n)
  for (const offset of [0x200n]) {
    vcpu.elr = offset
    machine.sync(0, { esr: instructionAbort(), ...faultAt(0x200, 0x200) })
  }
  expect(machine.lines.slice(-5)).toEqual([
    "bulkhead | VM 'alpha' took an exception, but nothing is mapped at its vectors (VBAR_EL1 0x0); the exception came from 0x40000010",
    expect.stringContaining('vCPU 0: guest pc 0x200'),
    'bulkhead |   vCPU 0: instruction 0x0, the one before 0x0; last exit: fetch of an instruction at 0x200, flash, which is not fitted',
    'bulkhead |   vCPU 0: 0 hypercalls, 0 device accesses, 0 interrupts, 1 other traps since its VM started',
    "bulkhead | VM 'alpha' crashed; it stays off",
  ])
})

test('a system error ends the VM that ran', () => {
  const { machine } = pair(ON_CRASH)
  machine.cpus[0]!.registers.set('esr_el2', 0xbe00_0011n)
  machine.exit(0, (core, at) => Number(core.onSerror!(at)))
  expect(machine.lines).toContain("bulkhead | VM 'alpha' caused a system error, syndrome 0xbe000011")
  expect([state(machine, 0), state(machine, 1)]).toEqual([RUNNING, RUNNING])
})
