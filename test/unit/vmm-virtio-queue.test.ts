/** A device's side of a split virtqueue: chains, notifications, and drivers that break the rules. Virtio 1.2, "Split Virtqueues". */
import { beforeEach, describe, expect, test } from 'vitest'
import { type DriverQueue, FEATURE, FLAG, REGISTER, STATUS, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const ENTROPY = 4
const RAM = 0x4_0000
const GICD = 0x0800_0000
const ALL = FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx

let vmm: FakeVmm
let device: VirtioDriver
let queue: DriverQueue

function start(features: bigint, size = 16): void {
  vmm = new FakeVmm({ slots: [ENTROPY], ram: RAM })
  device = new VirtioDriver(vmm).start(1, { features, size })
  queue = device.queues[0]!
}

beforeEach(() => start(FEATURE.version1))

const isBroken = () => (device.status & STATUS.needsReset) !== 0

test('chains are answered in order, each with what was written', () => {
  const heads = [queue.add({ write: [16] }), queue.add({ write: [8, 8, 100] }), queue.add({ write: [4096] })]
  queue.notify()
  const answers = queue.collect()
  expect(answers.map(({ id }) => id)).toEqual(heads)
  expect(answers[0]!.written).toBe(16)
  expect(answers[1]!.written).toBe(116)
  expect(answers[2]!.written).toBeGreaterThan(0)
})

test('rings wrap, and their indices after 65,536 chains', () => {
  start(ALL, 4)
  queue.usedEvent = -1
  for (let i = 0; i < 66_000; i++) {
    queue.add({ write: [1] })
    queue.notify()
    if (queue.collect().length !== 1) throw new Error(`chain ${i} was not answered`)
  }
  expect(isBroken()).toBe(false)
})

test('indirect tables, behind direct descriptors too', () => {
  start(ALL)
  queue.add({ write: [16, 16] }, true)
  const table = queue.room(32)
  const buffer = queue.room(64)
  queue.describe(table, 0, buffer, 32, FLAG.write)
  queue.describe(queue.table, 8, buffer + 32, 32, FLAG.write | FLAG.next, 9)
  // The device must not look at WRITE beside INDIRECT.
  queue.describe(queue.table, 9, table, 16, FLAG.indirect | FLAG.write)
  queue.offer(8)
  queue.notify()
  expect(queue.collect().map(({ written }) => written)).toEqual([32, 64])
})

test('empty buffers are no buffers, wherever they are', () => {
  queue.describe(queue.table, 0, 0, 0, FLAG.write | FLAG.next, 1)
  queue.describe(queue.table, 1, queue.room(8), 8, FLAG.write)
  queue.offer(0)
  queue.notify()
  expect(queue.collect().map(({ written }) => written)).toEqual([8])
  expect(vmm.ram.strays).toBe(0)
})

describe('interrupts', () => {
  /** The device's line and the CPU's answer, as Linux has them. */
  function enableGic(): void {
    vmm.write(GICD, 3)
    vmm.write(GICD + 0x80 + 4, 0xffff_ffff)
    vmm.write(GICD + 0xc00 + 12, 2) // INTID 48: edge
    vmm.write(GICD + 0x100 + 4, 1 << 16)
  }

  test('one for a batch, until it is acknowledged', () => {
    enableGic()
    queue.add({ write: [4] })
    queue.add({ write: [4] })
    queue.notify()
    expect(vmm.acknowledge()).toBe(48)
    expect(device.interruptStatus).toBe(1)
    device.acknowledge()
    vmm.end(48)
    expect(vmm.acknowledge()).toBe(1023)
    queue.add({ write: [4] })
    queue.notify()
    expect(vmm.acknowledge()).toBe(48)
  })

  test('a new one while the last is handled is not lost', () => {
    enableGic()
    queue.add({ write: [4] })
    queue.notify()
    expect(vmm.acknowledge()).toBe(48)
    device.acknowledge()
    queue.add({ write: [4] })
    queue.notify()
    vmm.end(48)
    expect(vmm.acknowledge()).toBe(48)
  })

  test('none where the driver says NO_INTERRUPT', () => {
    queue.flags = 1
    queue.add({ write: [4] })
    queue.notify()
    expect([queue.collect().length, device.interruptStatus]).toEqual([1, 0])
  })

  test('with EVENT_IDX when the used ring gets to where the driver waits', () => {
    start(ALL)
    queue.usedEvent = 2
    for (const status of [0, 0, 1]) {
      queue.add({ write: [4] })
      queue.notify()
      expect(device.interruptStatus).toBe(status)
    }
    device.acknowledge()
    queue.add({ write: [4] })
    queue.notify()
    expect(device.interruptStatus).toBe(0)
  })

  test('the device asks to be notified of the next chain', () => {
    start(ALL)
    queue.add({ write: [4] })
    queue.add({ write: [4] })
    queue.notify()
    expect(queue.availEvent).toBe(2)
  })
})

describe('a driver that breaks the rules: the device needs a reset, and works after it', () => {
  const write = (i: number, ipa: number | bigint, size: number, flags: number, next = 0) =>
    queue.describe(queue.table, i, ipa, size, flags | FLAG.write, next)

  const attacks: [string, () => void][] = [
    ['a head beyond the table', () => queue.offer(16)],
    ['a next beyond the table', () => write(0, queue.room(8), 8, FLAG.next, 16)],
    ['a chain that runs in circles', () => write(0, queue.room(8), 8, FLAG.next, 0)],
    ['a buffer below RAM', () => write(0, 0x3fff_fff8, 16, 0)],
    ['a buffer across the end of RAM', () => write(0, 0x4000_0000 + RAM - 8, 16, 0)],
    ['a buffer that wraps', () => write(0, 0xffff_ffff_ffff_fff8n, 16, 0)],
    ['a buffer at a device', () => write(0, GICD, 16, 0)],
    [
      'more to read behind what is to be written',
      () => {
        write(0, queue.room(8), 8, FLAG.next, 1)
        queue.describe(queue.table, 1, queue.room(8), 8, 0)
      },
    ],
    ['INDIRECT and NEXT', () => write(0, queue.room(16), 16, FLAG.indirect | FLAG.next, 1)],
    ['an indirect table of no descriptors', () => write(0, queue.room(16), 0, FLAG.indirect)],
    ['an indirect table of half a descriptor', () => write(0, queue.room(32), 24, FLAG.indirect)],
    ['an indirect table outside RAM', () => write(0, 0x8000_0000, 16, FLAG.indirect)],
    [
      'an indirect table in an indirect table',
      () => {
        const table = queue.room(32)
        queue.describe(table, 0, table + 16, 16, FLAG.indirect)
        write(0, table, 16, FLAG.indirect)
      },
    ],
    [
      'a circle in an indirect table',
      () => {
        const table = queue.room(16)
        queue.describe(table, 0, queue.room(8), 8, FLAG.write | FLAG.next, 0)
        write(0, table, 16, FLAG.indirect)
      },
    ],
  ]

  test.each(attacks)('%s', (_, attack) => {
    start(ALL)
    attack()
    queue.offer(0)
    queue.notify()
    expectBroken()
  })

  test('more chains than the queue has entries', () => {
    write(0, queue.room(8), 8, 0)
    vmm.ram.bytes.writeUInt16LE(17, queue.at(queue.available) + 2)
    queue.notify()
    expectBroken()
  })

  test('INDIRECT without its feature', () => {
    queue.describe(queue.table, 0, queue.room(16), 16, FLAG.indirect)
    queue.offer(0)
    queue.notify()
    expectBroken()
  })

  function expectBroken(): void {
    expect(isBroken()).toBe(true)
    expect(device.interruptStatus & 2).toBe(2)
    queue.notify()
    expect(queue.collect()).toEqual([])
    device.start(1)
    device.queues[0]!.add({ write: [8] })
    device.queues[0]!.notify()
    expect(device.queues[0]!.collect()).toHaveLength(1)
    expect(device.read(REGISTER.status) & STATUS.needsReset).toBe(0)
  }
})
