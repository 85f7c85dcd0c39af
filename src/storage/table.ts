/** The disk's partition table, of either kind: UEFI, "Protective MBR"; and partitions by name or number. */
import { PARTITION_NAME_MOST, PARTITION_NONE, PARTITION_TWICE } from '../abi/storage'
import * as gpt from './gpt'
import * as mbr from './mbr'
import { count, forgetAll, isThere, MOST, nameAt, partitionAt } from './partition'

const wanted = memory.data(40, 8)

/** How many partitions there are. A disk without a table, or with one that is damaged, has none. */
export function read(): u32 {
  forgetAll()
  const isGpt = mbr.read()
  if (isGpt) {
    forgetAll()
    gpt.read()
  }
  return count()
}

export function partitionStart(number: u32): u64 {
  return isThere(number) ? partitionAt(number).start : 0
}

export function partitionSize(number: u32): u64 {
  return isThere(number) ? partitionAt(number).sectors : 0
}

export function partitionName(number: u32, i: u32): u32 {
  return isThere(number) && i < <u32>PARTITION_NAME_MOST ? load<u8>(nameAt(number) + i) : 0
}

/** Byte `i` of the name that `findNamed` looks for; byte 0 begins a new one. */
export function setName(i: u32, ch: u32): void {
  if (i == 0) memory.fill(wanted, 0, PARTITION_NAME_MOST)
  if (i < <u32>PARTITION_NAME_MOST) store<u8>(wanted + i, <u8>ch)
}

export function findNamed(): u32 {
  let found: u32 = PARTITION_NONE
  if (!load<u8>(wanted)) return found
  for (let number: u32 = 1; number <= MOST; number++) {
    if (!isThere(number) || memory.compare(nameAt(number), wanted, PARTITION_NAME_MOST) != 0) continue
    if (found) return PARTITION_TWICE
    found = number
  }
  return found
}
