/** A virtio block device of the board's, from its own side: registers, queue, requests on a disk. It keeps to Virtio 1.2 unless a test
 * makes it lie. */

const R = {
  magic: 0x000,
  version: 0x004,
  deviceId: 0x008,
  deviceFeatures: 0x010,
  deviceFeaturesSel: 0x014,
  driverFeatures: 0x020,
  driverFeaturesSel: 0x024,
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
  config: 0x100,
}
const FEATURES_OK = 8
const DRIVER_OK = 4
const SECTOR = 512
export const BLOCK_FEATURE = {
  readOnly: 1n << 5n,
  blockSize: 1n << 6n,
  flush: 1n << 9n,
  discard: 1n << 13n,
  writeZeroes: 1n << 14n,
  version1: 1n << 32n,
}
const { blockSize, flush, discard, writeZeroes, version1 } = BLOCK_FEATURE

export interface PhysicalOptions {
  disk: Buffer
  features?: bigint
  queueMost?: number
  blockSize?: number
  discardMost?: number
  zeroMost?: number
  /** The driver's memory, by the device's addresses; throws outside of what it may reach. */
  memory: (address: bigint, size: number) => Buffer
}

interface Segment {
  address: bigint
  size: number
  isWritable: boolean
}

/** A chain that the device has taken and not answered. */
export interface Taken {
  head: number
  segments: Segment[]
}

export class PhysicalBlock {
  readonly #registers = new Map<number, number>()
  readonly #options: Required<PhysicalOptions>
  #nextAvailable = 0
  #used = 0
  /** Chains wait for `answer` instead of being answered at once. */
  isSlow = false
  readonly taken: Taken[] = []
  /** Sectors that fail. */
  readonly broken = new Set<number>()
  /** What was asked, in order: type and sector. */
  readonly log: [type: number, sector: number, count: number][] = []
  resets = 0
  /** Never ends its reset. */
  isStuck = false

