/** The switch: whom a frame reaches, who may send it, and how often all may be bothered. */
import { describe, expect, test } from 'vitest'
import { FakeSwitch } from '../fake/switch.ts'

const A = '52:00:00:00:00:01'
const B = '52:00:00:00:00:02'
const C = '52:00:00:00:00:03'
const D = '52:00:00:00:00:04'
const FOREIGN = '52:00:00:00:99:99'
const ALL = 'ff:ff:ff:ff:ff:ff'
const GROUP = '33:33:00:00:00:01'
const VLAN_TAGS = [0x8100, 0x88a8]

describe('among ports of one network', () => {
  const make = () => new FakeSwitch([{ mac: A }, { mac: B }, { mac: C }])

  test('a frame goes to whom it is addressed, the first time already, and to nobody else', () => {
    const net = make()
    for (let i = 0; i < 3; i++) {
      expect(net.forward(0, { to: B, from: A })).toEqual([1])
      expect(net.forward(0, { to: C, from: A })).toEqual([2])
      expect(net.forward(2, { to: A, from: C })).toEqual([0])
    }
  })

  test('one to all or to a group goes to all the others', () => {
    expect(make().forward(1, { to: ALL, from: B })).toEqual([0, 2])
    expect(make().forward(1, { to: GROUP, from: B })).toEqual([0, 2])
  })

  test('one to nobody, or to its sender, goes nowhere', () => {
    expect(make().forward(0, { to: FOREIGN, from: A })).toEqual([])
    expect(make().forward(0, { to: A, from: A })).toEqual([])
    expect(make().forward(0, { to: '00:00:00:00:00:00', from: A })).toEqual([])
  })

  test('what is for the next bridge alone goes no further (IEEE 802.1Q, "Reserved addresses")', () => {
    expect(make().forward(0, { to: '01:80:c2:00:00:00', from: A })).toEqual([])
    expect(make().forward(0, { to: '01:80:c2:00:00:0e', from: A })).toEqual([])
    expect(make().forward(0, { to: '01:80:c2:00:00:10', from: A })).toEqual([1, 2])
  })

  test('nobody sends in the name of another, of nobody, or of a group', () => {
    for (const from of [B, FOREIGN, '00:00:00:00:00:00', ALL, GROUP]) {
      expect(make().forward(0, { to: C, from })).toEqual([])
    }
  })

  test('a port that there is not sends nothing', () => {
    expect(make().forward(3, { to: A, from: D })).toEqual([])
    expect(make().forward(99, { to: A, from: D })).toEqual([])
  })
})

describe('networks and VLANs', () => {
  test('do not reach each other, not by an address that is known, and not by one to all', () => {
    const net = new FakeSwitch([{ mac: A }, { mac: B }, { mac: C, network: 1 }, { mac: D, vlan: 5 }])
    expect(net.forward(0, { to: ALL, from: A })).toEqual([1])
    expect(net.forward(0, { to: C, from: A })).toEqual([])
    expect(net.forward(0, { to: D, from: A })).toEqual([])
    expect(net.forward(3, { to: A, from: D })).toEqual([])
  })

  test('do not learn for each other, however many there are', () => {
    for (const [network, vlan] of [
      [16, 0],
      [1, 0],
      [0, 7],
      [32, 0],
    ]) {
      const net = new FakeSwitch([{ mac: A }, { mac: B, network: network!, vlan: vlan!, isOpen: true }])
      net.forward(1, { to: ALL, from: FOREIGN })
      expect(net.forward(0, { to: FOREIGN, from: A })).toEqual([])
    }
  })

  test('the same VLAN of another network is another one', () => {
    const net = new FakeSwitch([
      { mac: A, vlan: 5 },
      { mac: B, vlan: 5 },
      { mac: C, vlan: 5, network: 1 },
    ])
    expect(net.forward(0, { to: ALL, from: A })).toEqual([1])
  })

  test.each(VLAN_TAGS)(
    'a port of a VLAN cannot leave it by tag 0x%s; without one tags are the guests’ affair',
    (type) => {
      const inside = new FakeSwitch([
        { mac: A, vlan: 5 },
        { mac: B, vlan: 5 },
        { mac: C, vlan: 6 },
      ])
      expect(inside.forward(0, { to: B, from: A, type })).toEqual([])
      expect(inside.forward(0, { to: ALL, from: A, type })).toEqual([])
      const plain = new FakeSwitch([{ mac: A }, { mac: B }])
      expect(plain.forward(0, { to: B, from: A, type })).toEqual([1])
    },
  )
})

