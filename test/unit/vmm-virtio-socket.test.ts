/** The socket device: packets that it sends, holds and hands on, and what it lets nobody send. Virtio 1.2, "Socket Device". */
import { beforeEach, describe, expect, test } from 'vitest'
import { OP, type Packet, packetBytes } from '../fake/packet.ts'
import type { FakePort } from '../fake/port.ts'
import { type DriverQueue, FEATURE, REGISTER, STATUS, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const SOCKET = 19
const NETWORK = 1
const STREAM = 1n
const BASE = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx
const OWN = 5
const PEER = 6

let vmm: FakeVmm
let driver: VirtioDriver
let port: FakePort
let rx: DriverQueue
let tx: DriverQueue

function make(options = {}): void {
  vmm = new FakeVmm({ slots: [SOCKET], ram: 0x8_0000, ports: [{ cid: OWN }], fueled: true, ...options })
  driver = new VirtioDriver(vmm).start(3, { features: BASE | STREAM })
  port = vmm.ports[0]!
  rx = driver.queues[0]!
  tx = driver.queues[1]!
}

beforeEach(() => make())

const payload = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 7) & 0xff))
const rw = (more: Partial<Packet> = {}): Packet => ({
  from: OWN,
  to: PEER,
  fromPort: 10,
  toPort: 20,
  op: OP.rw,
  ...more,
})
const sizes = () => port.packets.map((each) => each.payload?.length ?? 0)

function send(packet: Packet): void {
  tx.add({ read: [packetBytes(packet)] })
  tx.notify()
}

describe('configuration', () => {
  test('names the CID and offers streams', () => {
    expect([0, 4].map((at) => driver.read(REGISTER.config + at))).toEqual([OWN, 0])
    expect(driver.offered & 0xffn).toBe(STREAM)
  })

  test('its port is the second where a network device stands before it', () => {
    vmm = new FakeVmm({ slots: [NETWORK, SOCKET], ram: 0x8_0000, ports: [{}, { cid: OWN }] })
    expect(new VirtioDriver(vmm, 1).read(REGISTER.config)).toBe(OWN)
  })
})

describe('sending', () => {
  test('a packet in one buffer, or in many, is the same packet', () => {
    const whole = rw({ flags: 3, credit: 0x4_0000, forwarded: 99, payload: payload(300) })
    const bytes = packetBytes(whole)
    const cuts = [[], [44], [10, 40], [44, 45, 200], [1, 2, 3, 50, 51, 52]]
    for (const cut of cuts) {
      tx.add({ read: [...cut, bytes.length].map((end, i) => bytes.subarray(cut[i - 1] ?? 0, end)) }, cut.length > 2)
      tx.notify()
      expect(tx.collect().map(({ written }) => written)).toEqual([0])
      expect(port.packets.pop()).toEqual(whole)
    }
  })

  test.each([
    ['in another’s name', packetBytes(rw({ from: PEER, payload: payload(8) }))],
    ['with half a header', packetBytes(rw()).subarray(0, 40)],
    ['that says it is longer than it is', packetBytes(rw({ payload: payload(8), length: 9 }))],
    ['that says it is very long', packetBytes(rw({ payload: payload(8), length: 0xffff_fff0 }))],
  ])('one %s is answered, and goes nowhere', (_, bytes) => {
    tx.add({ read: [bytes] })
    tx.notify()
    expect(tx.collect()).toHaveLength(1)
    expect(port.packets).toEqual([])
    send(rw())
    expect(port.packets).toEqual([rw()])
  })

  test('what lies behind the packet in its buffers is not sent', () => {
    send(rw({ payload: payload(100), length: 60 }))
    expect(sizes()).toEqual([60])
  })

  test('a long packet takes several turns, and several calls where it lies in many pieces', () => {
    make({ ram: 0x20_0000 })
    const bytes = packetBytes(rw({ payload: payload(15 * 700) }))
    tx.add({ read: Array.from({ length: 15 }, (_, i) => bytes.subarray(i ? 44 + i * 700 : 0, 44 + (i + 1) * 700)) })
    tx.notify()
    expect(Buffer.concat(port.packets.map((each) => each.payload!))).toEqual(payload(15 * 700))
    expect(tx.collect()).toHaveLength(1)
  })
})

