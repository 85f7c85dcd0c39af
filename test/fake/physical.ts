/** The board's RAM, sparse: only pages that somebody wrote exist; the others hold what a power cycle left there. */

export const PAGE = 0x1000
/** What nobody has written or scrubbed yet; a guest that finds this byte was handed memory of someone else. */
export const STALE = 0xa5

/** Fewer pages are noted one by one. */
const MANY = 16

export interface Range {
  start: number
  size: number
}

const stalePage = Buffer.alloc(PAGE, STALE)
const zeroPage = Buffer.alloc(PAGE)

export class Physical {
  readonly #pages = new Map<number, Buffer>()
  /** Whole RAMs at once: first and last page, none beside another. Pages of their own come before. */
  #zeroed: [number, number][] = []

  constructor(readonly ram: readonly Range[]) {}

  holds(pa: number, size = 1): boolean {
    return this.ram.some(({ start, size: bytes }) => pa >= start && pa + size <= start + bytes)
  }

  read64(pa: number): bigint {
    if (pa & 7) return this.read(pa, 8).readBigUInt64LE()
    return this.page(pa).readBigUInt64LE(pa % PAGE)
  }

  write64(pa: number, value: bigint): void {
    if (pa & 7) throw new Error(`unaligned store to ${pa.toString(16)}`)
    this.#own(pa).writeBigUInt64LE(value, pa % PAGE)
  }

  read8(pa: number): number {
    return this.page(pa)[pa % PAGE] as number
  }

  read(pa: number, size: number): Buffer {
    const out = Buffer.alloc(size)
    for (let at = 0; at < size; ) {
      const from = (pa + at) % PAGE
      at += this.page(pa + at).copy(out, at, from, Math.min(PAGE, from + size - at))
    }
    return out
  }

  write(pa: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const to = (pa + at) % PAGE
      const part = bytes.subarray(at, at + PAGE - to)
      this.#own(pa + at).set(part, to)
      at += part.length
    }
  }

  /** Whole pages. */
  zero(pa: number, size: number): void {
    if (pa % PAGE || size % PAGE || !size) throw new Error(`scrub of ${size} bytes at ${pa.toString(16)}`)
    this.#check(pa)
    this.#check(pa + size - 1)
    const [first, last] = [pa / PAGE, (pa + size) / PAGE - 1]
    if (last - first + 1 < MANY) for (let page = first; page <= last; page++) this.#pages.set(page, zeroPage)
    else {
      for (let page = first; page <= last; page++) this.#pages.delete(page)
      this.#join(first, last)
    }
  }

  /** RAM is scrubbed in pieces, one behind the other, and again for the next that has it: as many ranges as there are gaps. */
  #join(first: number, last: number): void {
    const touches = ([from, to]: [number, number]) => from <= last + 1 && to >= first - 1
    const mine = this.#zeroed.filter(touches)
    this.#zeroed = this.#zeroed.filter((range) => !touches(range))
    this.#zeroed.push([Math.min(first, ...mine.map(([from]) => from)), Math.max(last, ...mine.map(([, to]) => to))])
  }

  /** The page around `pa`, for reading. */
  page(pa: number): Buffer {
    return this.#find(pa) ?? stalePage
  }

  /** Whether the page around `pa` holds zeroes only. */
  isZero(pa: number): boolean {
    const page = this.page(pa)
    return page === zeroPage || page.equals(zeroPage)
  }

  /** Whether anything was written there. */
  isTouched(pa: number): boolean {
    return this.#find(pa) !== undefined
  }

  #find(pa: number): Buffer | undefined {
    const index = Math.floor(pa / PAGE)
    const page = this.#pages.get(index)
    if (page) return page
    this.#check(pa)
    return this.#zeroed.some(([first, last]) => index >= first && index <= last) ? zeroPage : undefined
  }

  #own(pa: number): Buffer {
    const index = Math.floor(pa / PAGE)
    const page = this.#find(pa)
    if (page && page !== zeroPage) return page
    const fresh = Buffer.from(page ?? stalePage)
    this.#pages.set(index, fresh)
    return fresh
  }

  #check(pa: number): void {
    if (!this.holds(pa)) throw new Error(`external abort: nothing answers at physical ${pa.toString(16)}`)
  }
}
