/** A network's way to the board's card as core has it: whose frames go out and come in, and what neither may take from others. */
import { describe, expect, test } from 'vitest'
import { TRAP_MEMORY, TRAP_UNREACHABLE } from '../../src/abi/compartment.ts'
import { UPLINK_MEMORY, UPLINK_TRANSMIT } from '../../src/abi/uplink.ts'
import { MiB } from '../fake/board.ts'
import { trap } from '../fake/compartment.ts'
import { HEADER, MACS } from '../fake/network.ts'
import { ethernet, type FakeOutside, got, type OutsideOptions, outsidePair as pair, payload } from '../fake/outside.ts'

const [A, B] = MACS as [string, string]
const ALL = 'ff:ff:ff:ff:ff:ff'
const SERVER = '52:55:0a:00:02:02'
describe('frames', () => {
  test('to nobody in the network go out whole, others do not', () => {
    const net = pair()
    net.send(0, { to: SERVER, from: A, payload: payload(500), cuts: [100, 250] })
    net.send(0, { to: B, from: A, payload: payload(500) })
    expect(net.card.sent.map((each) => each.subarray(HEADER))).toEqual([ethernet(SERVER, A, payload(500))])
    expect(got(net, 1)).toEqual([ethernet(B, A, payload(500))])
  })

  test('to all go to all, and out', () => {
    const net = pair()
    net.send(0, { to: ALL, from: A, payload: payload(50) })
    expect([net.card.sent.length, got(net, 1).length]).toEqual([1, 1])
  })

  test('from outside come to whom they are for', () => {
    const net = pair()
    net.arrive(ethernet(A, SERVER, payload(60)), ethernet(B, SERVER, payload(1500)), ethernet(ALL, SERVER, payload(70)))
    expect(got(net, 0)).toEqual([ethernet(A, SERVER, payload(60)), ethernet(ALL, SERVER, payload(70))])
    expect(got(net, 1)).toEqual([ethernet(B, SERVER, payload(1500)), ethernet(ALL, SERVER, payload(70))])
    expect(net.card.sent).toEqual([])
    expect(
      [0, 1].map(
        (vm) =>
          net
            .vmm(vm)
            .fresh()
            .filter(([name]) => name === 'frames').length > 0,
      ),
    ).toEqual([true, true])
  })

  test('from outside in the name of a VM come to nobody', () => {
    const net = pair()
    net.arrive(ethernet(A, B, payload(60)), ethernet(ALL, A, payload(60)))
    expect([got(net, 0), got(net, 1)]).toEqual([[], []])
  })

  test('of a VLAN are bridged if that is the uplink’s, and then alone and without tags', () => {
    const net = pair({ vlan: 5 }, [{ vlan: 5 }, {}])
    for (const vm of [0, 1]) net.send(vm, { to: SERVER, from: MACS[vm]!, payload: payload(60) })
    expect(net.card.sent).toHaveLength(1)
    net.arrive(ethernet(ALL, SERVER, payload(60)), ethernet(ALL, SERVER, payload(60), 0x8100))
    expect([got(net, 0).length, got(net, 1).length]).toEqual([1, 0])
  })

  test('longer than the card takes are not sent', () => {
    const net = pair()
    net.send(0, { to: SERVER, from: A, payload: payload(1505) })
    expect(net.card.sent).toEqual([])
  })
})

describe('buffers of the card', () => {
  const flood = (net: FakeOutside, vm: number, count: number) => {
    const before = net.card.sent.length
    for (let i = 0; i < count; i++) net.send(vm, { to: SERVER, from: MACS[vm]!, payload: payload(60) })
    return net.card.sent.length - before
  }

  test('are not taken by one sender alone while the card is slow', () => {
    const net = pair()
    net.card.isFast = false
    expect(flood(net, 0, 200)).toBe(UPLINK_TRANSMIT / 2)
    expect(flood(net, 1, 200)).toBe(UPLINK_TRANSMIT / 4)
    expect(flood(net, 0, 10)).toBe(0)
  })

  test('come back once the card has sent', () => {
    const net = pair()
    expect(flood(net, 0, 1000)).toBe(1000)
  })

  test('come back once each, whatever the service says', () => {
    const net = pair()
    net.card.isFast = false
    flood(net, 0, 10)
    net.machine.joint.uplink = { ...net.machine.joint.uplink, receive: () => -1n, interrupt: () => 0, refill: () => 0 }
    let said = 0
    net.machine.joint.uplink.reclaim = () => said++ % 3
    net.line = true
    net.machine.interrupt(0)
    net.line = false
    net.machine.joint.uplink.reclaim = () => -1
    // Three of ten are free again: half of what is left is one sender's.
    expect(net.machine.lines.filter((line) => /panic|failed/.test(line))).toEqual([])
  })
})

describe('a service that lies', () => {
  const PLACES: [string, bigint][] = [
    ['behind the shared memory', (100n << 32n) | BigInt(UPLINK_MEMORY - 50)],
    ['far away', (100n << 32n) | 0xffff_fff0n],
    ['larger than a buffer', (0x1000n << 32n) | 0x4000n],
    ['too small to be one', (13n << 32n) | 0x4000n],
  ]
  test.each(PLACES)('about a frame %s is not followed, and its turn ends', (_, lie) => {
    const net = pair()
    net.card.cost = 100n
    net.card.lie = lie
    net.arrive()
    net.card.lie = undefined
    net.line = false
    expect([got(net, 0), got(net, 1)]).toEqual([[], []])
    net.machine.elapse(10_000_000n)
    net.arrive(ethernet(A, SERVER, payload(60)))
    expect(got(net, 0)).toHaveLength(1)
  })
})

