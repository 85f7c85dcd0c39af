/** VMs that end, fail and start again on a core that they share: their neighbour keeps its time. */
import { describe, expect, test } from 'vitest'
import { STAT_RAN, TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { ALWAYS, ask, CRASHED, NEVER, OFF, ON_CRASH, RUNNING, STARTING, STOPPED, state, stop } from '../fake/asking.ts'
import { bundle, RAM } from '../fake/bundle.ts'
import { StubVmm, trap } from '../fake/compartment.ts'
import { Machine } from '../fake/machine.ts'
import { MILLISECOND, owner, setTimer, shares, sharing, until, wait } from '../fake/shared.ts'

const HALF = [0, 5000, 10_000, 0]
/** 4 MiB take 15 ms to scrub. */
const SLOW = 900n
const PIECE = 16n * SLOW

function pair(restart: number, alpha = HALF, beta = HALF) {
  return sharing({ vms: { alpha: { servers: [alpha] }, beta: { cores: [0], servers: [beta], restart } } })
}

/** What alpha says of its run time; it has the core. */
function ran(machine: Machine): bigint {
  let ticks = 0n
  ask(machine, ({ core }) => {
    ticks = BigInt(core.statistic!(STAT_RAN))
  })
  return ticks
}

describe('one of two', () => {
  test('that powers itself off leaves the core to the other', () => {
    const machine = pair(NEVER)
    until(machine, 1)
    expect(ask(machine, stop(OFF))?.vm).not.toBe(1)
    expect([state(machine, 0), state(machine, 1)]).toEqual([RUNNING, STOPPED])
    const had = shares(machine, 50n * MILLISECOND)
    expect([had.get(0), had.get(1)]).toEqual([expect.closeTo(50, 0), undefined])
  })

  test.each([
    ['by its own wish', stop(OFF), ALWAYS],
    ['after a fault of its compartment', trap(TRAP_UNREACHABLE), ON_CRASH],
  ])('starts again %s, beside the other', (_, action, restart) => {
    const machine = pair(restart)
    until(machine, 1)
    machine.vcpuOn(0)!.elr = 0x1234n
    ask(machine, action)
    until(machine, 1)
    expect([machine.vcpuOn(0)!.elr, state(machine, 0), state(machine, 1)]).toEqual([BigInt(RAM), RUNNING, RUNNING])
    const had = shares(machine, 100n * MILLISECOND)
    expect([had.get(0), had.get(1)]).toEqual([expect.closeTo(50, 0), expect.closeTo(50, 0)])
  })

  test('is stopped while it waits, by its other vCPU', () => {
    const machine = sharing({
      vms: { alpha: { servers: [HALF] }, beta: { cores: [0, 1], servers: [HALF, HALF], restart: ALWAYS } },
    })
    until(machine, 1)
    ask(machine, ({ core }) => void core.vcpuOn!(1, BigInt(RAM), 0n))
    machine.pump()
    until(machine, 1)
    wait(machine)
    ask(machine, stop(OFF), 1)
    machine.pump()
    expect(machine.vcpuOn(1)).toBeUndefined()
    until(machine, 1)
    expect([machine.vcpuOn(0)!.elr, state(machine, 0)]).toEqual([BigInt(RAM), RUNNING])
  })

  test('that comes and goes wins no time by it', () => {
    const machine = pair(ALWAYS, HALF, [1, 3000, 10_000, 0])
    until(machine, 0)
    const [begin, before] = [machine.now, ran(machine)]
    for (let i = 0; i < 4000 && machine.now < begin + 200n * MILLISECOND; i++) {
      if (owner(machine) === 1) ask(machine, stop(OFF))
      machine.elapse(MILLISECOND / 10n)
    }
    until(machine, 0)
    const part = Number(((ran(machine) - before) * 1000n) / (machine.now - begin))
    expect(part).toBeGreaterThan(480)
  })
})

describe('a VM that is made ready', () => {
  test('takes the time for it from its own budget', () => {
    const machine = pair(ALWAYS, HALF, [0, 3000, 10_000, 0])
    machine.ticksPerPage = SLOW
    until(machine, 1)
    ask(machine, stop(OFF))
    until(machine, 0)
    const [begin, before] = [machine.now, ran(machine)]
    expect(state(machine, 1)).toBe(STARTING)
    for (let i = 0; i < 1000 && state(machine, 1) === STARTING; i++) machine.elapse(MILLISECOND / 10n)
    const taken = machine.now - begin
    expect([state(machine, 1), taken > 30n * MILLISECOND, taken < 60n * MILLISECOND]).toEqual([RUNNING, true, true])
    until(machine, 0)
    const part = Number(((ran(machine) - before) * 100n) / (machine.now - begin))
    expect(part).toBeGreaterThan(45)
  })

  test('makes an urgent neighbour wait for one piece at most', () => {
    const machine = pair(ALWAYS, [1, 1000, 10_000, 0], [0, 8000, 10_000, 1])
    machine.ticksPerPage = SLOW
    until(machine, 1)
    ask(machine, stop(OFF))
    until(machine, 0)
    let woken = 0
    while (state(machine, 1) === STARTING) {
      setTimer(machine, 500n * 62n)
      const due = machine.now + 500n * 62n
      wait(machine)
      if (owner(machine) !== 0) machine.elapse(due - machine.now)
      until(machine, 0)
      if (state(machine, 1) === STARTING) {
        expect(machine.now - due).toBeLessThan(PIECE + MILLISECOND / 20n)
        woken++
      }
    }
    expect(woken).toBeGreaterThan(5)
  })

  test('may find an image damaged, and its neighbour runs on', () => {
    const image = Buffer.alloc(300_000, 7)
    const vms = {
      alpha: { servers: [HALF] },
      beta: { cores: [0], servers: [HALF], loads: [{ image: 'large', address: RAM }] },
    }
    const bytes = bundle({
      vms,
      images: { kernel: { bytes: Buffer.from('kernel') }, dtb: { bytes: Buffer.from('dtb') }, large: { bytes: image } },
    })
    bytes[bytes.length - 1]! ^= 1
    const machine = new Machine({ initrd: bytes, vmm: (machine) => new StubVmm(machine) })
    machine.boot()
    until(machine, 0)
    machine.elapse(30n * MILLISECOND)
    expect([state(machine, 0), state(machine, 1)]).toEqual([RUNNING, CRASHED])
    expect(machine.lines).toContainEqual(expect.stringContaining("VM 'beta' cannot start: image 0"))
    const had = shares(machine, 50n * MILLISECOND)
    expect([had.get(0), had.get(undefined)]).toEqual([expect.closeTo(50, 0), expect.closeTo(50, 0)])
  })
})
