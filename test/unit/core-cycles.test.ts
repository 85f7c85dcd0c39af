/** VMs of run time made and unmade over and over, with everything that a template may have: nothing of them is left. */
import { expect, test } from 'vitest'
import { CONTROL_DONE, CONTROL_STOP } from '../../src/abi/life.ts'
import { MiB } from '../fake/board.ts'
import { control } from '../fake/control.ts'
import type { Machine } from '../fake/machine.ts'
import { make, unmake } from '../fake/made.ts'
import { MACS, SYSTEM } from '../fake/network.ts'
import { started } from '../fake/started.ts'

/** Rounds of making and unmaking; `npm run cycles` asks for more. */
const CYCLES = Number(process.env.CYCLES ?? 500)
const NETWORK = 1
const ENTROPY = 4
const BALLOON = 5
/** Priority, budget and period in microseconds, spare. */
const half = [1, 5000, 10_000, 0]
const free = (machine: Machine) => Number(machine.core.freeMemory!())

test('nothing is left of many', () => {
  const port = (i: number) => ({ mac: MACS[0]!, named: i })
  const disks = [{ size: MiB, pool: 16 }]
  const virtio = [ENTROPY, NETWORK, BALLOON, NETWORK]
  const big = { cores: [1, 2], vcpus: 2, memory: 6 * MiB, virtio, disks, ports: [port(1), port(3)], system: SYSTEM }
  const one = { virtio: [NETWORK], ports: [port(0)], system: SYSTEM }
  const small = { template: true, cores: [1], memory: 2 * MiB, servers: [half], autostart: false, ...one }
  const most = { template: true, cores: [1], memory: 768 * MiB, autostart: false }
  const greedy = { template: true, cores: [1], virtio: Array(32).fill(NETWORK), system: SYSTEM }
  const all = { ...greedy, ports: Array.from({ length: 32 }, (_, i) => port(i)) }
  const worker = { template: true, ...big }
  const { machine } = started({ vms: { alpha: {}, worker, small, most, all }, control: true })
  const cycle = (i: number) => {
    const vm = made(machine, 1 + (i % 2))
    if (i % 5 === 0) expect(make(machine, 4, 'no-room').code).not.toBe(CONTROL_DONE)
    if (i % 7 === 0) {
      const beside = make(machine, 2, 'beside')
      if (beside.code === CONTROL_DONE) unmake(machine, beside.vm)
    }
    expect(unmake(machine, vm)).toBe(CONTROL_DONE)
  }
  // Places are used for the first time: their records and windows are core's for ever.
  for (let i = 0; i < 14; i++) cycle(i)
  const before = free(machine)
  const mapped = machine.mmu.leaves()
  machine.forgotten.length = 0
  for (let i = 0; i < CYCLES; i++) cycle(i)
  expect(free(machine)).toBe(before)
  expect(machine.mmu.leaves()).toEqual(mapped)
  // Each end had its VMID forgotten, one of those of the places that were there.
  expect(machine.forgotten.length).toBeGreaterThanOrEqual(CYCLES)
  expect(new Set(machine.forgotten)).toEqual(new Set([2, 3]))
  expect(machine.vcpuOn(0)?.vm).toBe(0)
  expect([1, 2].map((cpu) => machine.vcpuOn(cpu))).toEqual([undefined, undefined])
  // Free RAM is one piece still, and so are the ports.
  unmake(machine, made(machine, 3))
  unmake(machine, made(machine, 4))

  /** A VM that rests again. */
  function made(machine: Machine, template: number): number {
    const { code, vm } = make(machine, template)
    if (code !== CONTROL_DONE) throw new Error(`not made: ${code}`)
    // Its driver is up, where it has one: the switch knows it.
    const { current } = machine
    machine.current = 1
    if (machine.vcpuOn(1)) for (const port of [0, 1]) machine.core.portOpen!(port, 1)
    machine.current = current
    control(machine, CONTROL_STOP, vm)
    return vm
  }
}, 3_600_000)