describe('a service that fails', () => {
  test.each([
    ['a trap', 'receive', trap(TRAP_UNREACHABLE)],
    ['a fault', 'transmit', trap(TRAP_MEMORY, 0x2a_8000_0000n)],
  ])('by %s in %s begins anew, and works again', (_, place, fail) => {
    const net = pair()
    net.card.onCall = (name) => {
      if (name !== place) return
      net.card.onCall = () => {}
      fail()
    }
    net.send(0, { to: SERVER, from: A, payload: payload(60) })
    net.arrive(ethernet(A, SERVER, payload(60)))
    const said = net.machine.lines.join('\n')
    expect(said).toMatch(/the uplink failed \(fault 1\): .*; it began anew/)
    expect(net.machine.joint.uplinkBegins).toBe(2)
    net.send(0, { to: SERVER, from: A, payload: payload(70) })
    expect(net.card.sent.at(-1)!.subarray(HEADER)).toEqual(ethernet(SERVER, A, payload(70)))
    got(net, 0)
    net.arrive(ethernet(A, SERVER, payload(80)))
    expect(got(net, 0)).toEqual([ethernet(A, SERVER, payload(80))])
  })

  test('again and again is left alone, and VMs reach each other', () => {
    const net = pair()
    net.card.onCall = (name) => {
      if (name === 'interrupt') trap(TRAP_UNREACHABLE)()
    }
    for (let i = 0; i < 20; i++) net.arrive()
    net.line = false
    const begins = net.machine.joint.uplinkBegins
    expect(begins).toBeLessThan(12)
    expect(net.machine.lines.join('\n')).toMatch(/the uplink failed .*; networks reach nothing outside/)
    expect(net.source.enabled).toBe(false)
    net.send(0, { to: SERVER, from: A, payload: payload(60) })
    net.send(0, { to: B, from: A, payload: payload(60) })
    expect([net.card.sent.length, got(net, 1).length, net.machine.joint.uplinkBegins]).toEqual([0, 1, begins])
  })
})

describe('a flood from outside', () => {
  const FREQUENCY = 62_500_000n

  test.each([10, 30, 80])('takes no more than %i percent of the time, and a millisecond of it at once', (share) => {
    const net = pair({ share })
    net.card.cost = 1000n
    const spent = () => BigInt(asked) * net.card.cost
    let asked = 0
    net.card.onCall = (name) => {
      if (name !== 'receive') return
      asked++
      net.card.incoming.push(ethernet(A, SERVER, payload(60)))
    }
    const began = net.machine.now
    net.arrive(ethernet(A, SERVER, payload(60)))
    for (let i = 0; i < 100; i++) {
      net.machine.elapse(FREQUENCY / 1000n)
      const passed = net.machine.now - began
      const most = ((passed + FREQUENCY / 1000n) * BigInt(share)) / 100n + 65n * net.card.cost
      expect(spent() <= most, `${spent()} of ${passed}`).toBe(true)
    }
    const passed = net.machine.now - began
    expect(Number(spent()) / Number(passed)).toBeGreaterThan((share / 100) * 0.8)
  })

  test('that ends leaves nothing behind: nobody looks before the card interrupts', () => {
    const net = pair()
    net.card.cost = 1000n
    net.arrive(...Array.from({ length: 500 }, () => ethernet(A, SERVER, payload(60))))
    net.machine.elapse(FREQUENCY)
    expect(net.card.incoming).toEqual([])
    let looks = 0
    net.card.onCall = () => looks++
    net.machine.elapse(FREQUENCY)
    expect([looks, net.source.enabled]).toEqual([0, true])
  })

  test('of little is not held up', () => {
    const net = pair()
    net.card.cost = 100n
    for (let i = 0; i < 20; i++) {
      net.machine.elapse(FREQUENCY / 1000n)
      net.arrive(ethernet(A, SERVER, payload(60)))
      expect(got(net, 0)).toHaveLength(1)
      net.offer(0, i % 8, MiB + (i % 8) * 2048, [2048])
      expect(net.source.enabled).toBe(true)
    }
  })
})

describe('boot', () => {
  const said = (options: OutsideOptions) =>
    pair(options).machine.lines.filter((line) => /network card|outside/.test(line))

  test('says that the card is there, or what is wrong, and goes on', () => {
    expect(said({})).toEqual(["bulkhead | the board's network card is up"])
    expect(said({ type: 2 })[0]).toMatch(
      /networks reach nothing outside: the board has no such network card: attach one/,
    )
    expect(said({ version: 1 })[0]).toMatch(
      /networks reach nothing outside: its network card is a legacy virtio device/,
    )
    expect(said({ works: false })[0]).toMatch(/networks reach nothing outside: the network card does not work/)
  })

  test('without a card VMs reach each other', () => {
    const net = pair({ works: false })
    net.send(0, { to: B, from: A, payload: payload(60) })
    net.send(0, { to: SERVER, from: A, payload: payload(60) })
    expect(got(net, 1)).toHaveLength(1)
    expect(net.source.enabled).toBe(false)
  })
})
