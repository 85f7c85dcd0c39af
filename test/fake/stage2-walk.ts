/** A VM's second stage as hardware walks it: VTCR_EL2 and VTTBR_EL2 of a CPU. DDI 0487, "VMSAv8-64 translation using the 4KB granule". */
import type { Machine } from './machine.ts'

const ADDRESS = 0x0000_ffff_ffff_f000n
const ACCESSED = 1n << 10n

export interface Translation {
  pa: number
  /** Bytes that the leaf covers. */
  block: number
  readable: boolean
  writable: boolean
  executable: boolean
  /** MemAttr[3:0] and SH[1:0]. */
  memory: number
  shareability: number
}

/** Where the guest on `cpu` ends up at `ipa`; undefined: translation fault. */
export function translate({ physical, cpus }: Machine, cpu: number, ipa: number): Translation | undefined {
  const { registers } = cpus[cpu]!
  const vtcr = registers.get('vtcr_el2')!
  const ipaBits = 64 - Number(vtcr & 63n)
  if (((vtcr >> 6n) & 3n) !== 1n || ((vtcr >> 14n) & 3n) !== 0n) throw new Error('not level 1 of the 4 KiB granule')
  return walk((pa) => physical.read64(pa), Number(registers.get('vttbr_el2')! & ADDRESS), ipaBits, ipa)
}

/** Starts at level 1, whose one page holds 39 bits. */
export function walk(
  read: (pa: number) => bigint,
  root: number,
  ipaBits: number,
  ipa: number,
): Translation | undefined {
  if (ipa < 0 || ipa >= 2 ** Math.min(ipaBits, 39)) return undefined
  let table = root
  for (let level = 1; ; level++) {
    const block = 4096 * 512 ** (3 - level)
    const descriptor = read(table + (Math.floor(ipa / block) % 512) * 8)
    if (!(descriptor & 1n)) return undefined
    const isTable = (descriptor & 2n) !== 0n
    if (isTable && level < 3) {
      table = Number(descriptor & ADDRESS)
      continue
    }
    if (level === 3 && !isTable) return undefined
    return leaf(descriptor, block, ipa)
  }
}

function leaf(descriptor: bigint, block: number, ipa: number): Translation {
  const field = (shift: number, bits: number) => Number((descriptor >> BigInt(shift)) & BigInt(2 ** bits - 1))
  if (!(descriptor & ACCESSED)) throw new Error('the access flag is clear')
  const base = Number(descriptor & ADDRESS)
  if (base % block) throw new Error(`a block of ${block} bytes at ${base.toString(16)}`)
  return {
    pa: base + (ipa % block),
    block,
    readable: (field(6, 2) & 1) === 1,
    writable: (field(6, 2) & 2) === 2,
    executable: field(53, 2) === 0,
    memory: field(2, 4),
    shareability: field(8, 2),
  }
}
