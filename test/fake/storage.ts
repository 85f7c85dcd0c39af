/** The service `storage` as it ships, over a board's disk that is only pretended. */
import { WINDOW_DMA } from '../../src/abi/layout.ts'
import { DRIVER_VIRTIO, STORAGE_CONTROL, VOLUME_BUFFER, VOLUME_TICKETS } from '../../src/abi/storage.ts'
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
  init(driver: number, frequency: bigint): number
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

export class FakeStorage {
  readonly device: PhysicalBlock
  readonly call: Exports
  /** Requests that are over: ticket, and whether it was done. */
  readonly done: [ticket: number, isDone: boolean][] = []
  /** Ranges that were cleaned out of the caches. */
  readonly cleaned: [at: number, size: number][] = []
  now = 0n

  constructor(options: Omit<PhysicalOptions, 'memory'>, { isCoherent = true } = {}) {
    this.device = new PhysicalBlock({ ...options, memory: (address, size) => this.memory(address, size) })
    const core = {
      deviceRead: (offset: number) => this.device.read(offset),
      deviceWrite: (offset: number, value: number) => this.device.write(offset, value >>> 0),
      dmaAddress: () => DMA_ADDRESS,
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
      clean: (at: number, size: number) => void this.cleaned.push([at >>> 0, size]),
    }
    const env = { abort: refuse('abort'), fuel: refuse('out of fuel') }
    const { exports } = new WebAssembly.Instance(shipped('wasm/storage'), { core, hw, env })
    this.call = exports as unknown as Exports
    const pages = Math.ceil((WINDOW_DMA + SIZE) / WASM_PAGE)
    this.call.memory.grow(pages - this.call.memory.buffer.byteLength / WASM_PAGE)
  }

  /** What the device reaches, and nothing else. */
  memory(address: bigint, size: number): Buffer {
    const offset = address - DMA_ADDRESS
    if (offset < 0n || offset + BigInt(size) > BigInt(SIZE)) throw new Error(`DMA to ${address.toString(16)}`)
    return Buffer.from(this.call.memory.buffer, WINDOW_DMA + Number(offset), size)
  }

  init(): number {
    return this.call.init(DRIVER_VIRTIO, FREQUENCY)
  }

  buffer(ticket: number): Buffer {
    return this.memory(DMA_ADDRESS + BigInt(STORAGE_CONTROL + ticket * VOLUME_BUFFER), VOLUME_BUFFER)
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