describe('an open port', () => {
  const make = () => new FakeSwitch([{ mac: A }, { mac: B, isOpen: true }, { mac: C, isOpen: true }, { mac: D }])

  test('gets what is for nobody known, until that one has spoken behind another', () => {
    const net = make()
    expect(net.forward(0, { to: FOREIGN, from: A })).toEqual([1, 2])
    expect(net.forward(2, { to: A, from: FOREIGN })).toEqual([0])
    expect(net.forward(0, { to: FOREIGN, from: A })).toEqual([2])
  })

  test('may move: the last word counts', () => {
    const net = make()
    net.forward(2, { to: A, from: FOREIGN })
    net.forward(1, { to: A, from: FOREIGN })
    expect(net.forward(0, { to: FOREIGN, from: A })).toEqual([1])
  })

  test('is forgotten after 300 seconds of silence, and not before', () => {
    const net = make()
    net.forward(2, { to: A, from: FOREIGN })
    net.wait(299)
    expect(net.forward(0, { to: FOREIGN, from: A })).toEqual([2])
    net.wait(2)
    expect(net.forward(0, { to: FOREIGN, from: A })).toEqual([1, 2])
  })

  test('cannot take the address of a port of the config', () => {
    const net = make()
    expect(net.forward(1, { to: A, from: D })).toEqual([])
    expect(net.forward(0, { to: D, from: A })).toEqual([3])
  })

  test('pours no end of addresses into a table that is full, and what is used is still found', () => {
    const net = make()
    for (let i = 0; i < 5000; i++) {
      const hex = i.toString(16).padStart(4, '0')
      net.wait(0.001)
      net.forward(1, { to: A, from: `52:99:00:00:${hex.slice(0, 2)}:${hex.slice(2)}` })
    }
    net.forward(2, { to: A, from: FOREIGN })
    expect(net.forward(0, { to: FOREIGN, from: A })).toEqual([2])
    expect(net.forward(0, { to: D, from: A })).toEqual([3])
  })
})

describe('a port that goes', () => {
  const make = () => new FakeSwitch([{ mac: A }, { mac: B }, { mac: C, isOpen: true }])

  test('gets nothing more, sends nothing more, and who sent to it last asks again', () => {
    const net = make()
    expect(net.forward(0, { to: B, from: A })).toEqual([1])
    net.remove(1)
    expect(net.forward(0, { to: B, from: A })).toEqual([2])
    expect(net.forward(0, { to: ALL, from: A })).toEqual([2])
    expect(net.forward(1, { to: A, from: B })).toEqual([])
  })

  test('leaves its number to another, which has nothing of it', () => {
    const net = make()
    net.forward(0, { to: B, from: A })
    for (let i = 0; i < 600; i++) net.forward(1, { to: ALL, from: B })
    net.remove(1)
    net.add(1, { mac: D, network: 1 })
    expect(net.forward(0, { to: B, from: A })).toEqual([2])
    expect(net.forward(0, { to: ALL, from: A })).toEqual([2])
    expect(net.forward(1, { to: ALL, from: D })).toEqual([])
    net.remove(1)
    net.add(1, { mac: D })
    // What its number flooded before does not count.
    expect(net.forward(1, { to: ALL, from: D })).toEqual([0, 2])
    expect(net.forward(0, { to: D, from: A })).toEqual([1])
  })

  test('takes with it whoever was behind it, and nobody else', () => {
    const net = new FakeSwitch([{ mac: A }, { mac: B, isOpen: true }, { mac: C, isOpen: true }])
    const other = '52:00:00:00:99:98'
    net.forward(1, { to: A, from: FOREIGN })
    net.forward(2, { to: A, from: other })
    net.remove(1)
    net.add(1, { mac: D })
    expect(net.forward(0, { to: FOREIGN, from: A })).toEqual([2])
    expect(net.forward(0, { to: other, from: A })).toEqual([2])
  })

  test('leaves its address free for others behind an open port, until somebody has it again', () => {
    const net = make()
    expect(net.forward(2, { to: A, from: B })).toEqual([])
    net.remove(1)
    expect(net.forward(2, { to: A, from: B })).toEqual([0])
    expect(net.forward(0, { to: B, from: A })).toEqual([2])
    net.add(1, { mac: B })
    expect(net.forward(0, { to: B, from: A })).toEqual([1])
    expect(net.forward(2, { to: A, from: B })).toEqual([])
  })

  test('that there never was changes nothing', () => {
    const net = make()
    for (const port of [3, 31, 32, 0xffff_ffff]) net.remove(port)
    expect(net.forward(0, { to: B, from: A })).toEqual([1])
  })
})

describe('floods', () => {
  const flood = (net: FakeSwitch, port: number, frames: number, from: string) =>
    Array.from({ length: frames }, () => net.forward(port, { to: ALL, from })).filter((ports) => ports.length).length

  test('are 512 at once and 2,000 a second for each port; the others and single addresses do not feel it', () => {
    const net = new FakeSwitch([{ mac: A }, { mac: B }])
    expect(flood(net, 0, 3000, A)).toBe(512)
    expect(net.forward(0, { to: B, from: A })).toEqual([1])
    expect(flood(net, 1, 10, B)).toBe(10)
    net.wait(0.1)
    expect(flood(net, 0, 3000, A)).toBe(200)
    net.wait(3600)
    expect(flood(net, 0, 3000, A)).toBe(512)
  })

  test('to nobody cost nothing', () => {
    const net = new FakeSwitch([{ mac: A }, { mac: B }])
    for (let i = 0; i < 3000; i++) net.forward(0, { to: FOREIGN, from: A })
    expect(net.forward(0, { to: ALL, from: A })).toEqual([1])
  })
})
