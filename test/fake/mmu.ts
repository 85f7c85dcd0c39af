/**
 * EL2's translation as the architecture walks it: four levels, 4 KiB granule. DDI 0487, "The AArch64 Virtual Memory System
 * Architecture". Found translations stay in a TLB until TLBI, so a change without maintenance shows.
 */
import {
  BOOT_TABLES,
  CPU_AT,
  IMAGE_VA,
  STACK_SIZE,
  STACK_STRIDE,
  STACK_VA,
  TABLES_AT_ENTRY,
} from '../../src/abi/layout.ts'
import { PAGE, type Physical } from './physical.ts'

const VALID = 1n
const TABLE = 3n
const EL2_RES1 = 1n << 6n
const READ_ONLY = 1n << 7n
const ACCESSED = 1n << 10n
const NEVER_EXECUTE = 1n << 54n
const ADDRESS = 0x0000_ffff_ffff_f000n
/** boot/entry.S's own leaves. */
const PAGE_RW = NEVER_EXECUTE | 0x747n
const PAGE_RO = NEVER_EXECUTE | 0x7c7n
const PAGE_RX = 0x7c7n
const VA_LIMIT = 2 ** 48
/** Of pages and blocks. */
const SIZES = [PAGE, PAGE * 512, PAGE * 512 ** 2]

/** A linked image: offsets of its parts, in the order of linker/bulkhead.ld. */
export const IMAGE = {
  rodata: 0x8000,
  data: 0xc000,
  coreMemory: 0xd000,
  tables: 0x1d000,
  stack: 0x1d000 + BOOT_TABLES * PAGE,
  cpuPage: 0x1d000 + BOOT_TABLES * PAGE + STACK_SIZE,
  end: 0x1d000 + (BOOT_TABLES + 1) * PAGE + STACK_SIZE,
  secondary: 0x40,
  spin: 0x80,
}

export interface Leaf {
  va: number
  pa: number
  size: number
  writable: boolean
  executable: boolean
  device: boolean
}

export class Fault extends Error {}

export class Mmu {
  /** By size of the leaf, then by its place. */
  readonly #tlb = new Map(SIZES.map((size) => [size, new Map<number, Leaf>()]))
  readonly #root: number

  constructor(
    readonly physical: Physical,
    readonly imagePa: number,
  ) {
    this.#root = imagePa + IMAGE.tables
    this.#build()
  }

  /** Physical address of an access of EL2 to normal memory or, with `device`, to registers. */
  translate(va: number, access: 'read' | 'write', device = false): number {
    const leaf = this.#lookUp(va)
    if (!leaf) throw new Fault(`translation fault: ${access} of ${va.toString(16)}`)
    if (access === 'write' && !leaf.writable) throw new Fault(`permission fault: write of ${va.toString(16)}`)
    if (leaf.device !== device) throw new Fault(`${device ? 'register' : 'data'} access to ${va.toString(16)}`)
    return leaf.pa + (va - leaf.va)
  }

  /** The pieces of contiguous physical memory behind a range of normal memory. */
  *pieces(va: number, size: number, access: 'read' | 'write'): Generator<{ pa: number; size: number }> {
    for (let at = va; at < va + size; ) {
      const pa = this.translate(at, access)
      const leaf = this.walk(at)
      if (!leaf) throw new Fault(`translation fault: ${access} of ${at.toString(16)}`)
      const part = Math.min(leaf.va + leaf.size, va + size) - at
      yield { pa, size: part }
      at += part
    }
  }

