/** The balloon device: page numbers and reported pages become calls of core's, a bounded number of them in each turn. */
import { describe, expect, test } from 'vitest'
import { SETTING_BALLOON, SETTING_KEY_SHIFT } from '../../src/abi/setting.ts'
import { FEATURE, REGISTER, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const BALLOON = 5
const [INFLATE, DEFLATE, LINUX_REPORTING, REPORTING] = [0, 1, 2, 4]
const FEATURES = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx
const RAM = 0x4000_0000
const PAGE = 4096

function started(settings: bigint[] = []) {
  const vmm = new FakeVmm({ slots: [BALLOON], ram: 0x10_0000, settings, fueled: true })
  const driver = new VirtioDriver(vmm).start(5, { features: FEATURES, size: 64 })
  return { vmm, driver, queues: driver.queues }
}

function pfns(...pages: number[]): Buffer {
  const bytes = Buffer.alloc(pages.length * 4)
  for (const [i, page] of pages.entries()) bytes.writeUInt32LE(RAM / PAGE + page, i * 4)
  return bytes
}

test('says how many pages it wants, and remembers how many there are until a reset', () => {
  const { driver } = started([(BigInt(SETTING_BALLOON) << BigInt(SETTING_KEY_SHIFT)) | 16_384n])
  expect(driver.read(REGISTER.config)).toBe(16_384)
  driver.write(REGISTER.config + 4, 77)
  driver.write(REGISTER.config, 1)
  expect([driver.read(REGISTER.config), driver.read(REGISTER.config + 4)]).toEqual([16_384, 77])
  driver.start(5, { features: FEATURES })
  expect([driver.read(REGISTER.config), driver.read(REGISTER.config + 4)]).toEqual([16_384, 0])
})

describe('page numbers', () => {
  test.each([
    [INFLATE, 'out'],
    [DEFLATE, 'back'],
  ] as const)('of queue %i go %s, neighbours together', (index, way) => {
    const { vmm, queues } = started()
    queues[index]!.add({ read: [pfns(3, 4, 5, 9), pfns(10, 2)] })
    queues[index]!.notify()
    expect(queues[index]!.collect()).toMatchObject([{ written: 0 }])
    expect(vmm.moved).toEqual([
      [way, RAM + 3 * PAGE, 3],
      [way, RAM + 9 * PAGE, 2],
      [way, RAM + 2 * PAGE, 1],
    ])
  })

  test('a long list takes several turns, and is answered once', () => {
    const { vmm, queues } = started()
    const pages = Array.from({ length: 300 }, (_, i) => i * 2)
    vmm.holdsKicks = true
    queues[INFLATE]!.add({ read: [pfns(...pages)] })
    queues[INFLATE]!.notify()
    expect(vmm.moved).toHaveLength(64)
    expect(queues[INFLATE]!.collect()).toHaveLength(0)
    vmm.holdsKicks = false
    vmm.service()
    expect(vmm.moved).toHaveLength(300)
    expect(queues[INFLATE]!.collect()).toHaveLength(1)
  })

  test('half a number is none', () => {
    const { vmm, queues } = started()
    queues[INFLATE]!.add({ read: [Buffer.alloc(3)] })
    queues[INFLATE]!.add({ write: [8] })
    queues[INFLATE]!.notify()
    expect([vmm.moved.length, queues[INFLATE]!.collect().length]).toEqual([0, 2])
  })
})

describe('reported pages', () => {
  test.each([LINUX_REPORTING, REPORTING])('of queue %i go, whole ones alone', (index) => {
    const { vmm, queues } = started()
    const queue = queues[index]!
    queue.describe(queue.table, 0, RAM + 0x8_0000, 0x4000, 2 | 1, 1)
    queue.describe(queue.table, 1, RAM + 0x9_0800, 0x2000, 2)
    queue.offer(0)
    queue.notify()
    expect(vmm.moved).toEqual([
      ['out', RAM + 0x8_0000, 4],
      ['out', RAM + 0x9_1000, 1],
    ])
    expect(queue.collect()).toHaveLength(1)
  })
})

test('another target while it runs is a configuration change, told once, and what the driver then reads', () => {
  const { vmm, driver } = started([(BigInt(SETTING_BALLOON) << BigInt(SETTING_KEY_SHIFT)) | 100n])
  expect(driver.read(REGISTER.config)).toBe(100)
  const generation = driver.read(REGISTER.generation)
  vmm.frames()
  expect(driver.interruptStatus).toBe(0)
  vmm.balloonWish = 1 // none at all
  vmm.frames()
  expect([driver.interruptStatus, driver.read(REGISTER.config)]).toEqual([2, 0])
  expect(driver.read(REGISTER.generation)).not.toBe(generation)
  driver.acknowledge()
  vmm.frames()
  expect(driver.interruptStatus).toBe(0)
  driver.write(REGISTER.status, 0)
  vmm.balloonWish = 51
  vmm.frames()
  expect(driver.interruptStatus).toBe(0)
  expect(driver.start(5, { features: FEATURES }).read(REGISTER.config)).toBe(50)
})