describe('a packet that finds no room', () => {
  test('waits, and those behind it; it goes on from where it was when there is room', () => {
    port.packetFate = () => [100, 1]
    send(rw({ payload: payload(300) }))
    port.packetFate = () => [0, 1]
    send(rw({ payload: payload(1) }))
    expect(tx.collect()).toEqual([])
    port.packetFate = (size) => [size, 0]
    vmm.frames()
    expect(port.packets.map(({ payload }) => payload)).toEqual([
      payload(300).subarray(0, 100),
      payload(300).subarray(100),
      payload(1),
    ])
    expect(tx.collect()).toHaveLength(2)
  })

  test('is tried again by itself, a few times a second', () => {
    let tries = 0
    port.packetFate = () => {
      tries++
      return [0, 1]
    }
    send(rw({ payload: payload(3) }))
    vmm.pass(1_000_000)
    expect(tries).toBeGreaterThan(10)
    expect(tries).toBeLessThan(40)
    port.packetFate = (size) => [size, 0]
    vmm.pass(100_000)
    expect(sizes()).toEqual([3])
  })

  test('or nobody who takes it, is answered, and the next one goes', () => {
    port.packetFate = () => [0, 2]
    send(rw({ payload: payload(3) }))
    expect(tx.collect()).toHaveLength(1)
    port.packetFate = (size) => [size, 0]
    send(rw({ payload: payload(4) }))
    expect(sizes()).toEqual([4])
  })

  test('may be changed by its guest meanwhile, to its own harm', () => {
    port.packetFate = () => [100, 1]
    const bytes = packetBytes(rw({ payload: payload(300) }))
    const at = rx.at(tx.base) + 0x4000
    tx.add({ read: [bytes] })
    tx.notify()
    vmm.ram.bytes.writeUInt32LE(50, at + 24)
    port.packetFate = (size) => [size, 0]
    vmm.frames()
    expect(tx.collect()).toHaveLength(1)
    expect(sizes()).toEqual([100])
  })

  test('is forgotten with its driver', () => {
    port.packetFate = () => [0, 1]
    send(rw({ payload: payload(3) }))
    driver.write(REGISTER.status, 0)
    port.packetFate = (size) => [size, 0]
    vmm.pass(1_000_000)
    expect([port.packets, port.isOpen]).toEqual([[], false])
  })
})

describe('receiving', () => {
  test('what came goes to the driver, which is interrupted', () => {
    rx.add({ write: [44, 4096] }, true)
    rx.notify()
    const [{ head }] = [port.offers.shift()!]
    port.filled.push({ head, written: 144 })
    vmm.frames()
    expect(rx.collect().map(({ written }) => written)).toEqual([144])
    expect(driver.interruptStatus).toBe(1)
  })

  test('new buffers are offered when the driver says so, and resets asked for', () => {
    expect(port.isOpen).toBe(true)
    port.resets = 5
    rx.add({ write: [200] })
    rx.notify()
    expect(port.offers).toHaveLength(1)
    expect(port.resets).toBeLessThanOrEqual(0)
    expect(port.flushes).toBeGreaterThan(0)
  })

  test('the event queue keeps its buffers', () => {
    driver.queues[2]!.add({ write: [4] })
    driver.queues[2]!.notify()
    expect(driver.queues[2]!.collect()).toEqual([])
    expect(driver.status & STATUS.needsReset).toBe(0)
  })
})

describe('a limit', () => {
  test('of bytes lets streams through at that rate, none of them lost', () => {
    const [RATE, SHIFT] = [2n, 48n]
    make({ settings: [(RATE << SHIFT) | 10_000n] })
    for (let i = 0; i < 10; i++) send(rw({ payload: payload(1000) }))
    expect(sizes().length).toBeLessThan(5)
    vmm.pass(2_000_000)
    expect(sizes()).toHaveLength(10)
    expect(tx.collect()).toHaveLength(10)
  })
})
