/** A block device whose disk is on the board's storage, and a driver that goes, changes its mind, or has a limit. Virtio 1.2, "Block
 * Device". */
import { beforeEach, describe, expect, test } from 'vitest'
import { BLOCK_STATUS, header, REQUEST_TYPE } from '../fake/block-request.ts'
import { FEATURE, REGISTER, STATUS, VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'
import type { FakeVolume } from '../fake/volume.ts'

const BLOCK = 2
const { in: IN } = REQUEST_TYPE
const { ioerr: IOERR } = BLOCK_STATUS

let volume: FakeVolume
let device: VirtioDriver
let vmm: FakeVmm

function start(settings: bigint[] = []): void {
  const disk = { bytes: Buffer.alloc(0x1_0000, 0x42), stored: true }
  vmm = new FakeVmm({ slots: [BLOCK], ram: 0x10_0000, disks: [disk], settings, fueled: true })
  volume = vmm.volumes[0]!
  device = new VirtioDriver(vmm).start(1, { features: FEATURE.version1 | FEATURE.indirect | FEATURE.eventIdx })
  volume.forgotten = 0
}

beforeEach(() => start())

const queue = () => device.queues[0]!
const isAllFree = () => volume.tickets.every(({ state }) => state === 'free')

/** The board's disk answers until nothing waits. */
function settle(): void {
  while (volume.work()) vmm.frames()
}

describe('a driver that goes', () => {
  test('hears no answers of what it had asked', () => {
    queue().add({ read: [header(IN, 3)], write: [512, 1] })
    queue().notify()
    const [ticket] = volume.waiting
    device.write(REGISTER.status, 0)
    expect(volume.forgotten).toBe(1)
    volume.finish(ticket!)
    const before = Buffer.from(vmm.ram.bytes)
    vmm.frames()
    expect(vmm.ram.bytes.equals(before)).toBe(true)
  })

  test('and one that comes waits until core has places for it again', () => {
    volume.isBlocked = true
    queue().add({ read: [header(IN, 3)], write: [512, 1] })
    queue().notify()
    expect(volume.waiting).toEqual([])
    volume.isBlocked = false
    vmm.frames()
    settle()
    expect(queue().collect()).toHaveLength(1)
  })
})

describe('a chain that changes while its request is on the way', () => {
  function begin(): void {
    queue().add({ read: [header(IN, 3)], write: [512, 1] })
    queue().notify()
  }

  test('to one that runs in circles breaks the device, not the compartment', () => {
    begin()
    for (let i = 0; i < 3; i++) queue().describe(queue().table, i, 0x4000_0000, 16, 1, 0)
    settle()
    expect(device.read(REGISTER.status) & STATUS.needsReset).toBe(STATUS.needsReset)
    expect(isAllFree()).toBe(true)
  })

  test('to one outside of RAM does the same', () => {
    begin()
    queue().describe(queue().table, 1, 0x5000_0000, 512, 3, 2)
    settle()
    expect(device.read(REGISTER.status) & STATUS.needsReset).toBe(STATUS.needsReset)
  })

  test('to a shorter one is an error', () => {
    begin()
    queue().describe(queue().table, 1, 0x4000_8000, 100, 3, 2)
    settle()
    expect(queue().collect()[0]!.buffers.at(-1)![0]).toBe(IOERR)
  })
})

test('a limit holds: what is beyond it waits for its time', () => {
  const perSecond = (1n << 48n) | 10n
  const burst = (3n << 48n) | 100_000n
  start([perSecond, burst])
  for (let i = 0; i < 5; i++) queue().add({ read: [header(IN, i)], write: [512, 1] })
  queue().notify()
  settle()
  const soon = queue().collect().length
  expect(soon).toBeLessThan(5)
  for (let i = 0; i < 10; i++) {
    vmm.pass(100_000)
    settle()
  }
  expect(soon + queue().collect().length).toBe(5)
})
