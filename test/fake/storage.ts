/** The service `storage` as it ships, over a board's disk that is only pretended. */
import { WINDOW_DMA } from '../../src/abi/layout.ts'
import { DRIVER_VIRTIO, STORAGE_CONTROL, VOLUME_BUFFER, VOLUME_TICKETS } from '../../src/abi/storage.ts'
import { Incoherent } from './incoherent.ts'
import { PhysicalBlock, type PhysicalOptions } from './physical-virtio.ts'
import { refuse, shipped } from './shipped.ts'

/** Where the device finds what stands at WINDOW_DMA. */
export const DMA_ADDRESS = 0x1_2345_0000n
const WASM_PAGE = 0x1_0000
const VOLUMES = 2
const SIZE = STORAGE_CONTROL + VOLUMES * VOLUME_TICKETS * VOLUME_BUFFER
const FREQUENCY = 1_000_000n

interface Exports {
  memory: WebAssembly.Memory
  init(driver: number, frequency: bigint, clocks: bigint): number
  capacity(): bigint
  abilities(): number
  readTable(): number
  partitionStart(number: number): bigint
  partitionSize(number: number): bigint
  partitionName(number: number, i: number): number
  setName(i: number, ch: number): void
  findNamed(): number
  submit(what: number, sector: bigint, count: number): void
  interrupt(): void
}

export interface Registers {
  disk: Buffer
  /** Where it may read and write by itself. */
  memory?: (address: bigint, size: number) => Buffer
  read(offset: number): number
  write(offset: number, value: number): void
}

export class FakeStorage {
  readonly device: PhysicalBlock
  readonly #registers: Registers
  readonly call: Exports
  /** Requests that are over: ticket, and whether it was done. */
  readonly done: [ticket: number, isDone: boolean][] = []
  /** Ranges that were cleaned out of the caches. */
  readonly cleaned: [at: number, size: number][] = []
  now = 0n

  /** Over a virtio device, or registers of another. */
  constructor(options: Omit<PhysicalOptions, 'memory'> | Registers, { isCoherent = true, dma = DMA_ADDRESS } = {}) {
    this.#dma = dma
    const disk = {
      ...options,
      disk: options.disk,
      memory: (address: bigint, size: number) => this.memory(address, size),
    }
    this.device = new PhysicalBlock(disk)
    this.#registers = 'read' in options ? options : this.device
    const core = {
      deviceRead: (offset: number) => this.#registers.read(offset),
      deviceWrite: (offset: number, value: number) => this.#registers.write(offset, value >>> 0),
      dmaAddress: () => dma,
      dmaSize: () => SIZE,
      dmaCoherent: () => (isCoherent ? 1 : 0),
      ticks: () => (this.now += 100n),
      requestDone: (ticket: number, isDone: number) => void this.done.push([ticket, isDone !== 0]),
    }
    const barrier = () => undefined
    const hw = {
      dmb_osh: barrier,
      dmb_oshld: barrier,
      dmb_oshst: barrier,
      clean: (at: number, size: number) => {
        this.cleaned.push([at >>> 0, size])
        this.#caches?.clean((at >>> 0) - WINDOW_DMA, size)
      },
    }
    const env = { abort: refuse('abort'), fuel: refuse('out of fuel') }
    const { exports } = new WebAssembly.Instance(shipped('wasm/storage'), { core, hw, env })
    this.call = exports as unknown as Exports
    const pages = Math.ceil((WINDOW_DMA + SIZE) / WASM_PAGE)
    this.call.memory.grow(pages - this.call.memory.buffer.byteLength / WASM_PAGE)
    if (!isCoherent) this.#caches = new Incoherent(() => this.#window(0, SIZE))
    if ('read' in options) options.memory = disk.memory
  }

  readonly #dma: bigint
  #caches: Incoherent | undefined

  /** What the device reaches, as it sees it, and nothing else. */
  memory(address: bigint, size: number): Buffer {
    const offset = address - this.#dma
    if (offset < 0n || offset + BigInt(size) > BigInt(SIZE)) throw new Error(`DMA to ${address.toString(16)}`)
    const at = Number(offset)
    return this.#caches ? this.#caches.behind.subarray(at, at + size) : this.#window(at, size)
  }

  #window(at: number, size: number): Buffer {
    return Buffer.from(this.call.memory.buffer, WINDOW_DMA + at, size)
  }

  init(): number {
    return this.call.init(DRIVER_VIRTIO, FREQUENCY, 0n)
  }

  /** A request's, as core sees it. */
  buffer(ticket: number): Buffer {
    return this.#window(STORAGE_CONTROL + ticket * VOLUME_BUFFER, VOLUME_BUFFER)
  }

  submit(ticket: number, request: number, sector: number, count: number): void {
    this.call.submit(ticket | (request << 16), BigInt(sector), count)
  }

  /** The device's interrupt, if it has one; what is over by then. */
  interrupt(): [ticket: number, isDone: boolean][] {
    if (this.device.hasInterrupt) this.call.interrupt()
    return this.done.splice(0)
  }

  /** After its table was read: partitions by number. */
  partitions(): Record<number, { start: number; sectors: number; name: string }> {
    const found: Record<number, { start: number; sectors: number; name: string }> = {}
    for (let number = 1; number <= 128; number++) {
      const sectors = Number(this.call.partitionSize(number))
      if (!sectors) continue
      let name = ''
      for (let i = 0, ch = this.call.partitionName(number, 0); ch; ch = this.call.partitionName(number, ++i)) {
        name += String.fromCharCode(ch)
      }
      found[number] = { start: Number(this.call.partitionStart(number)), sectors, name }
    }
    return found
  }

  find(name: string): number {
    for (const [i, ch] of [...Buffer.from(name)].entries()) this.call.setName(i, ch)
    return this.call.findNamed() >>> 0
  }
}
