/** Partition tables of the older kind, logical partitions included. UEFI, "Legacy Master Boot Record (MBR)"; where logical partitions
 * stand is as in Linux's block/partitions/msdos.c. */
import { blockSize, bufferAt, capacity, readNow } from './disk'
import { add, MOST } from './partition'

const SIGNATURE: u32 = 0xaa55
const SIGNATURE_AT: u32 = 510
const TABLE: u32 = 446
const ENTRY: u32 = 16
const ENTRIES: u32 = 4
const TYPE: u32 = 4
const START: u32 = 8
const SIZE: u32 = 12
const PROTECTIVE: u32 = 0xee
/** Number of the first logical partition. */
const LOGICAL: u32 = 5
const SECTOR_SHIFT: u32 = 9

/** True: a GPT follows. */
export function read(): bool {
  if (!openTable(0)) return false
  const at = bufferAt(0)
  let extended: u64 = 0
  for (let i: u32 = 0; i < ENTRIES; i++) {
    const type = typeAt(at, i)
    if (type == PROTECTIVE) return true
    if (isExtended(type)) extended = startAt(at, i)
    else if (type) note(i + 1, startAt(at, i), sizeAt(at, i))
  }
  if (extended) readLogical(extended)
  return false
}

/** A chain of tables, each of one partition and the next table; no longer than there are numbers. */
function readLogical(extended: u64): void {
  const at = bufferAt(0)
  let table = extended
  for (let number = LOGICAL; number <= MOST && openTable(table); number++) {
    let next: u64 = 0
    let hasOwn = false
    for (let i: u32 = 0; i < ENTRIES; i++) {
      const type = typeAt(at, i)
      if (isExtended(type)) next = extended + startAt(at, i)
      else if (type && !hasOwn) {
        note(number, table + startAt(at, i), sizeAt(at, i))
        hasOwn = true
      }
    }
    if (next <= table) return
    table = next
  }
}

/** A block with a table into buffer 0. */
function openTable(block: u64): bool {
  const perBlock = blockSize() >> SECTOR_SHIFT
  if (!readNow(block * perBlock, perBlock)) return false
  return <u32>load<u16>(bufferAt(0), SIGNATURE_AT) == SIGNATURE
}

function typeAt(at: usize, i: u32): u32 {
  return load<u8>(at + TABLE + i * ENTRY + TYPE)
}

function startAt(at: usize, i: u32): u64 {
  return load<u32>(at + TABLE + i * ENTRY + START)
}

function sizeAt(at: usize, i: u32): u64 {
  return load<u32>(at + TABLE + i * ENTRY + SIZE)
}

function isExtended(type: u32): bool {
  return type == 0x05 || type == 0x0f || type == 0x85
}

/** Only what lies on the disk. */
function note(number: u32, start: u64, size: u64): void {
  const perBlock = <u64>(blockSize() >> SECTOR_SHIFT)
  const first = start * perBlock
  const sectors = size * perBlock
  if (start && first < capacity() && sectors <= capacity() - first) add(number, first, sectors)
}
