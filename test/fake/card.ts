/** A virtio network card from the device's side, and the service that drives it as it ships. Virtio 1.2, "Virtio Over MMIO". */
import { WINDOW_DMA } from '../../src/abi/layout.ts'
import { UPLINK_MEMORY } from '../../src/abi/uplink.ts'
import { refuse, shipped } from './shipped.ts'

const VERSION_1 = 1n << 32n
/** What the card calls the shared memory's first byte. */
const BUS = 0x1_2000_0000n
const WASM_PAGE = 0x1_0000
/** virtio_net_hdr. */
export const HEADER = 12
export const NOTHING = 2n ** 64n - 1n
export const NOBODY = 0xffff_ffff

export interface CardOptions {
  features?: bigint
  queueSizes?: [receive: number, transmit: number]
  /** It never says that its reset is over. */
  hangs?: boolean
  isCoherent?: boolean
}

interface Service {
  memory: WebAssembly.Memory
  init(frequency: bigint): number
  interrupt(): void
  receive(): bigint
  refill(): void
  transmit(i: number, size: number): void
  send(): void
  reclaim(): number
}

class CardQueue {
  size = 0
  isReady = false
  table = 0n
  available = 0n
  used = 0n
  /** Free-running: chains taken and answered. */
  taken = 0
  answered = 0
}

export class FakeCard {
  readonly call: Service
  status = 0
  interruptStatus = 0
  accepted = 0n
  readonly queues = [new CardQueue(), new CardQueue()] as const
  /** Queues that the driver notified, in order. */
  readonly notified: number[] = []
  /** Lines that the driver cleaned, address and bytes. */
  readonly cleaned: [number, number][] = []
  #select = { device: 0, driver: 0, queue: 0 }
  #now = 0n

  constructor(private readonly options: CardOptions = {}) {
    const core = {
      deviceRead: (offset: number) => this.#read(offset) >>> 0,
      deviceWrite: (offset: number, value: number) => this.#write(offset, value >>> 0),
      dmaAddress: () => BUS,
      dmaSize: () => UPLINK_MEMORY,
      dmaCoherent: () => ((options.isCoherent ?? true) ? 1 : 0),
      ticks: () => this.#now++,
    }
    const none = () => {}
    const hw = {
      dmb_osh: none,
      dmb_oshld: none,
      dmb_oshst: none,
      clean: (at: number, size: number) => void this.cleaned.push([at >>> 0, size >>> 0]),
    }
    const env = { abort: refuse('abort'), fuel: refuse('out of fuel') }
    const { exports } = new WebAssembly.Instance(shipped('wasm/uplink'), { core, hw, env })
    this.call = exports as unknown as Service
    const end = Math.ceil((WINDOW_DMA + UPLINK_MEMORY) / WASM_PAGE)
    this.call.memory.grow(end - this.call.memory.buffer.byteLength / WASM_PAGE)
  }

  start(): this {
    if (this.call.init(1000n) !== 1) throw new Error('the card is refused')
    return this
  }

  #read(offset: number): number {
    const { features = VERSION_1, queueSizes = [256, 256], hangs } = this.options
    const queue = this.queues[this.#select.queue as 0 | 1]
    switch (offset) {
      case 0x10:
        return Number((features >> BigInt(32 * this.#select.device)) & 0xffff_ffffn)
      case 0x34:
        return queueSizes[this.#select.queue] ?? 0
      case 0x44:
        return queue?.isReady ? 1 : 0
      case 0x60:
        return this.interruptStatus
      case 0x70:
        return hangs ? 0x40 : this.status
    }
    return 0
  }

  #write(offset: number, value: number): void {
    const queue = this.queues[this.#select.queue as 0 | 1]
    const low = (word: bigint) => (word & ~0xffff_ffffn) | BigInt(value)
    const high = (word: bigint) => (word & 0xffff_ffffn) | (BigInt(value) << 32n)
    const actions: Record<number, () => void> = {
      20: () => (this.#select.device = value),
      32: () => (this.accepted = this.#select.driver ? high(this.accepted) : low(this.accepted)),
      36: () => (this.#select.driver = value),
      48: () => (this.#select.queue = value),
      56: () => (queue.size = value),
      68: () => (queue.isReady = value === 1),
      80: () => this.notified.push(value),
      100: () => (this.interruptStatus &= ~value),
      112: () => this.#setStatus(value),
      128: () => (queue.table = low(queue.table)),
      132: () => (queue.table = high(queue.table)),
      144: () => (queue.available = low(queue.available)),
      148: () => (queue.available = high(queue.available)),
      160: () => (queue.used = low(queue.used)),
      164: () => (queue.used = high(queue.used)),
    }
    actions[offset]?.()
  }

  #setStatus(value: number): void {
    this.status = value
    if (value === 0) for (const queue of this.queues) Object.assign(queue, new CardQueue())
  }

  /** Memory at an address of the card's. */
  bytes(address: bigint, size: number): Buffer {
    const at = Number(address - BUS)
    if (at < 0 || at + size > UPLINK_MEMORY) throw new Error(`the card would reach ${address.toString(16)}`)
    return Buffer.from(this.call.memory.buffer, WINDOW_DMA + at, size)
  }

  /** The next chain that the driver offered: its head, and what it describes, which is one buffer. */
  take(index: 0 | 1): { head: number; buffer: Buffer; isWritable: boolean } | undefined {
    const queue = this.queues[index]
    const available = this.bytes(queue.available, 4 + queue.size * 2)
    if (available.readUInt16LE(2) === (queue.taken & 0xffff)) return undefined
    const head = available.readUInt16LE(4 + (queue.taken++ % queue.size) * 2)
    const descriptor = this.bytes(queue.table + BigInt(head * 16), 16)
    const buffer = this.bytes(descriptor.readBigUInt64LE(0), descriptor.readUInt32LE(8))
    return { head, buffer, isWritable: (descriptor.readUInt16LE(12) & 2) !== 0 }
  }

  /** Says that chain `head` is done; whatever it says. */
  answer(index: 0 | 1, head: number, written: number): void {
    const queue = this.queues[index]
    const used = this.bytes(queue.used, 4 + queue.size * 8)
    used.writeUInt32LE(head, 4 + (queue.answered % queue.size) * 8)
    used.writeUInt32LE(written, 8 + (queue.answered % queue.size) * 8)
    queue.answered++
    used.writeUInt16LE(queue.answered & 0xffff, 2)
  }

  /** A frame comes from outside. False: the driver has no buffer for it. */
  arrive(frame: Uint8Array): boolean {
    const chain = this.take(0)
    if (!chain) return false
    chain.buffer.fill(0, 0, HEADER)
    chain.buffer.set(frame, HEADER)
    this.answer(0, chain.head, HEADER + frame.length)
    this.interruptStatus |= 1
    return true
  }

  /** What the service says has come, and its bytes. */
  receive(): Buffer | undefined {
    const next = BigInt.asUintN(64, this.call.receive())
    if (next === NOTHING) return undefined
    const at = Number(next & 0xffff_ffffn)
    return Buffer.from(this.bytes(BUS + BigInt(at), Number(next >> 32n)))
  }
}
