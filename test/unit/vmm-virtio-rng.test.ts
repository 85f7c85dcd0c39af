/** The entropy device: ChaCha20 as RFC 8439 has it, keys that are used once, seeds that come from core. */
import { createCipheriv } from 'node:crypto'
import { expect, test } from 'vitest'
import { VirtioDriver } from '../fake/virtio-driver.ts'
import { FakeVmm } from '../fake/vmm.ts'

const ENTROPY = 4

function start(entropy = 1n): VirtioDriver {
  const vmm = new FakeVmm({ slots: [ENTROPY], ram: 0x4_0000 })
  vmm.entropy = entropy
  return new VirtioDriver(vmm).start(1)
}

function ask(device: VirtioDriver, size: number): Buffer {
  const queue = device.queues[0]!
  queue.add({ write: [size] })
  queue.notify()
  const { written, buffers } = queue.collect()[0]!
  return buffers[0]!.subarray(0, written)
}

/** The stream that follows from core's words: each answer's key comes before it in the stream of the key before. */
function* expected(first: bigint): Generator<(size: number) => Buffer> {
  let key = Buffer.alloc(32)
  for (let i = 0; i < 4; i++)
    key.writeBigUInt64LE(((first + BigInt(i)) * 0x9e37_79b9_7f4a_7c15n) & ((1n << 64n) - 1n), i * 8)
  for (;;) {
    let stream = Buffer.alloc(0)
    yield (size) => {
      stream = createCipheriv('chacha20', key, Buffer.alloc(16)).update(Buffer.alloc(32 + size))
      return stream.subarray(32)
    }
    key = Buffer.from(stream.subarray(0, 32))
  }
}

test('bytes are ChaCha20’s, with a new key for each answer', () => {
  const device = start(7n)
  const stream = expected(7n)
  for (const size of [1, 16, 32, 33, 64, 100, 160, 192]) {
    expect(ask(device, size)).toEqual(stream.next().value!(size))
  }
})

test('a large buffer gets some of what it has room for', () => {
  const bytes = ask(start(), 4096)
  expect(bytes.length).toBeGreaterThanOrEqual(64)
  expect(new Set(bytes).size).toBeGreaterThan(40)
})

test('core’s pool is asked again after a while', () => {
  const device = start()
  ask(device, 8)
  expect(device.vmm.entropy).toBe(5n)
  for (let i = 0; i < 4096; i++) ask(device, 8)
  expect(device.vmm.entropy).toBe(9n)
})

test('many requests at once are all answered, turn by turn', () => {
  const device = new VirtioDriver(start().vmm).start(1, { size: 256 })
  for (let i = 0; i < 200; i++) device.queues[0]!.add({ write: [16] })
  device.queues[0]!.notify()
  expect(device.queues[0]!.collect()).toHaveLength(200)
})
