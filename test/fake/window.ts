/** core's linear memory where it shows physical memory at boot: the DTB's and the bundle's windows, as the tables map them. */
import { BLOCK_SIZE, BUNDLE_AT, DTB_AT, VM_AT } from '../../src/abi/layout.ts'
import type { Mmu } from './mmu.ts'
import { PAGE, STALE } from './physical.ts'

const BLOCKS = [DTB_AT, BUNDLE_AT].flatMap((at) => [at, at + BLOCK_SIZE])
const WASM_PAGE = 0x1_0000
const END = BUNDLE_AT + 2 * BLOCK_SIZE
/** End of the pages that core maps one by one. */
export const RECORDS_END = 0x10_0000

export class Windows {
  readonly #open = new Set<number>()

  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly mmu: Mmu,
  ) {
    const missing = Math.ceil((END - memory.buffer.byteLength) / WASM_PAGE)
    if (missing > 0) memory.grow(missing)
  }

  /** After the tables changed: a block that is mapped now shows what lies behind it. */
  refresh(): void {
    for (const at of BLOCKS) if (!this.#open.has(at)) this.#show(at)
  }

  #show(at: number): void {
    const leaf = this.mmu.walk(at)
    if (!leaf) return
    if (leaf.writable) throw new Error('boot maps a tree writable')
    this.#open.add(at)
    const { physical } = this.mmu
    for (let page = 0; page < BLOCK_SIZE; page += PAGE) {
      const pa = leaf.pa + page
      const isThere = physical.isTouched(pa)
      // What follows the last page that exists must not look like zeroes either.
      if (isThere || (page && physical.isTouched(pa - PAGE))) this.#bytes(at + page).set(physical.page(pa))
    }
  }

  /** After an unmap: whoever still reads there gets nonsense. */
  close(va: number): void {
    const at = BLOCKS.find((block) => va >= block && va < block + BLOCK_SIZE)
    if (at === undefined || this.mmu.walk(at)) return
    this.#bytes(at).fill(STALE)
    this.#open.delete(at)
  }

  /** Pages of VMs, vCPUs and CPUs that core wrote although nothing is mapped there. */
  unmappedRecords(): number[] {
    const pages = Array.from({ length: (RECORDS_END - VM_AT) / PAGE }, (_, i) => VM_AT + i * PAGE)
    return pages.filter((at) => this.#bytes(at).some((byte) => byte) && !this.mmu.walk(at))
  }

  #bytes(at: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, PAGE)
  }
}
