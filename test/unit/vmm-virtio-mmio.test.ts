/** The virtio transport: registers, the status field's order, features, queues. Virtio 1.2, "Virtio Over MMIO". */
import { beforeEach, describe, expect, test } from 'vitest'
import { FEATURE, REGISTER, STATUS, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const ENTROPY = 4
const COMMON = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx | FEATURE.ringReset
const RAM = 0x20_0000
const { acknowledge, driver: DRIVER, driverOk, featuresOk, needsReset, failed } = STATUS

let vmm: FakeVmm
let device: VirtioDriver
beforeEach(() => {
  vmm = new FakeVmm({ slots: [ENTROPY], ram: RAM })
  device = new VirtioDriver(vmm)
})

test('a slot with a device names it; the others stay empty', () => {
  expect([REGISTER.magic, REGISTER.version, REGISTER.deviceId].map((at) => device.read(at))).toEqual([
    0x7472_6976, 2, 4,
  ])
  expect(new VirtioDriver(vmm, 1).read(REGISTER.deviceId)).toBe(0)
  expect(device.offered).toBe(COMMON)
})

test('feature words beyond the second read as zero', () => {
  for (const select of [2, 3, 0xffff_ffff]) {
    device.write(REGISTER.deviceFeaturesSel, select)
    expect(device.read(REGISTER.deviceFeatures)).toBe(0)
  }
})

test('there is no shared memory region', () => {
  device.write(0x0ac, 0)
  expect([0xb0, 0xb4, 0xb8, 0xbc].map((at) => device.read(at))).toEqual(Array(4).fill(0xffff_ffff))
})

describe('status', () => {
  test('follows the order of initialization', () => {
    expect(device.negotiate()).toBe(acknowledge | DRIVER | featuresOk)
    device.write(REGISTER.status, device.status | driverOk)
    expect(device.status).toBe(acknowledge | DRIVER | featuresOk | driverOk)
  })

  test.each([
    ['DRIVER before ACKNOWLEDGE', DRIVER, 0],
    ['FEATURES_OK before DRIVER', acknowledge | featuresOk, acknowledge],
    ['DRIVER_OK before FEATURES_OK', acknowledge | DRIVER | driverOk, acknowledge | DRIVER],
    ['bits that nobody knows', acknowledge | 16 | 32, acknowledge],
    ['DEVICE_NEEDS_RESET, which is not the driver’s', acknowledge | needsReset, acknowledge],
  ])('does not take %s', (_, written, kept) => {
    device.write(REGISTER.status, written)
    expect(device.status).toBe(kept)
  })

  test('bits are not taken back one by one', () => {
    device.negotiate()
    device.write(REGISTER.status, acknowledge)
    expect(device.status).toBe(acknowledge | DRIVER | featuresOk)
  })

  test('FAILED stays until reset', () => {
    device.write(REGISTER.status, acknowledge | failed)
    device.write(REGISTER.status, acknowledge | DRIVER)
    expect(device.status).toBe(acknowledge | DRIVER | failed)
    device.write(REGISTER.status, 0)
    expect(device.status).toBe(0)
  })

  test('narrow writes do nothing', () => {
    device.write(REGISTER.status, acknowledge, 1)
    device.write(REGISTER.status, acknowledge, 2)
    expect(device.status).toBe(0)
  })
})

describe('features', () => {
  test.each([
    ['a legacy driver', FEATURE.indirect],
    ['a feature that was not offered', FEATURE.version1 | (1n << 33n)],
    ['a device’s feature that this one lacks', FEATURE.version1 | 1n],
  ])('%s finds FEATURES_OK clear', (_, features) => {
    expect(device.negotiate(features)).toBe(acknowledge | DRIVER)
  })

  test('are settled by FEATURES_OK', () => {
    device.negotiate()
    device.accept(FEATURE.version1 | (1n << 40n) | (1n << 41n))
    device.write(REGISTER.status, device.status | driverOk)
    expect(device.status & driverOk).toBe(driverOk)
  })

  test('before DRIVER they are not heard', () => {
    device.write(REGISTER.status, acknowledge)
    device.accept(FEATURE.version1)
    device.write(REGISTER.status, acknowledge | DRIVER | featuresOk)
    expect(device.status & featuresOk).toBe(0)
  })
})

describe('queues', () => {
  test('are as many as the device has', () => {
    expect(device.read(REGISTER.queueNumMax)).toBe(256)
    device.write(REGISTER.queueSel, 1)
    expect(device.read(REGISTER.queueNumMax)).toBe(0)
    device.negotiate()
    device.write(REGISTER.queueSel, 0xffff_ffff)
    device.write(REGISTER.queueReady, 1)
    expect(device.read(REGISTER.queueReady)).toBe(0)
  })

  test('become ready, and rest again when QueueReady is cleared', () => {
    device.negotiate()
    device.setUp(0)
    expect(device.read(REGISTER.queueReady)).toBe(1)
    device.write(REGISTER.queueReady, 0)
    expect(device.read(REGISTER.queueReady)).toBe(0)
  })

  test('one alone is reset by QueueReset', () => {
    device.start(1, { features: FEATURE.version1 | FEATURE.ringReset })
    device.queues[0]!.add({ write: [64] })
    device.write(REGISTER.queueReset, 1)
    expect([device.read(REGISTER.queueReset), device.read(REGISTER.queueReady)]).toEqual([0, 0])
    device.queues[0]!.notify()
    expect(device.queues[0]!.collect()).toEqual([])
    const again = device.setUp(0)
    again.add({ write: [64] })
    again.notify()
    expect(again.collect()).toHaveLength(1)
  })

  test('are not described before FEATURES_OK', () => {
    device.write(REGISTER.status, acknowledge)
    device.write(REGISTER.status, acknowledge | DRIVER)
    device.setUp(0)
    expect(device.read(REGISTER.queueReady)).toBe(0)
  })

  test.each([
    ['its table', REGISTER.desc, 0x4000_0008],
    ['its available ring', REGISTER.driver, 0x4000_1001],
    ['its used ring', REGISTER.device, 0x4000_2002],
  ])('cannot be used if %s is not aligned', (_, register, address) => {
    expectBroken(register, address)
  })

  test.each([
    ['its table', REGISTER.desc],
    ['its available ring', REGISTER.driver],
    ['its used ring', REGISTER.device],
  ])('cannot be used if %s leaves RAM', (_, register) => {
    for (const address of [0, 0x3fff_fff0, 0x4000_0000 + RAM - 16, 0x4000_0000 + RAM, 0xffff_fff0]) {
      vmm = new FakeVmm({ slots: [ENTROPY], ram: RAM })
      device = new VirtioDriver(vmm)
      expectBroken(register, address)
    }
  })

  function expectBroken(register: number, address: number): void {
    device.negotiate()
    for (const [at, ipa] of [
      [REGISTER.desc, 0x4000_0000],
      [REGISTER.driver, 0x4000_1000],
      [REGISTER.device, 0x4000_2000],
      [register, address],
    ] as const) {
      device.write(at, ipa)
    }
    device.write(REGISTER.queueReady, 1)
    expect(device.read(REGISTER.queueReady)).toBe(0)
    expect(device.status & needsReset).toBe(needsReset)
  }

  test.each([0, 3, 257, 0x8000_0000, 0xffff_ffff])('are not of size %i', (size) => {
    device.start(1, { size: 16 })
    device.write(REGISTER.queueReady, 0)
    device.write(REGISTER.queueNum, size)
    const queue = device.setUp(0, 256)
    queue.add({ write: [16] })
    queue.notify()
    expect(queue.collect()).toHaveLength(1)
  })
})

test('before DRIVER_OK nothing is touched; then what was offered before is served', () => {
  device.negotiate()
  const queue = device.setUp(0)
  queue.add({ write: [32] })
  queue.notify()
  expect(queue.collect()).toEqual([])
  device.write(REGISTER.status, device.status | driverOk)
  expect(queue.collect()).toHaveLength(1)
})

test('a reset forgets everything at once, the interrupt too', () => {
  device.start(1)
  device.queues[0]!.add({ write: [32] })
  device.queues[0]!.notify()
  expect(device.interruptStatus).toBe(1)
  device.write(REGISTER.status, 0)
  expect([device.status, device.interruptStatus, device.read(REGISTER.queueReady)]).toEqual([0, 0, 0])
  device.start(1)
  device.queues[0]!.add({ write: [32] })
  device.queues[0]!.notify()
  expect(device.queues[0]!.collect()).toHaveLength(1)
})

test('the last slot has a device as good as the first', () => {
  const full = new FakeVmm({ slots: Array(32).fill(ENTROPY), ram: 0x50_0000 })
  const last = new VirtioDriver(full, 31).start(1)
  last.queues[0]!.add({ write: [8] })
  last.queues[0]!.notify()
  expect(last.queues[0]!.collect()).toHaveLength(1)
  expect(last.intid).toBe(79)
})