  constructor(options: PhysicalOptions) {
    const features = blockSize | flush | discard | writeZeroes | version1
    this.#options = {
      features,
      queueMost: 256,
      blockSize: 512,
      discardMost: 0x40_0000,
      zeroMost: 0x40_0000,
      ...options,
    }
  }

  get disk(): Buffer {
    return this.#options.disk
  }

  get hasInterrupt(): boolean {
    return this.#get(R.interruptStatus) !== 0
  }

  read(offset: number): number {
    const { features, queueMost, disk, blockSize, discardMost, zeroMost } = this.#options
    switch (offset) {
      case R.magic:
        return 0x7472_6976
      case R.version:
        return 2
      case R.deviceId:
        return 2
      case R.deviceFeatures:
        return Number(BigInt.asUintN(32, features >> (this.#get(R.deviceFeaturesSel) ? 32n : 0n)))
      case R.queueNumMax:
        return queueMost
      case R.config:
        return (disk.length / SECTOR) >>> 0
      case R.config + 20:
        return blockSize
      case R.config + 36:
        return discardMost
      case R.config + 48:
        return zeroMost
      case R.status:
        return this.isStuck ? 0xff : this.#get(R.status)
    }
    return this.#get(offset)
  }

  write(offset: number, value: number): void {
    if (offset === R.status && value === 0) this.#reset()
    else if (offset === R.interruptAck) this.#registers.set(R.interruptStatus, this.#get(R.interruptStatus) & ~value)
    else if (offset === R.driverFeatures)
      this.#registers.set(offset + (this.#get(R.driverFeaturesSel) ? 0x1000 : 0), value)
    else if (offset === R.status && value & FEATURES_OK && !this.#agrees())
      this.#registers.set(offset, value & ~FEATURES_OK)
    else this.#registers.set(offset, value)
    if (offset === R.queueNotify && this.#get(R.status) & DRIVER_OK) this.#look()
  }

  #agrees(): boolean {
    const high = BigInt(this.#get(R.driverFeatures + 0x1000))
    const accepted = (high << 32n) | BigInt(this.#get(R.driverFeatures))
    return (accepted & version1) !== 0n && (accepted & ~this.#options.features) === 0n
  }

  #reset(): void {
    this.resets++
    this.#registers.clear()
    this.taken.length = 0
    this.#nextAvailable = this.#used = 0
  }

  /** Takes what was offered. */
  #look(): void {
    const { memory } = this.#options
    const size = this.#get(R.queueNum)
    const available = this.#address(R.driver)
    const index = memory(available, 4).readUInt16LE(2)
    while (this.#nextAvailable !== index) {
      const head = memory(available + 4n + BigInt((this.#nextAvailable % size) * 2), 2).readUInt16LE()
      this.#nextAvailable = (this.#nextAvailable + 1) & 0xffff
      this.taken.push({ head, segments: this.#chain(head, size) })
    }
    if (!this.isSlow) while (this.taken.length) this.answer()
  }

  #chain(head: number, size: number): Segment[] {
    const found: Segment[] = []
    for (let i = head; ; ) {
      if (found.length > size) throw new Error('the driver made a chain without end')
      const entry = this.#options.memory(this.#address(R.desc) + BigInt(i * 16), 16)
      const flags = entry.readUInt16LE(12)
      found.push({ address: entry.readBigUInt64LE(), size: entry.readUInt32LE(8), isWritable: (flags & 2) !== 0 })
      if (!(flags & 1)) return found
      i = entry.readUInt16LE(14)
    }
  }

  /** Does and answers the `which`-th of what was taken. */
  answer(which = 0): void {
    const [one] = this.taken.splice(which, 1)
    if (!one) return
    this.#answerHead(one.head, this.#execute(one.segments))
  }

  #answerHead(head: number, written: number): void {
    this.lie(head, written)
  }

  /** Puts an answer into the used ring, whatever was asked, and interrupts. */
  lie(head: number, written: number, steps = 1): void {
    const { memory } = this.#options
    const size = this.#get(R.queueNum)
    const used = this.#address(R.device)
    const entry = memory(used + 4n + BigInt((this.#used % size) * 8), 8)
    entry.writeUInt32LE(head >>> 0)
    entry.writeUInt32LE(written >>> 0, 4)
    this.#used = (this.#used + steps) & 0xffff
    memory(used, 4).writeUInt16LE(this.#used, 2)
    this.#registers.set(R.interruptStatus, this.#get(R.interruptStatus) | 1)
  }

  /** DEVICE_NEEDS_RESET. */
  breakDown(): void {
    this.#registers.set(R.status, this.#get(R.status) | 64)
    this.#registers.set(R.interruptStatus, 2)
  }

  /** Bytes that were written. */
  #execute(segments: Segment[]): number {
    const { memory, disk } = this.#options
    const bytes = segments.map(({ address, size }) => memory(address, size))
    const header = bytes[0]!
    const type = header.readUInt32LE()
    const sector = Number(header.readBigUInt64LE(8))
    const status = bytes.at(-1)!
    const data = bytes.slice(1, -1)
    const size = data.reduce((sum, part) => sum + part.length, 0)
    const isFine = !this.broken.has(sector) && (sector + size / SECTOR) * SECTOR <= disk.length
    this.log.push([type, sector, size / SECTOR])
    status[0] = isFine ? 0 : 1
    if (!isFine) return 1
    if (type === 0) {
      let at = sector * SECTOR
      for (const part of data) at += disk.copy(part, 0, at, at + part.length)
      return size + 1
    }
    if (type === 1) Buffer.concat(data).copy(disk, sector * SECTOR)
    else if (type === 13 || type === 11) {
      const first = Number(data[0]!.readBigUInt64LE())
      const count = data[0]!.readUInt32LE(8)
      this.log[this.log.length - 1] = [type, first, count]
      if (type === 13) disk.fill(0, first * SECTOR, (first + count) * SECTOR)
    } else if (type !== 4) status[0] = 2
    return 1
  }

  #address(register: number): bigint {
    return (BigInt(this.#get(register + 4)) << 32n) | BigInt(this.#get(register))
  }

  #get(offset: number): number {
    return (this.#registers.get(offset) ?? 0) >>> 0
  }
}