  #lookUp(va: number): Leaf | undefined {
    for (const size of SIZES) {
      const cached = this.#tlb.get(size)?.get(Math.floor(va / size))
      if (cached) return cached
    }
    const leaf = this.walk(va)
    if (leaf) this.#tlb.get(leaf.size)?.set(leaf.va / leaf.size, leaf)
    return leaf
  }

  /** TLBI VAE2IS: whatever was cached of the entry that maps `va`. */
  invalidate(va: number): void {
    for (const size of SIZES) this.#tlb.get(size)?.delete(Math.floor(va / size))
  }

  /** The leaf that maps `va` by the tables as they stand. */
  walk(va: number): Leaf | undefined {
    if (va < 0 || va >= VA_LIMIT) return undefined
    let table = this.#root
    for (let level = 0; ; level++) {
      const size = PAGE * 512 ** (3 - level)
      const descriptor = this.physical.read64(table + (Math.floor(va / size) % 512) * 8)
      if (!(descriptor & VALID)) return undefined
      if (level < 3 && (descriptor & TABLE) === TABLE) {
        table = Number(descriptor & ADDRESS)
        continue
      }
      return leafOf(descriptor, va - (va % size), size, level)
    }
  }

  /** Every leaf, in order of address, neighbours that continue each other joined. */
  leaves(): Leaf[] {
    const found: Leaf[] = []
    this.#collect(this.#root, 0, 0, found)
    return found.reduce<Leaf[]>((joined, leaf) => {
      const last = joined.at(-1)
      const follows = last && last.va + last.size === leaf.va && last.pa + last.size === leaf.pa
      if (follows && last.writable === leaf.writable && last.executable === leaf.executable) last.size += leaf.size
      else joined.push({ ...leaf })
      return joined
    }, [])
  }

  #collect(table: number, base: number, level: number, found: Leaf[]): void {
    const size = PAGE * 512 ** (3 - level)
    for (let i = 0; i < 512; i++) {
      const descriptor = this.physical.read64(table + i * 8)
      if (!(descriptor & VALID)) continue
      const va = base + i * size
      if (level < 3 && (descriptor & TABLE) === TABLE) this.#collect(Number(descriptor & ADDRESS), va, level + 1, found)
      else found.push(leafOf(descriptor, va, size, level))
    }
  }

  /** What boot/entry.S maps before core's first instruction. */
  #build(): void {
    const table = (i: number) => this.#root + i * PAGE
    const set = (i: number, entry: number, value: bigint) => this.physical.write64(table(i) + entry * 8, value)
    const link = (from: number, entry: number, to: number) => set(from, entry, BigInt(table(to)) | TABLE)
    this.physical.zero(this.#root, TABLES_AT_ENTRY * PAGE)
    link(0, 0, 1)
    link(1, 0, 2)
    link(1, IMAGE_VA / 2 ** 30, 4)
    link(2, 0, 3)
    link(4, 0, 5)
    const image = (from: number, to: number, attributes: bigint) => {
      for (let at = from; at < to; at += PAGE) set(5, at / PAGE, BigInt(this.imagePa + at) | attributes)
    }
    image(0, IMAGE.rodata, PAGE_RX)
    image(IMAGE.rodata, IMAGE.data, PAGE_RO)
    image(IMAGE.data, IMAGE.end, PAGE_RW)
    const stack = (STACK_VA - IMAGE_VA + STACK_STRIDE - STACK_SIZE) / PAGE
    for (let i = 0; i < STACK_SIZE / PAGE; i++)
      set(5, stack + i, BigInt(this.imagePa + IMAGE.stack + i * PAGE) | PAGE_RW)
    for (let at = PAGE; at < IMAGE.tables - IMAGE.coreMemory; at += PAGE)
      set(3, at / PAGE, BigInt(this.imagePa + IMAGE.coreMemory + at) | PAGE_RW)
    set(3, CPU_AT / PAGE, BigInt(this.imagePa + IMAGE.cpuPage) | PAGE_RW)
  }
}

function leafOf(descriptor: bigint, va: number, size: number, level: number): Leaf {
  const isLeaf = level === 3 ? (descriptor & TABLE) === TABLE : level > 0
  if (!isLeaf) throw new Error(`reserved descriptor ${descriptor.toString(16)} at level ${level}`)
  if ((descriptor & (ACCESSED | EL2_RES1)) !== (ACCESSED | EL2_RES1)) throw new Error('AF or AP[1] is clear')
  const pa = Number(descriptor & ADDRESS)
  if (pa % size) throw new Error(`a block of ${size} bytes at ${pa.toString(16)}`)
  return {
    va,
    pa,
    size,
    writable: !(descriptor & READ_ONLY),
    executable: !(descriptor & NEVER_EXECUTE),
    device: ((descriptor >> 2n) & 7n) === 0n,
  }
}
