/** Token buckets of devices: what goes through in a time, and that what waits goes on by itself, each request once. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  SETTING_BANDWIDTH,
  SETTING_BURST,
  SETTING_INTERRUPTS,
  SETTING_KEY_SHIFT,
  SETTING_OF_VM,
  SETTING_RATE,
  SETTING_SLOT_SHIFT,
} from '../../src/abi/setting.ts'
import { FEATURE, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const [NETWORK, BLOCK, CONSOLE, ENTROPY] = [1, 2, 3, 4]
const GICD = 0x0800_0000
const SECOND = 1_000_000
const FEATURES = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx

const setting = (slot: number, key: number, value: number) =>
  (BigInt(slot) << BigInt(SETTING_SLOT_SHIFT)) | (BigInt(key) << BigInt(SETTING_KEY_SHIFT)) | BigInt(value)

function started(type: number, settings: bigint[], vcpus = 1) {
  const disks = [{ bytes: Buffer.alloc(0x10_0000) }]
  const vmm = new FakeVmm({ slots: [type], ram: 0x10_0000, disks, ports: [{}], settings, vcpus, fueled: true })
  const queues = type === CONSOLE || type === NETWORK ? 2 : 1
  const driver = new VirtioDriver(vmm).start(queues, { features: FEATURES, size: 256 })
  return { vmm, driver, queue: driver.queues[queues - 1]! }
}

const read = (size = 512) => ({ read: [Buffer.alloc(16)], write: [size, 1] })

test('a network card of 100 frames in a second sends so many, and loses none', () => {
  const { vmm, queue } = started(NETWORK, [setting(0, SETTING_RATE, 100), setting(0, SETTING_BURST, 50_000)])
  for (let i = 0; i < 60; i++) queue.add({ read: [Buffer.alloc(72)] })
  queue.notify()
  expect(vmm.ports[0]!.sent).toHaveLength(6)
  vmm.pass(SECOND / 10)
  expect(vmm.ports[0]!.sent).toHaveLength(16)
  vmm.pass(SECOND)
  expect(vmm.ports[0]!.sent).toHaveLength(60)
  expect(queue.collect()).toHaveLength(60)
})

describe('what a network card receives is limited by itself', () => {
  /** Frames that find room, of `count` that are sent to it. */
  function arrive({ vmm, driver }: ReturnType<typeof started>, count: number): number {
    const frame = Buffer.alloc(12 + 1500)
    let taken = 0
    for (let i = 0; i < count; i++) {
      if (vmm.ports[0]!.receive(vmm.ram, frame)) taken++
      vmm.frames()
      for (const _ of driver.queues[0]!.collect()) driver.queues[0]!.add({ write: [1526] })
      driver.queues[0]!.notify()
    }
    return taken
  }
  function offering(settings: bigint[]) {
    const card = started(NETWORK, settings)
    for (let i = 0; i < 200; i++) card.driver.queues[0]!.add({ write: [1526] })
    card.driver.queues[0]!.notify()
    return card
  }

  test('frames in a second: what was saved up at once, then as many as the rate says', () => {
    const card = offering([setting(0, SETTING_RATE, 100), setting(0, SETTING_BURST, 50_000)])
    // 50 ms of them and the one that overdraws, with as many buffers offered as may have been saved up.
    const first = arrive(card, 60)
    expect(first).toBeGreaterThanOrEqual(6)
    expect(first).toBeLessThanOrEqual(12)
    let taken = 0
    for (let i = 0; i < 100; i++) {
      card.vmm.pass(SECOND / 10)
      taken += arrive(card, 30)
    }
    expect(taken).toBeGreaterThan(950)
    expect(taken).toBeLessThanOrEqual(1012)
  })

  test('bytes in a second', () => {
    const card = offering([setting(0, SETTING_BANDWIDTH, 150_000)])
    arrive(card, 200)
    let taken = 0
    for (let i = 0; i < 100; i++) {
      card.vmm.pass(SECOND / 10)
      taken += arrive(card, 30)
    }
    expect(taken).toBeGreaterThan(930)
    expect(taken).toBeLessThanOrEqual(1012)
  })

  test('and does not count as sent, nor what is sent as received', () => {
    const card = offering([setting(0, SETTING_RATE, 100), setting(0, SETTING_BURST, 50_000)])
    arrive(card, 60)
    card.queue.add({ read: [Buffer.alloc(72)] })
    card.queue.notify()
    expect(card.vmm.ports[0]!.sent).toHaveLength(1)
  })

  test('a buffer in many pieces is offered, however little may have been saved up', () => {
    const card = started(NETWORK, [setting(0, SETTING_RATE, 1), setting(0, SETTING_BURST, 0)])
    card.driver.queues[0]!.add({ write: [12, 500, 500, 500, 100] })
    card.driver.queues[0]!.notify()
    expect(card.vmm.ports[0]!.receive(card.vmm.ram, Buffer.alloc(1512))).toBe(true)
  })
})

