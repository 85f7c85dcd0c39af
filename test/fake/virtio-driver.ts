/** The driver's side of a virtio device, as Virtio 1.2 wants it: registers, and queues in the guest's RAM. */
import { VIRTIO_INTID, VIRTIO_IPA, VIRTIO_STRIDE } from '../../src/abi/guest-machine.ts'
import type { FakeVmm } from './vmm.ts'

export const REGISTER = {
  magic: 0x000,
  version: 0x004,
  deviceId: 0x008,
  deviceFeatures: 0x010,
  deviceFeaturesSel: 0x014,
  driverFeatures: 0x020,
  driverFeaturesSel: 0x024,
  queueSel: 0x030,
  queueNumMax: 0x034,
  queueNum: 0x038,
  queueReady: 0x044,
  queueNotify: 0x050,
  interruptStatus: 0x060,
  interruptAck: 0x064,
  status: 0x070,
  desc: 0x080,
  driver: 0x090,
  device: 0x0a0,
  queueReset: 0x0c0,
  generation: 0x0fc,
  config: 0x100,
}
export const STATUS = { acknowledge: 1, driver: 2, driverOk: 4, featuresOk: 8, needsReset: 64, failed: 128 }
export const FEATURE = { indirect: 1n << 28n, eventIdx: 1n << 29n, version1: 1n << 32n, ringReset: 1n << 40n }
export const FLAG = { next: 1, write: 2, indirect: 4 }

export interface Buffers {
  read?: Uint8Array[]
  /** Sizes of buffers that the device may write. */
  write?: number[]
}

export interface Answer {
  id: number
  written: number
  /** What the device may have written, buffer by buffer. */
  buffers: Buffer[]
}

/** Each queue has 64 KiB of RAM: its rings, then buffers that are given out in a circle. */
const QUEUE_ROOM = 0x1_0000
const BUFFERS = 0x4000

export class DriverQueue {
  readonly table: number
  readonly available: number
  readonly used: number
  #nextBuffer = 0
  #nextDescriptor = 0
  #offered = 0
  #taken = 0
  readonly #open = new Map<number, [at: number, size: number][]>()

  constructor(
    readonly driver: VirtioDriver,
    readonly index: number,
    readonly base: number,
    readonly size: number,
  ) {
    this.table = base
    this.available = base + 0x1000
    this.used = base + 0x2000
  }

  private get ram(): Buffer {
    return this.driver.vmm.ram.bytes
  }

  at(ipa: number): number {
    return ipa - this.driver.vmm.ram.ipa
  }

