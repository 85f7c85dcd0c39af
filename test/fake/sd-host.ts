/** An SD host with a card in it, by its registers of 32 bits: what the hypervisor's driver sees of one, errors on demand. */

const R = {
  block: 0x04,
  argument: 0x08,
  command: 0x0c,
  response: 0x10,
  buffer: 0x20,
  present: 0x24,
  clock: 0x2c,
  status: 0x30,
  signal: 0x38,
  capabilities: 0x40,
  adma: 0x58,
}
const BLOCK = 512
const [COMMAND_COMPLETE, TRANSFER_COMPLETE, WRITE_READY, READ_READY, ERROR] = [1, 2, 0x10, 0x20, 0x8000]
const DATA_CRC_ERROR = 1 << 21
const ADMA_ERROR = 1 << 25
const COMMAND_TIMEOUT = 1 << 16
const READY = 1 << 31
const HIGH_CAPACITY = 1 << 30
const TRANSFER_STATE = (4 << 9) | (1 << 8)
const RELATIVE_ADDRESS = 0x1234

export interface SdHostOptions {
  disk: Buffer
  /** Counts in sectors; else in bytes, as cards of up to 2 GB do. */
  isHighCapacity?: boolean
  hasCard?: boolean
  /** MHz; 0: it does not say. */
  baseClock?: number
  highSpeed?: boolean
  /** It says that it has ADMA2. */
  adma?: boolean
}

export class SdHost {
  readonly #registers = new Map<number, number>()
  readonly #options: Required<SdHostOptions>
  /** Commands in order, ACMDs from 100 on. */
  readonly log: number[] = []
  /** So many transfers fail by their CRC; or commands are not answered. */
  failures = 0
  isMute = false
  /** So many transfers by ADMA2 fail before any byte of them; or they neither end nor stop. */
  admaFailures = 0
  isStuck = false
  /** Bytes that ADMA2 moved. */
  mastered = 0
  memory?: (address: bigint, size: number) => Buffer
  #isApp = false
  #status = 0
  #response = [0, 0, 0, 0]
  #transfer: { isRead: boolean; at: number; left: number; block: Buffer; place: number } | undefined
  #busyFor = 2

  constructor(options: SdHostOptions) {
    this.#options = { isHighCapacity: true, hasCard: true, baseClock: 52, highSpeed: true, adma: false, ...options }
  }

  get disk(): Buffer {
    return this.#options.disk
  }

