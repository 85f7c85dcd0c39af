/** Frames between VMs as core carries them: into whose buffers, which bytes, and what nobody can make it do. */
import { describe, expect, test } from 'vitest'
import { ask, ON_CRASH, RESET, stop } from '../fake/asking.ts'
import { MiB } from '../fake/board.ts'
import { RAM } from '../fake/bundle.ts'
import { FakeNetwork, HEADER, MACS } from '../fake/network.ts'

const [A, B] = MACS as [string, string]
const ALL = 'ff:ff:ff:ff:ff:ff'
const BUFFERS = MiB
const payload = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 7) & 0xff))

/** Two VMs whose ports are open; VM 1 has offered `buffers`, each of the sizes of its pieces. */
function pair(buffers: number[][] = [[2048]], { isMergeable = true, ...place } = {}): FakeNetwork {
  const net = new FakeNetwork([[place], [place]], { restart: ON_CRASH })
  net.open(0)
  net.open(1, { isMergeable })
  for (const [i, sizes] of buffers.entries()) net.offer(1, i, BUFFERS + i * 0x1_0000, sizes)
  return net
}

/** The frame as the receiver has it in front of it. */
function expected(bytes: Buffer, buffers = 1, header = Buffer.alloc(10)): Buffer {
  const merged = Buffer.alloc(2)
  merged.writeUInt16LE(buffers)
  const macs = [B, A].flatMap((mac) => mac.split(':').map((byte) => Number.parseInt(byte, 16)))
  return Buffer.concat([header, merged, Buffer.from([...macs, 8, 0]), bytes])
}

describe('a frame', () => {
  test.each([[[]], [[1]], [[100, 1, 50]]])('of pieces %j arrives whole, and the receiver hears of it', (cuts) => {
    const net = pair()
    net.vmm(1).fresh()
    net.send(0, { to: B, from: A, payload: payload(500), cuts })
    net.machine.pump()
    expect(net.vmm(1).fresh()).toEqual([['frames', 0]])
    expect(net.take(1)).toEqual([[0, HEADER + 514]])
    expect(net.read(1, BUFFERS, HEADER + 514)).toEqual(expected(payload(500)))
    expect(net.take(1)).toEqual([])
  })

  test.each([[[[12, 700]]], [[[1, 1, 1, 9, 14, 1000]]], [[[526]]], [[[512, 14]]]])(
    'goes into a buffer of pieces %j',
    (buffers) => {
      const net = pair(buffers)
      net.send(0, { to: B, from: A, payload: payload(500), cuts: [3, 250] })
      expect(net.take(1)).toEqual([[0, 526]])
      expect(net.read(1, BUFFERS, 526)).toEqual(expected(payload(500)))
    },
  )

  test('is spread over as many buffers as it takes, where the driver merges them', () => {
    const net = pair([[100], [60, 40], [300], [300], [300]])
    net.send(0, { to: B, from: A, payload: payload(500) })
    expect(net.take(1)).toEqual([
      [0, 100],
      [1, 100],
      [2, 300],
      [3, 26],
    ])
    const bytes = [0, 1, 2, 3].map((i) => net.read(1, BUFFERS + i * 0x1_0000, [100, 100, 300, 26][i]!))
    expect(Buffer.concat(bytes)).toEqual(expected(payload(500), 4))
  })

  test('that finds no room is lost, and the buffers stay', () => {
    const net = pair([[100], [100]], { isMergeable: false })
    net.send(0, { to: B, from: A, payload: payload(500) })
    expect(net.take(1)).toEqual([])
    net.send(0, { to: B, from: A, payload: payload(74) })
    net.send(0, { to: B, from: A, payload: payload(60) })
    net.send(0, { to: B, from: A, payload: payload(60) })
    expect(net.take(1)).toEqual([
      [0, 100],
      [1, 86],
    ])
  })

  test('to all comes to all others, once each, and costs what it takes', () => {
    const net = new FakeNetwork([[{}], [{}], [{}]])
    for (const vm of [0, 1, 2]) {
      net.open(vm)
      net.offer(vm, vm, BUFFERS, [2048])
    }
    expect(net.send(1, { to: ALL, from: B, payload: payload(100) })).toBe(228)
    expect([0, 1, 2].map((vm) => net.take(vm))).toEqual([[[0, 126]], [], [[2, 126]]])
  })

  test('to a VM whose driver is not up, or gone, is lost', () => {
    const net = pair()
    net.close(1)
    net.send(0, { to: B, from: A, payload: payload(100) })
    net.open(1)
    expect(net.take(1)).toEqual([])
    expect(net.room(1)).toBe(256)
  })

  test('in another’s name reaches nobody', () => {
    const net = pair()
    net.send(0, { to: B, from: B, payload: payload(100) })
    expect(net.take(1)).toEqual([])
  })
})