describe('a disk of 100 operations in a second, saved up for 50 ms', () => {
  const limits = [setting(0, SETTING_RATE, 100), setting(0, SETTING_BURST, 50_000)]

  test('does what it has saved up at once, the rest as time passes', () => {
    const { vmm, queue } = started(BLOCK, limits)
    for (let i = 0; i < 60; i++) queue.add(read())
    queue.notify()
    expect(queue.collect()).toHaveLength(6)
    vmm.pass(SECOND / 10)
    expect(queue.collect()).toHaveLength(10)
    vmm.pass(SECOND / 2)
    expect(queue.collect().length).toBe(44)
    expect(vmm.alarm).toBeUndefined()
  })

  test('is no richer after a long rest', () => {
    const { vmm, queue } = started(BLOCK, limits)
    vmm.pass(100 * SECOND)
    for (let i = 0; i < 60; i++) queue.add(read())
    queue.notify()
    expect(queue.collect()).toHaveLength(6)
  })

  test('is not cured by a reset', () => {
    const { driver, queue } = started(BLOCK, limits)
    for (let i = 0; i < 20; i++) queue.add(read())
    queue.notify()
    expect(queue.collect()).toHaveLength(6)
    driver.start(1, { features: FEATURES, size: 256 })
    const again = driver.queues[0]!
    again.add(read())
    again.notify()
    expect(again.collect()).toHaveLength(0)
  })

  test('goes on although the vCPU that notified it has gone', () => {
    const { vmm, queue } = started(BLOCK, limits, 2)
    vmm.hypercall(0xc400_0003, [1, 0x4000_0000, 0])
    for (let i = 0; i < 10; i++) queue.add(read())
    queue.notify()
    queue.collect()
    vmm.alarm = undefined // it would have been vCPU 0's
    vmm.hypercall(0x8400_0002)
    vmm.service()
    expect(vmm.alarm).toBeDefined()
    vmm.pass(SECOND)
    expect(queue.collect()).toHaveLength(4)
  })
})

test('a disk of 64 KiB in a second takes a second for each, however large the requests', () => {
  const { vmm, queue } = started(BLOCK, [setting(0, SETTING_BANDWIDTH, 0x1_0000)])
  for (let i = 0; i < 4; i++) queue.add(read(0x2_0000))
  queue.notify()
  expect(queue.collect()).toHaveLength(1)
  for (let i = 0; i < 3; i++) {
    vmm.pass(1.8 * SECOND)
    expect(queue.collect()).toHaveLength(0)
    vmm.pass(0.2 * SECOND)
    expect(queue.collect()).toHaveLength(1)
  }
})

test('an entropy device and a console are limited too', () => {
  const entropy = started(ENTROPY, [setting(0, SETTING_BANDWIDTH, 640), setting(0, SETTING_BURST, 0)])
  for (let i = 0; i < 3; i++) entropy.queue.add({ write: [64] })
  entropy.queue.notify()
  expect(entropy.queue.collect()).toHaveLength(1)
  entropy.vmm.pass(SECOND / 10)
  expect(entropy.queue.collect()).toHaveLength(1)

  const console = started(CONSOLE, [setting(0, SETTING_RATE, 10), setting(0, SETTING_BURST, 0)])
  for (const line of ['one', 'two', 'three']) console.queue.add({ read: [Buffer.from(line)] })
  console.queue.notify()
  expect(console.vmm.output).toBe('one')
  console.vmm.pass(SECOND / 10)
  expect(console.vmm.output).toBe('onetwo')
  console.vmm.pass(SECOND)
  expect(console.vmm.output).toBe('onetwothree')
})

test('interrupts of all devices together keep to the VM’s budget, and none is lost', () => {
  const { vmm, driver, queue } = started(BLOCK, [setting(SETTING_OF_VM, SETTING_INTERRUPTS, 100)])
  vmm.write(GICD, 3)
  vmm.write(GICD + 0x80 + 4, 0xffff_ffff)
  vmm.write(GICD + 0xc00 + 12, 2) // INTID 48: edge
  vmm.write(GICD + 0x100 + 4, 1 << 16)
  const isInterrupted = (i: number) => {
    queue.usedEvent = i
    queue.add(read())
    queue.notify()
    return takesInterrupt(driver)
  }
  const taken = Array.from({ length: 20 }, (_, i) => {
    const came = isInterrupted(i)
    driver.acknowledge()
    return came
  })
  expect(taken.indexOf(false)).toBe(11) // 100 ms of them, and one
  expect(taken.lastIndexOf(true)).toBe(10)

  expect(isInterrupted(20)).toBe(false)
  vmm.pass(SECOND / 200)
  expect(takesInterrupt(driver)).toBe(false)
  vmm.pass(SECOND / 200)
  expect([takesInterrupt(driver), takesInterrupt(driver)]).toEqual([true, false])
})

function takesInterrupt({ vmm }: VirtioDriver): boolean {
  if (vmm.acknowledge() !== 48) return false
  vmm.end(48)
  return true
}

test('over any time: no more than the rate and what was saved up, and in the end everything, each once', () => {
  const steps = fc.array(fc.tuple(fc.nat(8), fc.nat(40_000)), { minLength: 5, maxLength: 40 })
  const property = fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(200_000), steps, (rate, burst, list) => {
    const { vmm, queue } = started(BLOCK, [setting(0, SETTING_RATE, rate), setting(0, SETTING_BURST, burst)])
    let offered = 0
    let done = 0
    for (const [count, ticks] of list) {
      for (let i = 0; i < count && offered - done < 80; i++, offered++) queue.add(read())
      queue.notify()
      vmm.pass(ticks)
      done += queue.collect().length
      expect(done).toBeLessThanOrEqual(((Number(vmm.count) + burst) * rate) / SECOND + 1)
    }
    vmm.pass(Math.ceil((SECOND * 100) / rate))
    expect(done + queue.collect().length).toBe(offered)
  })
  fc.assert(property, { numRuns: 60 })
})