  get hasInterrupt(): boolean {
    return (this.#status & (this.#registers.get(R.signal) ?? 0)) !== 0
  }

  /** Hz of the card's clock, and whether its bus has four lines. */
  get clock(): number {
    const value = this.#registers.get(R.clock) ?? 0
    const divisor = ((value >> 8) & 0xff) | (((value >> 6) & 3) << 8)
    return ((this.#options.baseClock || 100) * 1e6) / (divisor ? 2 * divisor : 1)
  }

  get control(): number {
    return this.#registers.get(0x28) ?? 0
  }

  read(offset: number): number {
    if (offset === R.status) return this.#status >>> 0
    if (offset === R.present) return 0
    if (offset === R.capabilities)
      return (
        ((this.#options.baseClock << 8) |
          (this.#options.highSpeed ? 1 << 21 : 0) |
          (this.#options.adma ? 1 << 19 : 0)) >>>
        0
      )
    if (offset >= R.response && offset < R.buffer) return this.#response[(offset - R.response) / 4]! >>> 0
    if (offset === R.buffer) return this.#readBuffer()
    const value = this.#registers.get(offset) ?? 0
    // Resets end at once, clocks are stable at once.
    const resets = this.isStuck ? value & 0x0600_0000 : 0
    return (offset === R.clock ? (value & 0xff_ffff) | (value & 1 ? 2 : 0) | resets : value) >>> 0
  }

  write(offset: number, value: number): void {
    if (offset === R.status) this.#status &= ~value
    else if (offset === R.buffer) this.#writeBuffer(value)
    else if (offset === R.command) {
      this.#registers.set(offset, value)
      this.#command(value)
    } else this.#registers.set(offset, value)
    if (offset === R.clock && value >>> 24) this.#transfer = undefined
  }

  #command(value: number): void {
    const index = (value >>> 24) & 63
    const number = this.#isApp ? 100 + index : index
    this.log.push(number)
    this.#isApp = index === 55
    if (this.isMute || !this.#options.hasCard) {
      this.#status |= ERROR | COMMAND_TIMEOUT
      return
    }
    this.#response = this.#answer(number)
    this.#status |= COMMAND_COMPLETE
    if (((value >> 16) & 3) === 3) this.#status |= TRANSFER_COMPLETE
    if (value & (1 << 21)) this.#start(number, (value & 0x10) !== 0)
  }

  #answer(number: number): number[] {
    const { disk, isHighCapacity } = this.#options
    if (number === 8) return [0x1aa, 0, 0, 0]
    if (number === 141) return [this.#busyFor-- > 0 ? 0 : READY | (isHighCapacity ? HIGH_CAPACITY : 0), 0, 0, 0]
    if (number === 3) return [RELATIVE_ADDRESS << 16, 0, 0, 0]
    if (number === 9) return this.#csd(disk.length / BLOCK)
    return [TRANSFER_STATE, 0, 0, 0]
  }

  /** The register without its last byte. */
  #csd(sectors: number): number[] {
    const set = (value: bigint, from: number) => value << BigInt(from - 8)
    const csd = this.#options.isHighCapacity
      ? set(1n, 126) | set(BigInt(sectors / 1024 - 1), 48)
      : // READ_BL_LEN 9, C_SIZE_MULT 7: units of 512 sectors.
        set(9n, 80) | set(7n, 47) | set(BigInt(sectors / 512 - 1), 62)
    return [0, 32, 64, 96].map((bit) => Number((csd >> BigInt(bit)) & 0xffff_ffffn))
  }

  #start(number: number, isRead: boolean): void {
    const word = this.#registers.get(R.block) ?? 0
    const argument = (this.#registers.get(R.argument) ?? 0) >>> 0
    const size = word & 0xfff
    const at = this.#options.isHighCapacity ? argument * BLOCK : argument
    const block = Buffer.alloc(size)
    if (number === 6) block[16] = this.#options.highSpeed ? 1 : 0
    this.#transfer = { isRead, at: number === 6 ? -1 : at, left: word >>> 16, block, place: 0 }
    if ((this.#registers.get(R.command) ?? 0) & 1) this.#master(size * (word >>> 16))
    else this.#next()
  }

  /** ADMA2 with descriptors of 32-bit addresses. "ADMA2 Descriptor Format". */
  #master(size: number): void {
    const transfer = this.#transfer!
    if (((this.control >> 3) & 3) !== 2 || !this.#options.adma) throw new Error('DMA by a mode that is not ADMA2')
    if (this.isStuck) return
    this.#transfer = undefined
    if (this.admaFailures > 0 || this.failures > 0) {
      this.#status |= ERROR | (this.admaFailures-- > 0 ? ADMA_ERROR : DATA_CRC_ERROR)
      if (this.admaFailures < 0) this.failures--
      this.admaFailures = Math.max(this.admaFailures, 0)
      return
    }
    let at = this.#registers.get(R.adma) ?? 0
    let moved = 0
    for (let isLast = false; !isLast; at += 8) {
      const descriptor = this.memory!(BigInt(at), 8)
      const attributes = descriptor.readUInt16LE(0)
      if ((attributes & 0x31) !== 0x21) throw new Error(`a descriptor says ${attributes.toString(16)}`)
      isLast = (attributes & 2) !== 0
      const length = descriptor.readUInt16LE(2) || 0x1_0000
      const data = this.memory!(BigInt(descriptor.readUInt32LE(4)), length)
      const place = transfer.at + moved
      if (transfer.isRead) this.disk.copy(data, 0, place, place + length)
      else data.copy(this.disk, place)
      moved += length
    }
    this.mastered += moved
    this.#status |= moved === size ? TRANSFER_COMPLETE : ERROR | ADMA_ERROR
  }

  #next(): void {
    const transfer = this.#transfer!
    if (transfer.left === 0) {
      this.#transfer = undefined
      this.#status |= TRANSFER_COMPLETE
      return
    }
    if (this.failures > 0 && transfer.at >= 0) {
      this.failures--
      this.#transfer = undefined
      this.#status |= ERROR | DATA_CRC_ERROR
      return
    }
    if (transfer.isRead && transfer.at >= 0) this.disk.copy(transfer.block, 0, transfer.at, transfer.at + BLOCK)
    transfer.place = 0
    this.#status |= transfer.isRead ? READ_READY : WRITE_READY
  }

  #readBuffer(): number {
    const { block, place } = this.#transfer!
    const value = block.readUInt32LE(place)
    this.#advance()
    return value
  }

  #writeBuffer(value: number): void {
    const { block, place } = this.#transfer!
    block.writeUInt32LE(value >>> 0, place)
    this.#advance()
  }

  #advance(): void {
    const transfer = this.#transfer!
    transfer.place += 4
    if (transfer.place < transfer.block.length) return
    if (!transfer.isRead) transfer.block.copy(this.disk, transfer.at)
    if (transfer.at >= 0) transfer.at += BLOCK
    transfer.left--
    this.#next()
  }
}
