/** VMs of run time in networks: what is left of their ports when they are unmade, and who has their addresses; on core as it ships. */
import { describe, expect, test } from 'vitest'
import { MAX_PORTS } from '../../src/abi/layout.ts'
import {
  CONTROL_ADDRESS_TAKEN,
  CONTROL_DONE,
  CONTROL_NO_ROOM,
  CONTROL_STOP,
  FIGURE_RECEIVED_FRAMES,
  FIGURE_SENT_FRAMES,
  STATE_ABSENT,
  STATE_LEAVING,
} from '../../src/abi/life.ts'
import { UPLINK_TRANSMIT } from '../../src/abi/uplink.ts'
import { derivedMac } from '../../tool/config/network.ts'
import { state } from '../fake/asking.ts'
import { RAM } from '../fake/bundle.ts'
import type { FakePlace } from '../fake/bundle-port.ts'
import { control, KEEPER, request } from '../fake/control.ts'
import {
  A,
  ALL,
  arrived,
  B,
  BUFFERS,
  begin,
  end,
  FRAME,
  figure,
  MADE,
  network,
  offer,
  payload,
  say,
  T,
} from '../fake/joined.ts'
import { make, nameWords } from '../fake/made.ts'
import { FakeNetwork, HEADER, SYSTEM } from '../fake/network.ts'
import { outsidePair } from '../fake/outside.ts'

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
      expect([state(machine, vm), Number(machine.core.vmCreate!(MADE, ...nameWords('other'))) & 0xff]).toEqual([
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
    net.send(0, { to: T, from: A, payload, isSilent: true })
    expect(arrived(net, first)).toBe(1)
    end(net, first)
    const second = make(net.machine, MADE).vm
    net.vmm(second).fresh()
    net.as(0, () => net.machine.core.frameFlush!(0))
    net.machine.pump()
    expect(net.vmm(second).fresh()).toEqual([])
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

test('who got a frame from a VM whose compartment fails before it says so hears of it all the same', () => {
  const net = network()
  net.send(0, { to: B, from: A, payload, isSilent: true })
  net.vmm(1).fresh()
  control(net.machine, CONTROL_STOP, 0)
  expect(net.vmm(1).fresh()).toEqual([['frames', 0]])
})

describe('the network card’s buffers', () => {
  test('that a VM held when it was unmade count for nobody who has its port next', () => {
    const net = outsidePair({ templates: [[{ mac: T }]] })
    const fill = (vm: number, from = T) => {
      const before = net.card.sent.length
      for (let i = 0; i < 200; i++) net.send(vm, { to: '52:55:0a:00:02:02', from, payload })
      return net.card.sent.length - before
    }
    net.card.isFast = false
    for (const free of [UPLINK_TRANSMIT, UPLINK_TRANSMIT / 2, UPLINK_TRANSMIT / 4]) {
      const vm = begin(net)
      expect(fill(vm)).toBe(free / 2)
      end(net, vm)
    }
    // All of them go out, and come back.
    net.card.isFast = true
    expect(fill(0, A)).toBe(200)
    expect(fill(begin(net))).toBe(200)
  })
})