describe('what a compartment asks', () => {
  test('about a device that its VM does not have is nothing', () => {
    const net = new FakeNetwork([[{}], []])
    const { core } = net.machine
    net.as(1, () => {
      expect(BigInt(core.portPlace!(0))).toBe(0n)
      expect(core.frameRoom!(0)).toBe(0)
      expect(core.frameOffer!(0, BigInt(RAM), 100, 0, 1)).toBe(0)
      expect(BigInt.asUintN(64, BigInt(core.frameTake!(0)))).toBe(2n ** 64n - 1n)
      core.portOpen!(0, 1)
      core.frameFlush!(7)
    })
  })

  test('address and MTU are those of the config', () => {
    const net = new FakeNetwork([[{ mac: '52:01:02:03:04:05', mtu: 9000 }]])
    const place = net.as(0, () => BigInt.asUintN(64, BigInt(net.machine.core.portPlace!(0))))
    expect(place.toString(16)).toBe('2328050403020152')
  })

  test('buffers that are not RAM are not taken, and spoil their chain alone', () => {
    const net = pair([])
    expect(net.offer(1, 0, 4 * MiB - 100, [200])).toEqual([false])
    expect(net.offer(1, 1, BUFFERS, [100, 0, 100])).toEqual([true, false, true])
    expect(net.offer(1, 2, BUFFERS, [300])).toEqual([true])
    net.send(0, { to: B, from: A, payload: payload(100) })
    expect(net.take(1).map(([head]) => head)).toEqual([1, 2])
  })

  test('no more buffers are taken than there is room for, also if none is ever collected', () => {
    const net = pair([])
    let taken = 0
    for (let i = 0; i < 1000; i++) {
      if (net.offer(1, i, BUFFERS, [200])[0]) taken++
      net.send(0, { to: B, from: A, payload: payload(100) })
    }
    expect(taken).toBe(256)
    expect(net.take(1).map(([head]) => head)).toEqual(Array.from({ length: 256 }, (_, i) => i))
    expect(net.room(1)).toBe(256)
  })

  test('a frame of pieces that are not RAM, or too many of them, is not sent, and the next one is', () => {
    const net = pair([[2048], [2048]])
    net.send(0, { to: B, from: A, payload: payload(100), at: 4 * MiB - 200, cuts: [] })
    net.as(0, () => net.machine.core.frameGather!(0, BigInt(RAM + 4 * MiB), 1))
    net.send(0, { to: B, from: A, payload: payload(100) })
    net.send(0, { to: B, from: A, payload: payload(100), cuts: Array.from({ length: 64 }, () => 1) })
    expect(net.take(1)).toEqual([[0, 126]])
    net.send(0, { to: B, from: A, payload: payload(100), cuts: Array.from({ length: 63 }, () => 1) })
    expect(net.take(1)).toEqual([[1, 126]])
  })
})

describe('headers', () => {
  const header = (flags: number, gso: number, [length, size, start, offset]: number[]) => {
    const bytes = Buffer.from([flags, gso, 0, 0, 0, 0, 0, 0, 0, 0])
    for (const [i, value] of [length!, size!, start!, offset!].entries()) bytes.writeUInt16LE(value, 2 + i * 2)
    return bytes
  }
  const arrives = (offload: boolean, bytes: Buffer, length = 1000) => {
    const net = pair([[0x1_0000], [0x1_0000]], { offload, mtu: 1500 } as never)
    net.send(0, { to: B, from: A, payload: payload(length), header: bytes })
    const [first] = net.take(1)
    if (!first) return undefined
    return net.read(1, BUFFERS, 10)
  }
  const checksum = header(1, 0, [0, 0, 34, 16])
  const segments = header(1, 1, [54, 1448, 34, 16])

  test('with work left to do go to ports of networks with offloads alone, as they are', () => {
    expect([checksum, segments].map((each) => arrives(false, each))).toEqual([undefined, undefined])
    expect([checksum, segments].map((each) => arrives(true, each))).toEqual([checksum, segments])
  })

  test('that reach beyond the frame, or make no sense, go nowhere', () => {
    const wrong = [
      header(1, 0, [0, 0, 1012, 1]),
      header(1, 0, [0, 0, 0xffff, 0xffff]),
      header(1, 0, [2000, 0, 34, 16]),
      header(1, 1, [54, 0, 34, 16]),
      header(0, 1, [54, 1448, 34, 16]),
      header(1, 2, [54, 1448, 34, 16]),
      header(1, 0x81, [54, 1448, 34, 16]),
      header(2, 0, [0, 0, 0, 0]),
      header(0xff, 0, [0, 0, 34, 16]),
    ]
    expect(wrong.map((each) => arrives(true, each))).toEqual(wrong.map(() => undefined))
  })

  test('a frame is as long as the MTU and a VLAN tag allow, one of segments as an IP packet', () => {
    const plain = header(0, 0, [0, 0, 0, 0])
    expect(arrives(false, plain, 1504)).toBeDefined()
    expect(arrives(false, plain, 1505)).toBeUndefined()
    expect(arrives(true, checksum, 1505)).toBeUndefined()
    expect(arrives(true, segments, 0xfff0 - 100)).toBeDefined()
    expect(arrives(true, segments, 0x1_0010)).toBeUndefined()
  })
})

describe('the end of a VM', () => {
  test('closes its port before its RAM is another life’s; the next life opens it again', () => {
    const net = pair([[2048], [2048]])
    const { machine } = net
    ask(machine, stop(RESET), 1)
    net.write(1, BUFFERS, Buffer.alloc(600, 0x77))
    net.send(0, { to: B, from: A, payload: payload(500) })
    expect(net.read(1, BUFFERS, 600)).toEqual(Buffer.alloc(600, 0x77))
    net.open(1)
    expect(net.take(1)).toEqual([])
    net.offer(1, 9, BUFFERS, [2048])
    net.send(0, { to: B, from: A, payload: payload(500) })
    expect(net.take(1)).toEqual([[9, 526]])
  })

  test('leaves its neighbour what it sent', () => {
    const net = pair()
    net.send(0, { to: B, from: A, payload: payload(500) })
    ask(net.machine, stop(RESET), 0)
    expect(net.take(1)).toEqual([[0, 526]])
  })
})
