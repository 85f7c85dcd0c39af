/** Disks as core keeps them for a compartment, without sharing: bytes, and whether they can be written. */
import type { GuestRam } from './guest-ram.ts'

export interface FakeDisk {
  bytes: Buffer
  readOnly?: boolean
  /** It is on the board's storage, which can do so much: CAN_*. */
  stored?: boolean
  abilities?: number
  /** Sectors that fail, as where a pool is used up. */
  broken?: Set<number>
}

const PIECE = 0x1_0000

/** The disk functions of src/vmm/core.ts. */
export function diskServices(disks: readonly FakeDisk[], ram: () => GuestRam) {
  const part = (index: number, at: bigint, length: number, writes: boolean): Buffer | undefined => {
    const disk = disks[index]
    if (!disk || (writes && disk.readOnly) || length >>> 0 > PIECE) return undefined
    const from = Number(BigInt.asUintN(64, at))
    if (from + length > disk.bytes.length || disk.broken?.has(Math.floor(from / 512))) return undefined
    return disk.bytes.subarray(from, from + length)
  }
  const guest = (ipa: bigint, length: number): Buffer | undefined => {
    const { bytes, ipa: base } = ram()
    const at = Number(BigInt.asUintN(64, ipa)) - base
    return at >= 0 && at + length <= bytes.length ? bytes.subarray(at, at + length) : undefined
  }
  const copy = (from: Buffer | undefined, to: Buffer | undefined) => {
    if (!from || !to) return 0
    from.copy(to)
    return 1
  }
  const clear = (index: number, at: bigint, length: number) => (part(index, at, length, true)?.fill(0) ? 1 : 0)
  return {
    diskSize: (index: number) => BigInt(disks[index]?.bytes.length ?? 0),
    diskWritable: (index: number) => (disks[index] && !disks[index].readOnly ? 1 : 0),
    diskRead: (index: number, at: bigint, ipa: bigint, length: number) =>
      copy(part(index, at, length, false), guest(ipa, length)),
    diskWrite: (index: number, at: bigint, ipa: bigint, length: number) =>
      copy(guest(ipa, length), part(index, at, length, true)),
    diskZero: clear,
    diskDiscard: clear,
  }
}
