/** VMs of run time in networks: what is left of their ports when they are unmade, and who has their addresses; on core as it ships. */
import { describe, expect, test } from 'vitest'
import { TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { MAX_PORTS } from '../../src/abi/layout.ts'
import {
  CONTROL_ADDRESS_TAKEN,
  CONTROL_BAD_TEMPLATE,
  CONTROL_DONE,
  CONTROL_NO_ROOM,
  CONTROL_STOP,
  FIGURE_RECEIVED_FRAMES,
  FIGURE_SENT_FRAMES,
  STATE_ABSENT,
  STATE_LEAVING,
} from '../../src/abi/life.ts'
import { derivedMac } from '../../tool/config/network.ts'
import { state } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import type { FakePlace } from '../fake/bundle-port.ts'
import { trap } from '../fake/compartment.ts'
import { control, KEEPER, request } from '../fake/control.ts'
import { make, unmake } from '../fake/made.ts'
import { FakeNetwork, HEADER, MACS, SYSTEM } from '../fake/network.ts'
import { bytesOf } from '../fake/switch.ts'

const [A, B] = MACS as [string, string]
const T = '52:00:00:00:00:77'
const ALL = 'ff:ff:ff:ff:ff:ff'
const BUFFERS = MiB
/** The VM that is made: of the third entry of the bundle, on CPU 2. */
const MADE = 2
const payload = Buffer.from('a frame that nobody else is to have')
const FRAME = HEADER + 14 + payload.length

/** Two VMs whose ports are open, and a template of `places`. */
function network(places: FakePlace[] = [{ mac: T }], vms: Partial<FakePlace>[][] = [[{}], [{}]]): FakeNetwork {
  const net = new FakeNetwork(vms, { templates: [places] })
  for (const vm of vms.keys()) {
    net.open(vm)
    offer(net, vm)
  }
  return net
}

function offer(net: FakeNetwork, vm: number, index = 0): void {
  for (let i = 0; i < 8; i++) net.offer(vm, i, BUFFERS + i * 2048, [2048], index)
}

/** A VM of the template, its driver up. */
function begin(net: FakeNetwork, name = ''): number {
  const { code, vm } = make(net.machine, MADE, name)
  expect(code).toBe(CONTROL_DONE)
  net.open(vm)
  offer(net, vm)
  return vm
}

function end(net: FakeNetwork, vm: number): void {
  expect(control(net.machine, CONTROL_STOP, vm)).toBe(CONTROL_DONE)
  expect(unmake(net.machine, vm)).toBe(CONTROL_DONE)
}

const arrived = (net: FakeNetwork, vm: number, index = 0) => net.take(vm, index).length
const say = (net: FakeNetwork, vm: number, to: string, from = MACS[vm]!) => net.send(vm, { to, from, payload })
const macOf = (net: FakeNetwork, vm: number, index = 0) =>
  net.as(vm, () => BigInt(net.machine.core.portPlace!(index)) & 0xffff_ffff_ffffn)
const word = (mac: string) => Buffer.from([...bytesOf(mac), 0, 0]).readBigUInt64LE()
const figure = (net: FakeNetwork, vm: number, which: number) => Number(net.machine.core.vmFigure!(vm, which))

describe('a VM of run time', () => {
  test('sends and gets frames as one of the config does', () => {
    const net = network()
    say(net, 0, T)
    const vm = begin(net)
    expect(net.take(vm)).toEqual([])
    say(net, 0, T)
    expect(net.take(vm)).toEqual([[0, FRAME]])
    expect(net.read(vm, BUFFERS, FRAME).subarray(HEADER + 14)).toEqual(payload)
    say(net, vm, B, T)
    say(net, vm, ALL, T)
    expect([arrived(net, 0), arrived(net, 1)]).toEqual([1, 2])
    say(net, vm, B, A)
    expect(arrived(net, 1)).toBe(0)
  })

  test('that is unmade gets nothing more, and its neighbours go on', () => {
    const net = network()
    const vm = begin(net)
    for (let i = 0; i < 3; i++) say(net, 0, T)
    end(net, vm)
    const before = net.machine.physical.read(0x4000_0000, 16)
    say(net, 0, T)
    say(net, 0, ALL)
    say(net, 0, B)
    expect(net.machine.physical.read(0x4000_0000, 16)).toEqual(before)
    expect(arrived(net, 1)).toBe(2)
  })

  test('that begins anew keeps its port: nothing of its former life arrives', () => {
    const net = network()
    const vm = begin(net)
    say(net, 0, T)
    control(net.machine, CONTROL_STOP, vm)
    say(net, 0, T)
    net.machine.core.control!(1, vm) // CONTROL_START
    net.machine.pump()
    net.open(vm)
    offer(net, vm)
    expect(net.take(vm)).toEqual([])
    say(net, 0, T)
    expect(net.take(vm)).toEqual([[0, FRAME]])
  })

  test('whose network has nobody else at boot finds a switch', () => {
    const net = new FakeNetwork([[]], { templates: [[{ mac: T }], [{ mac: A }]] })
    const one = make(net.machine, 1).vm
    const two = make(net.machine, 2).vm
    for (const vm of [one, two]) {
      net.open(vm)
      offer(net, vm)
    }
    say(net, one, A, T)
    expect(arrived(net, two)).toBe(1)
  })

  test('counts from nothing, whoever had its port before', () => {
    const net = network()
    const first = begin(net)
    for (let i = 0; i < 3; i++) say(net, 0, T)
    say(net, first, A, T)
    expect([FIGURE_SENT_FRAMES, FIGURE_RECEIVED_FRAMES].map((each) => figure(net, first, each))).toEqual([1, 3])
    end(net, first)
    expect([FIGURE_SENT_FRAMES, FIGURE_RECEIVED_FRAMES].map((each) => figure(net, first, each))).toEqual([0, 0])
    const next = begin(net)
    expect([FIGURE_SENT_FRAMES, FIGURE_RECEIVED_FRAMES].map((each) => figure(net, next, each))).toEqual([0, 0])
  })
})

describe('the next VM that has a port’s number', () => {
  test('gets no frame for the one before, whoever knew that', () => {
    const net = network([{ mac: T, named: 0 }])
    const first = begin(net, 'first')
    const mac = derivedMac(SYSTEM, 'first', 0)
    say(net, 0, mac)
    expect(arrived(net, first)).toBe(1)
    end(net, first)
    const second = begin(net, 'second')
    expect(second).toBe(first)
    say(net, 0, mac)
    say(net, 0, mac)
    expect(arrived(net, second)).toBe(0)
    say(net, 0, derivedMac(SYSTEM, 'second', 0))
    expect(arrived(net, second)).toBe(1)
  })

  test('is in its own network alone', () => {
    const both = [{ mac: A }, { mac: B, network: 1 }]
    const net = new FakeNetwork([both], { templates: [[{ mac: T }], [{ mac: T, network: 1 }]] })
    const into = (index: number) => net.send(0, { to: T, from: both[index]!.mac, payload }, index)
    const first = make(net.machine, 1).vm
    net.open(first)
    into(0)
    end(net, first)
    const { code, vm } = make(net.machine, 2)
    expect([code, vm]).toEqual([CONTROL_DONE, first])
    // The second template's VMs are on CPU 2.
    net.as(2, () => net.machine.core.portOpen!(0, 1))
    net.as(2, () => net.machine.core.frameOffer!(0, BigInt(RAM + BUFFERS), 2048, 0, 1))
    const counted = () => figure(net, vm, FIGURE_RECEIVED_FRAMES)
    into(0)
    say(net, 0, ALL)
    expect(counted()).toBe(0)
    into(1)
    expect(counted()).toBe(1)
  })

  test('comes when every CPU has passed by, and not before', () => {
    const net = network()
    const vm = begin(net)
    const { machine } = net
    control(machine, CONTROL_STOP, vm)
    const { current } = machine
    request(machine, 6, vm) // CONTROL_DESTROY; nobody has looked yet
    machine.current = KEEPER
    // Another of that template finds the address taken as long as CPU 0 may be sending.
    for (const cpu of [2, 1, KEEPER]) {
      machine.interrupt(cpu)
      expect([state(machine, vm), Number(machine.core.vmCreate!(MADE, ...named('other'))) & 0xff]).toEqual([
        STATE_LEAVING,
        CONTROL_ADDRESS_TAKEN,
      ])
    }
    machine.current = current
    machine.interrupt(0)
    expect(state(machine, vm)).toBe(STATE_ABSENT)
    expect(make(machine, MADE, 'other')).toEqual({ code: CONTROL_DONE, vm })
  })

  test('is not told of what a compartment never told the one before', () => {
    const net = network()
    const first = begin(net)
    const { core } = net.machine
    // A compartment that sends, and does not say so.
    const flush = core.frameFlush!
    net.machine.core = { ...core, frameFlush: () => 0 } as never
    say(net, 0, T)
    net.machine.core = core
    expect(arrived(net, first)).toBe(1)
    end(net, first)
    const second = make(net.machine, MADE).vm
    net.vmm(second).fresh()
    net.as(0, () => flush(0))
    net.machine.pump()
    expect(net.vmm(second).fresh()).toEqual([])
  })
})

describe('addresses', () => {
  test.each([
    ['worker', 0],
    ['w', 7],
    ['a-name-of-thirty-one-characters', 12],
    ['other', 99],
  ])('of a VM %s follow from its name and the place of the device, as the tool has them', (name, place) => {
    const net = network([{ mac: T, named: place }])
    const vm = begin(net, name)
    expect(macOf(net, vm)).toBe(word(derivedMac(SYSTEM, name, place)))
    end(net, vm)
    expect(macOf(net, begin(net, name))).toBe(word(derivedMac(SYSTEM, name, place)))
  })

  test('of a system with a long name too', () => {
    const system = 'folder-'.repeat(36)
    const net = new FakeNetwork([[{}], [{}]], {
      templates: [[{ mac: T, named: 3 }]],
      bundle: {
        bend: (tree) => {
          ;(tree.bulkhead.vms as Record<string, { system: string }>).template0!.system = system
        },
      },
    })
    expect(macOf(net, begin(net, 'worker'))).toBe(word(derivedMac(system, 'worker', 3)))
  })

  test('of several VMs at once differ, and each sends in its own name alone', () => {
    const net = new FakeNetwork([[{}]], { templates: [[{ mac: T, named: 0 }], [{ mac: T, named: 0 }]] })
    net.open(0)
    offer(net, 0)
    const macs = ['one', 'two'].map((name) => derivedMac(SYSTEM, name, 0))
    const vms = ['one', 'two'].map((name, i) => make(net.machine, 1 + i, name).vm)
    expect(vms.map((vm) => macOf(net, vm))).toEqual(macs.map(word))
    for (const vm of vms) net.open(vm)
    for (const [i, vm] of vms.entries()) {
      say(net, vm, A, macs[1 - i]!)
      expect(arrived(net, 0)).toBe(0)
      say(net, vm, A, macs[i]!)
      expect(arrived(net, 0)).toBe(1)
    }
  })

  test('that the config gives are one VM’s at a time; the next is refused and takes nothing', () => {
    const net = network([{ mac: T }, { mac: '52:00:00:00:00:78' }])
    const { machine } = net
    begin(net)
    const before = [Number(machine.core.freeMemory!()), machine.mmu.leaves().length]
    expect(make(machine, MADE, 'other').code).toBe(CONTROL_ADDRESS_TAKEN)
    const after = [Number(machine.core.freeMemory!()), machine.mmu.leaves().length]
    // The ports' pages are core's for ever.
    for (let i = 0; i < 40; i++) expect(make(machine, MADE, 'other').code).toBe(CONTROL_ADDRESS_TAKEN)
    expect([Number(machine.core.freeMemory!()), machine.mmu.leaves().length]).toEqual(after)
    expect(after[1]! - before[1]!).toBeLessThanOrEqual(4)
  })

  test('of a VM of the config are nobody’s else', () => {
    expect(make(network([{ mac: A }]).machine, MADE).code).toBe(CONTROL_ADDRESS_TAKEN)
    // In another network it may be: nobody confuses them there.
    expect(make(network([{ mac: A, network: 1 }]).machine, MADE).code).toBe(CONTROL_DONE)
  })

  test('cannot follow from nothing', () => {
    const bend = (tree: { bulkhead: { vms: unknown } }) =>
      void delete (tree.bulkhead.vms as Record<string, { system?: string }>).template0!.system
    const net = new FakeNetwork([[{}], [{}]], { templates: [[{ mac: T, named: 0 }]], bundle: { bend } })
    expect(make(net.machine, MADE).code).toBe(CONTROL_BAD_TEMPLATE)
  })
})

test('there are 32 ports, and a VM that has no room for its own takes none', () => {
  const places = Array.from({ length: 8 }, (_, i): FakePlace => ({ mac: `52:00:00:00:01:0${i}` }))
  const others = Array.from({ length: MAX_PORTS - 15 }, (_, i) => ({ mac: `52:00:00:00:02:${(16 + i).toString(16)}` }))
  const net = network(places, [[{}], others])
  for (let i = 0; i < 3; i++) {
    const { code, vm } = make(net.machine, MADE)
    expect(code).toBe(CONTROL_DONE)
    expect(make(net.machine, MADE, 'more').code).toBe(CONTROL_NO_ROOM)
    end(net, vm)
  }
})

describe('the switch fails', () => {
  test.each(['addPort', 'removePort'])('in %s: it begins anew with those that are there', (where) => {
    const net = network()
    const { joint, lines } = net.machine
    const fail = (name: string) => {
      if (name !== where) return
      joint.breakNet = () => {}
      trap(TRAP_UNREACHABLE)()
    }
    if (where === 'addPort') joint.breakNet = fail
    const vm = begin(net)
    say(net, 0, T)
    expect(arrived(net, vm)).toBe(1)
    joint.breakNet = where === 'removePort' ? fail : joint.breakNet
    const before = lines.length
    end(net, vm)
    say(net, 0, T)
    say(net, 0, B)
    expect(arrived(net, 1)).toBe(1)
    if (where === 'removePort') expect(net.machine.lines.slice(before).join('\n')).toMatch(/the network switch failed/)
    const next = begin(net)
    say(net, 0, T)
    expect(arrived(net, next)).toBe(1)
  })

  test('for good: VMs come and go, nobody gets a frame', () => {
    const net = network()
    net.machine.joint.breakNet = trap(TRAP_UNREACHABLE)
    const vm = begin(net)
    say(net, 0, T)
    expect(arrived(net, vm)).toBe(0)
    end(net, vm)
    expect(state(net.machine, vm)).toBe(STATE_ABSENT)
  })
})

test('who got a frame from a VM whose compartment fails before it says so hears of it all the same', () => {
  const net = network()
  const { core } = net.machine
  net.machine.core = { ...core, frameFlush: () => 0 } as never
  say(net, 0, B)
  net.machine.core = core
  net.vmm(1).fresh()
  control(net.machine, CONTROL_STOP, 0)
  expect(net.vmm(1).fresh()).toEqual([['frames', 0]])
})

function named(name: string): [bigint, bigint, bigint, bigint] {
  const bytes = Buffer.alloc(32)
  bytes.write(name)
  return [0, 8, 16, 24].map((at) => bytes.readBigUInt64LE(at)) as [bigint, bigint, bigint, bigint]
}
