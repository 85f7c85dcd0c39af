/** What an operator wants a VM to keep of its RAM: checked by core, told to the VM, and kept over its restarts. */
import { beforeEach, expect, test } from 'vitest'
import {
  CONTROL_DONE,
  CONTROL_LACKS_BALLOON,
  CONTROL_UNKNOWN,
  CONTROL_UNKNOWN_PORT,
  CONTROL_UNKNOWN_VM,
} from '../../src/abi/life.ts'
import { settingsOf } from '../../tool/image/setting.ts'
import { ask, ON_CRASH, RESET, stop, stub } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import type { Machine } from '../fake/machine.ts'
import { started } from '../fake/started.ts'

const BALLOON = 5
const CONSOLE = 3
const ENTROPY = 4
let machine: Machine

beforeEach(() => {
  const vms = { one: { virtio: [BALLOON], restart: ON_CRASH }, two: { cores: [1] } }
  machine = started({ control: true, vms }).machine
})

const balloon = (vm: number, bytes: number) => Number(machine.core.balloon!(vm, BigInt(bytes)))
const wish = () => Number(machine.core.balloonWish!())

test('the VM is told once, and its device finds pages that are to be away', () => {
  expect(wish()).toBe(0)
  stub(machine, 0).fresh()
  machine.current = 3
  expect(balloon(0, 3 * MiB)).toBe(CONTROL_DONE)
  machine.current = 0
  machine.pump()
  expect(
    stub(machine, 0)
      .fresh()
      .filter(([name]) => name === 'frames'),
  ).toHaveLength(1)
  expect(wish()).toBe(256 + 1)
  expect(balloon(0, 4 * MiB)).toBe(CONTROL_DONE)
  expect(wish()).toBe(1)
})

test('what cannot be is refused, and changes nothing', () => {
  balloon(0, MiB)
  expect(balloon(0, 5 * MiB)).toBe(CONTROL_UNKNOWN)
  expect(balloon(0, MiB + 1)).toBe(CONTROL_UNKNOWN)
  expect(balloon(1, MiB)).toBe(CONTROL_LACKS_BALLOON)
  expect(balloon(2, MiB)).toBe(CONTROL_UNKNOWN_VM)
  expect(wish()).toBe(768 + 1)
})

test('the wish outlasts the VM', () => {
  balloon(0, MiB)
  ask(machine, stop(RESET))
  expect(wish()).toBe(768 + 1)
})

test('the keyboard goes to a port of its console by name, and comes back', () => {
  const settings = settingsOf({
    virtio: [{ virtio: 'entropy' }, { virtio: 'console', ports: ['log', { name: 'elevenchars', console: true }] }],
    memory: 4 * MiB,
    interrupts: 100,
    life: { heartbeat: undefined },
  })
  machine = started({ control: true, vms: { one: { virtio: [ENTROPY, CONSOLE], settings } } }).machine
  const port = (name: string) => {
    const bytes = Buffer.alloc(12)
    bytes.write(name, 'latin1')
    const [low, high] = [0, 6].map((at) => BigInt(bytes.readUIntLE(at, 6)))
    return Number(machine.core.consolePort!(0, low!, high!))
  }
  const chosen = () => Number(machine.core.terminalPort!())
  expect([port('log'), chosen()]).toEqual([CONTROL_DONE, 1])
  expect([port('elevenchars'), chosen()]).toEqual([CONTROL_DONE, 2])
  for (const other of ['lo', 'logs', 'elevenchar', 'console']) expect(port(other)).toBe(CONTROL_UNKNOWN_PORT)
  expect(chosen()).toBe(2)
  expect([port(''), chosen()]).toEqual([CONTROL_DONE, 0])
  expect(Number(machine.core.consolePort!(1, 0n, 0n))).toBe(CONTROL_UNKNOWN_VM)
})
