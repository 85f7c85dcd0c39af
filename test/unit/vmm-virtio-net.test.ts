/** The network device: buffers that it offers, frames that it sends and hands on. Virtio 1.2, "Network Device". */
import { beforeEach, describe, expect, test } from 'vitest'
import type { FakePort } from '../fake/port.ts'
import { type DriverQueue, FEATURE, REGISTER, STATUS, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const NETWORK = 1
const NET = {
  csum: 1n << 0n,
  guestCsum: 1n << 1n,
  mtu: 1n << 3n,
  mac: 1n << 5n,
  guestTso: 3n << 7n,
  hostTso: 3n << 11n,
  merge: 1n << 15n,
  status: 1n << 16n,
}
const BASE = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx
const OFFLOADS = NET.csum | NET.guestCsum | NET.guestTso | NET.hostTso | NET.merge
const HEADER = Buffer.alloc(12)

let vmm: FakeVmm
let driver: VirtioDriver
let port: FakePort
let rx: DriverQueue
let tx: DriverQueue

function make(options = {}): void {
  vmm = new FakeVmm({
    slots: [NETWORK],
    ram: 0x8_0000,
    ports: [{ mac: '52:01:02:03:04:05', ...options }],
    fueled: true,
  })
  driver = new VirtioDriver(vmm)
  port = vmm.ports[0]!
}

function start(features = BASE | NET.merge, size = 16): void {
  driver.start(2, { features, size })
  rx = driver.queues[0]!
  tx = driver.queues[1]!
}

beforeEach(() => {
  make()
  start()
})

function frame(length: number, fill = 0x61): Buffer {
  return Buffer.concat([HEADER, Buffer.alloc(length, fill)])
}

function arrive(length: number, fill = 0x61): boolean {
  const taken = port.receive(vmm.ram, frame(length, fill))
  vmm.frames()
  return taken
}

describe('configuration', () => {
  test('names address, link and MTU', () => {
    make({ mtu: 1400 })
    expect([0, 1, 2, 3, 4, 5].map((i) => driver.read(REGISTER.config + i, 1))).toEqual([0x52, 1, 2, 3, 4, 5])
    expect(driver.read(REGISTER.config + 6, 2)).toBe(1)
    expect(driver.read(REGISTER.config + 10, 2)).toBe(1400)
  })

  test('offers what the network does', () => {
    const plain = NET.mac | NET.mtu | NET.status | NET.merge
    expect(driver.offered & 0xff_ffffn).toBe(plain)
    make({ offload: true })
    expect(driver.offered & 0xff_ffffn).toBe(plain | OFFLOADS)
  })

  test('a network with offloads has no use for a driver without: it would lose its neighbours’ frames', () => {
    make({ offload: true })
    const isAccepted = (features: bigint) => (driver.negotiate(BASE | features) & STATUS.featuresOk) !== 0
    expect([0n, NET.merge, NET.csum | NET.guestCsum, NET.guestTso].map(isAccepted)).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect([OFFLOADS, OFFLOADS & ~NET.merge].map(isAccepted)).toEqual([true, true])
  })
})

describe('sending', () => {
  test('a frame in one buffer, or in many, is the same frame', () => {
    const bytes = Buffer.from(Array.from({ length: 100 }, (_, i) => i))
    const cuts = [[], [12], [12, 26], [5, 20, 30], [1, 2, 3, 13, 14, 50], [26]]
    for (const cut of cuts) {
      const parts = [...cut, bytes.length].map((end, i) => bytes.subarray(cut[i - 1] ?? 0, end))
      tx.add({ read: parts }, cut.length > 3)
    }
    tx.notify()
    expect(tx.collect().map(({ written }) => written)).toEqual(cuts.map(() => 0))
    const expected = Buffer.from(bytes)
    expected.writeUInt16LE(0, 10) // num_buffers is the device's
    const got = port.sent.map((each) => {
      each.writeUInt16LE(0, 10)
      return each
    })
    expect(got).toEqual(cuts.map(() => expected))
  })

  test('what is no frame is answered, and sent to nobody', () => {
    tx.add({ read: [Buffer.alloc(25)] })
    tx.add({ write: [100] })
    tx.add({ read: [frame(14)] })
    tx.notify()
    expect(tx.collect()).toHaveLength(3)
    expect(port.sent).toHaveLength(1)
  })

  test('receivers are told once for all that one notification sent', () => {
    for (let i = 0; i < 10; i++) tx.add({ read: [frame(60)] })
    const before = port.flushes
    tx.notify()
    expect([port.sent.length, port.flushes - before]).toEqual([10, 1])
  })

  test('goes on by itself where one turn does not suffice', () => {
    make()
    start(BASE, 256)
    const size = 0x4000
    for (let i = 0; i < 12; i++) tx.add({ read: [frame(size)] })
    tx.notify()
    expect(port.sent).toHaveLength(12)
    expect(tx.collect()).toHaveLength(12)
  })
})

describe('receiving', () => {
  test('a frame lies in the first buffer, and the driver is interrupted', () => {
    rx.add({ write: [1526] })
    rx.add({ write: [1526] })
    rx.notify()
    expect(arrive(60)).toBe(true)
    const [answer] = rx.collect()
    expect(answer!.written).toBe(72)
    expect(answer!.buffers[0]!.subarray(12, 72)).toEqual(Buffer.alloc(60, 0x61))
    expect(driver.interruptStatus).toBe(1)
    expect(rx.collect()).toEqual([])
  })

  test('a long one is spread over buffers if the driver merges them', () => {
    for (let i = 0; i < 4; i++) rx.add({ write: [50, 50] }, true)
    rx.notify()
    expect(arrive(200)).toBe(true)
    const answers = rx.collect()
    expect(answers.map(({ written }) => written)).toEqual([100, 100, 12])
    expect(answers[0]!.buffers[0]!.readUInt16LE(10)).toBe(3)
  })

  test('buffers stay in order over many rounds, however they are offered', () => {
    for (let i = 0; i < 16; i++) rx.add({ write: [100 + i] })
    rx.notify()
    for (let round = 0; round < 100; round++) {
      expect(arrive(10 + (round % 50), round & 0xff)).toBe(true)
      const [answer, ...more] = rx.collect()
      expect(more).toEqual([])
      expect(answer!.written).toBe(22 + (round % 50))
      expect(answer!.buffers[0]![12]).toBe(round & 0xff)
      rx.add({ write: [100] })
      if (round % 3 === 0) rx.notify()
    }
  })

  test('with plenty of buffers the driver need not notify, and new ones are found in time', () => {
    make()
    start(BASE | NET.merge, 256)
    for (let i = 0; i < 256; i++) rx.add({ write: [200] })
    rx.notify()
    let taken = 0
    for (let i = 0; i < 1000; i++) {
      if (arrive(60)) taken++
      for (const _ of rx.collect()) rx.add({ write: [200] })
    }
    expect(taken).toBe(1000)
  })

  test('buffers without room are given back as they are', () => {
    rx.add({ read: [Buffer.alloc(10)] })
    rx.add({ write: [0] })
    rx.add({ write: [0, 100, 0] })
    rx.notify()
    expect(rx.collect().map(({ written }) => written)).toEqual([0, 0])
    expect(arrive(60)).toBe(true)
    expect(rx.collect().map(({ written }) => written)).toEqual([72])
  })
})

describe('the driver’s end', () => {
  const ways: [string, () => void][] = [
    ['a reset', () => driver.write(REGISTER.status, 0)],
    [
      'a reset of the receive queue',
      () => {
        driver.write(REGISTER.queueSel, 0)
        driver.write(REGISTER.queueReset, 1)
      },
    ],
  ]
  test.each(ways)('%s takes back what was offered', (_, end) => {
    rx.add({ write: [100] })
    rx.notify()
    end()
    expect([port.isOpen, port.offers]).toEqual([false, []])
    vmm.frames()
    start()
    expect(port.isOpen).toBe(true)
    rx.add({ write: [100] })
    rx.notify()
    expect(arrive(60)).toBe(true)
    expect(rx.collect()).toHaveLength(1)
  })

  test('a reset of the queue for sending leaves the other one alone', () => {
    rx.add({ write: [100] })
    rx.notify()
    driver.write(REGISTER.queueSel, 1)
    driver.write(REGISTER.queueReset, 1)
    expect(port.isOpen).toBe(true)
    expect(arrive(60)).toBe(true)
  })

  test('a broken ring ends the device, and nothing is taken from a port any more', () => {
    rx.offer(99)
    rx.notify()
    expect(driver.status & STATUS.needsReset).toBe(STATUS.needsReset)
    vmm.frames()
    start()
    expect(driver.status & STATUS.needsReset).toBe(0)
  })
})