  /** Room for a buffer; IPA. */
  room(size: number): number {
    if (this.#nextBuffer + size > QUEUE_ROOM - BUFFERS) this.#nextBuffer = 0
    const ipa = this.base + BUFFERS + this.#nextBuffer
    this.#nextBuffer += (size + 15) & ~15
    return ipa
  }

  describe(table: number, i: number, ipa: bigint | number, size: number, flags: number, next = 0): void {
    const at = this.at(table) + i * 16
    this.ram.writeBigUInt64LE(BigInt(ipa), at)
    this.ram.writeUInt32LE(size >>> 0, at + 8)
    this.ram.writeUInt16LE(flags, at + 12)
    this.ram.writeUInt16LE(next, at + 14)
  }

  /** Puts a chain's head into the available ring. */
  offer(head: number): void {
    this.ram.writeUInt16LE(head, this.at(this.available) + 4 + (this.#offered % this.size) * 2)
    this.#offered = (this.#offered + 1) & 0xffff
    this.ram.writeUInt16LE(this.#offered, this.at(this.available) + 2)
  }

  /** Offers a chain of buffers, and says which; notifies nobody. */
  add({ read = [], write = [] }: Buffers, indirect = false): number {
    const segments = [
      ...read.map((bytes) => ({ bytes, size: bytes.length, flag: 0 })),
      ...write.map((size) => ({ bytes: undefined, size, flag: FLAG.write })),
    ]
    const places = segments.map(({ bytes, size }) => {
      const ipa = this.room(size)
      if (bytes) this.ram.set(bytes, this.at(ipa))
      return ipa
    })
    const head = this.#nextDescriptor
    const table = indirect ? this.room(segments.length * 16) : this.table
    const first = indirect ? 0 : head
    for (const [i, { size, flag }] of segments.entries()) {
      const isLast = i === segments.length - 1
      const slot = indirect ? i : (first + i) % this.size
      const next = indirect ? i + 1 : (slot + 1) % this.size
      this.describe(table, slot, places[i]!, size, flag | (isLast ? 0 : FLAG.next), isLast ? 0 : next)
    }
    if (indirect) this.describe(this.table, head, table, segments.length * 16, FLAG.indirect)
    this.#nextDescriptor = (head + (indirect ? 1 : segments.length)) % this.size
    const writable = segments.flatMap(({ size, flag }, i): [number, number][] => (flag ? [[places[i]!, size]] : []))
    this.#open.set(head, writable)
    this.offer(head)
    return head
  }

  notify(): void {
    this.driver.write(REGISTER.queueNotify, this.index)
  }

  /** What the device gave back since the last look. */
  collect(): Answer[] {
    const answers: Answer[] = []
    const end = this.ram.readUInt16LE(this.at(this.used) + 2)
    while (this.#taken !== end) {
      const at = this.at(this.used) + 4 + (this.#taken % this.size) * 8
      const id = this.ram.readUInt32LE(at)
      const buffers = (this.#open.get(id) ?? []).map(([ipa, size]) =>
        Buffer.from(this.ram.subarray(this.at(ipa), this.at(ipa) + size)),
      )
      answers.push({ id, written: this.ram.readUInt32LE(at + 4), buffers })
      this.#taken = (this.#taken + 1) & 0xffff
    }
    return answers
  }

  /** used_event: interrupt me when the used ring gets beyond this index. */
  set usedEvent(index: number) {
    this.ram.writeUInt16LE(index & 0xffff, this.at(this.available) + 4 + this.size * 2)
  }

  get availEvent(): number {
    return this.ram.readUInt16LE(this.at(this.used) + 4 + this.size * 8)
  }

  /** NO_INTERRUPT. */
  set flags(flags: number) {
    this.ram.writeUInt16LE(flags, this.at(this.available))
  }
}

export class VirtioDriver {
  readonly queues: DriverQueue[] = []
  readonly intid: number

  constructor(
    readonly vmm: FakeVmm,
    readonly slot = 0,
  ) {
    this.intid = VIRTIO_INTID + slot
  }

  get base(): number {
    return VIRTIO_IPA + this.slot * VIRTIO_STRIDE
  }

  read(register: number, size = 4): number {
    return this.vmm.read(this.base + register, size)
  }

  write(register: number, value: number, size = 4): void {
    this.vmm.write(this.base + register, value, size)
  }

  get status(): number {
    return this.read(REGISTER.status)
  }

  get offered(): bigint {
    return [0, 1].reduce((bits, half) => {
      this.write(REGISTER.deviceFeaturesSel, half)
      return bits | (BigInt(this.read(REGISTER.deviceFeatures)) << BigInt(half * 32))
    }, 0n)
  }

  accept(features: bigint): void {
    for (const half of [0, 1]) {
      this.write(REGISTER.driverFeaturesSel, half)
      this.write(REGISTER.driverFeatures, Number((features >> BigInt(half * 32)) & 0xffff_ffffn))
    }
  }

  /** "Device Initialization", as far as FEATURES_OK. */
  negotiate(features = FEATURE.version1): number {
    this.write(REGISTER.status, 0)
    this.write(REGISTER.status, STATUS.acknowledge)
    this.write(REGISTER.status, STATUS.acknowledge | STATUS.driver)
    this.accept(features)
    this.write(REGISTER.status, STATUS.acknowledge | STATUS.driver | STATUS.featuresOk)
    return this.status
  }

  setUp(index: number, size = 16): DriverQueue {
    const { ram } = this.vmm
    const base = ram.ipa + (this.slot * 2 + index) * QUEUE_ROOM
    ram.bytes.fill(0, base - ram.ipa, base - ram.ipa + BUFFERS)
    const queue = new DriverQueue(this, index, base, size)
    this.write(REGISTER.queueSel, index)
    this.write(REGISTER.queueNum, size)
    for (const [register, address] of [
      [REGISTER.desc, queue.table],
      [REGISTER.driver, queue.available],
      [REGISTER.device, queue.used],
    ] as const) {
      this.write(register, address)
      this.write(register + 4, 0)
    }
    this.write(REGISTER.queueReady, 1)
    this.queues[index] = queue
    return queue
  }

  /** All of "Device Initialization". */
  start(queues: number, { features = FEATURE.version1, size = 16 } = {}): this {
    this.negotiate(features)
    for (let i = 0; i < queues; i++) this.setUp(i, size)
    this.write(REGISTER.status, this.status | STATUS.driverOk)
    return this
  }

  get interruptStatus(): number {
    return this.read(REGISTER.interruptStatus)
  }

  acknowledge(): void {
    this.write(REGISTER.interruptAck, this.interruptStatus)
  }
}
