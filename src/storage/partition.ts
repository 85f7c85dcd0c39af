/** Partitions that were found: where each is, in sectors of 512 bytes, and its name. */
import { PARTITION_NAME_MOST } from '../abi/storage'

export const MOST: u32 = 128

@unmanaged
export class Partition {
  start: u64
  /** 0: there is none of this number. */
  sectors: u64
}

const SHIFT: u32 = 6
const NAME_AT: u32 = offsetof<Partition>()
const partitions = memory.data(8192, 8)
if (NAME_AT + PARTITION_NAME_MOST > 1 << SHIFT || MOST << SHIFT > 8192) ERROR('partitions need more memory')

/** Numbers count from 1. */
export function partitionAt(number: u32): Partition {
  return changetype<Partition>(partitions + ((number - 1) << SHIFT))
}

export function isThere(number: u32): bool {
  return number - 1 < MOST && partitionAt(number).sectors != 0
}

/** Where the name of partition `number` stands, PARTITION_NAME_MOST bytes. */
export function nameAt(number: u32): usize {
  return partitions + ((number - 1) << SHIFT) + NAME_AT
}

export function add(number: u32, start: u64, sectors: u64): void {
  if (number - 1 >= MOST) return
  partitionAt(number).start = start
  partitionAt(number).sectors = sectors
}

export function forgetAll(): void {
  memory.fill(partitions, 0, MOST << SHIFT)
}

export function count(): u32 {
  let found: u32 = 0
  for (let number: u32 = 1; number <= MOST; number++) if (isThere(number)) found++
  return found
}
