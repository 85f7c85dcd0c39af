/**
 * Places for seeds in a guest's DTB: rng-seed and kaslr-seed of /chosen, which core writes at each start (src/core/seed.ts). The
 * bundle has FDT_NOP there, so that a guest whose board has no source of chance finds none. Devicetree Specification, "Flattened
 * Devicetree (DTB) Format".
 */
import { Reader } from './reader.ts'

export const SEEDS = { 'rng-seed': 32, 'kaslr-seed': 8 } as const
export type SeedName = keyof typeof SEEDS

/** Where the property begins in the DTB, and its name in the DTB's strings. */
export interface SeedSpot {
  name: SeedName
  offset: number
  nameOffset: number
}

const BEGIN_NODE = 1
const END_NODE = 2
const PROP = 3
const NOP = 4
const PROP_HEADER = 12

/** The DTB without those seeds of /chosen that are of the right size and zero, and where they were. Throws ImageError where the
 * tree is damaged. */
export function takeSeeds(dtb: Uint8Array): { dtb: Uint8Array; seeds: SeedSpot[] } {
  const seeds = [...chosenProperties(new Reader(dtb))].flatMap(({ name, offset, nameOffset, size }) =>
    isSeed(name) && size === SEEDS[name] && isZero(dtb, offset + PROP_HEADER, size)
      ? [{ name, offset, nameOffset }]
      : [],
  )
  const copy = Buffer.from(dtb)
  for (const { name, offset } of seeds) {
    for (let at = 0; at < PROP_HEADER + SEEDS[name]; at += 4) copy.writeUInt32BE(NOP, offset + at)
  }
  return { dtb: copy, seeds }
}

interface Property {
  name: string
  offset: number
  nameOffset: number
  size: number
}

function* chosenProperties(file: Reader): Generator<Property> {
  const strings = file.u32be(12)
  const path: string[] = []
  for (let at = file.u32be(8); ; ) {
    const token = file.u32be(at)
    if (token === BEGIN_NODE) {
      const name = text(file, at + 4)
      path.push(name)
      at += 4 + aligned(name.length + 1)
    } else if (token === PROP) {
      const size = file.u32be(at + 4)
      const nameOffset = file.u32be(at + 8)
      if (path.join('/') === '/chosen') yield { name: text(file, strings + nameOffset), offset: at, nameOffset, size }
      at += PROP_HEADER + aligned(size)
    } else if (token === END_NODE || token === NOP) {
      if (token === END_NODE) path.pop()
      at += 4
    } else return
  }
}

function text(file: Reader, at: number): string {
  let end = at
  while (file.u8(end)) end++
  return Buffer.from(file.bytes.subarray(at, end)).toString('latin1')
}

function aligned(size: number): number {
  return Math.ceil(size / 4) * 4
}

function isSeed(name: string): name is SeedName {
  return Object.hasOwn(SEEDS, name)
}

function isZero(bytes: Uint8Array, at: number, size: number): boolean {
  return bytes.subarray(at, at + size).every((byte) => byte === 0)
}
