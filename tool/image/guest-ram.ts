/** A guest's RAM while it fills up with kernel, initrd and DTB. */
import { BLOCK_SIZE, PAGE_SIZE } from '../../src/abi/layout.ts'
import { alignUp, rangeText } from '../ui/number.ts'

/** Bytes of guest RAM that something takes; `name` is for people. */
export interface Spot {
  name: string
  address: number
  size: number
}

export function spotText(spot: Spot): string {
  return rangeText(spot.address, spot.size)
}

export class GuestRam {
  readonly end: number
  readonly #taken: Spot[] = []

  constructor(
    readonly base: number,
    size: number,
  ) {
    this.end = base + size
  }

  take(spot: Spot): Spot {
    this.#taken.push(spot)
    return spot
  }

  holds({ address, size }: Spot): boolean {
    return address >= this.base && address + size <= this.end
  }

  overlap({ address, size }: Spot): Spot | undefined {
    return this.#taken.find((other) => address < other.address + other.size && other.address < address + size)
  }

  /** The lowest free spot from `from` on: at a 2 MiB boundary if there is one, else at a page. */
  find(name: string, size: number, from: number): Spot | undefined {
    const starts = [from, ...this.#taken.map((spot) => spot.address + spot.size)].filter((start) => start >= from)
    for (const step of [BLOCK_SIZE, PAGE_SIZE]) {
      const spots = starts.map((start) => ({ name, address: alignUp(start, step), size }))
      const free = spots.filter((spot) => this.holds(spot) && !this.overlap(spot))
      if (free.length > 0) return free.reduce((lowest, spot) => (spot.address < lowest.address ? spot : lowest))
    }
    return undefined
  }

  toString(): string {
    return rangeText(this.base, this.end - this.base)
  }
}
