/** GUID Partition Table, the first header or, where that is damaged, the one at the disk's end. UEFI, "GUID Partition Table (GPT) Disk
 * Layout". Everything on the disk may have been written by a VM. */
import { PARTITION_NAME_MOST, VOLUME_BUFFER } from '../abi/storage'
import { crc32 } from './crc32'
import { blockSize, bufferAt, capacity, readNow } from './disk'
import { add, forgetAll, isThere, MOST, nameAt } from './partition'

/** "EFI PART". */
const SIGNATURE: u64 = 0x5452_4150_2049_4645
const REVISION: u32 = 0x0001_0000
const HEADER_LEAST: u32 = 92
const ENTRY_LEAST: u32 = 128
/** Entries are checked as far as this many bytes of them; a disk whose tool made more has no partitions for us. */
const ENTRIES_MOST: u32 = 0x4_0000
const SECTOR_SHIFT: u32 = 9

/** Of the header that was read. */
let firstUsable: u64 = 0
let lastUsable: u64 = 0
let entriesBlock: u64 = 0
let entryCount: u32 = 0
let entrySize: u32 = 0
let entriesCrc: u32 = 0

/** False: the disk has none that is whole. */
export function read(): bool {
  const blocks = capacity() / perBlock()
  return readAt(1, blocks) || (blocks > 1 && readAt(blocks - 1, blocks))
}

function perBlock(): u64 {
  return <u64>(blockSize() >> SECTOR_SHIFT)
}

function readAt(block: u64, blocks: u64): bool {
  forgetAll()
  if (readHeader(block, blocks) && readEntries()) return true
  forgetAll()
  return false
}

/** "GPT Header". */
function readHeader(block: u64, blocks: u64): bool {
  if (!readNow(block * perBlock(), <u32>perBlock())) return false
  const at = bufferAt(0)
  const size = load<u32>(at, 12)
  if (load<u64>(at) != SIGNATURE || load<u32>(at, 8) != REVISION) return false
  if (size < HEADER_LEAST || size > blockSize() || load<u64>(at, 24) != block) return false
  const crc = load<u32>(at, 16)
  store<u32>(at, 0, 16)
  if (crc32(at, size, 0) != crc) return false
  firstUsable = load<u64>(at, 40)
  lastUsable = load<u64>(at, 48)
  entriesBlock = load<u64>(at, 72)
  entryCount = load<u32>(at, 80)
  entrySize = load<u32>(at, 84)
  entriesCrc = load<u32>(at, 88)
  if (firstUsable > lastUsable || lastUsable >= blocks || !entriesBlock || entriesBlock >= blocks) return false
  // 128 × 2^n bytes each: then none lies across two of our buffers.
  if (entrySize < ENTRY_LEAST || entrySize > <u32>VOLUME_BUFFER || popcnt(entrySize) != 1) return false
  return entryCount != 0 && entryCount <= ENTRIES_MOST / entrySize
}

/** "GPT Partition Entry Array", a buffer at a time. False: they are not what the header's CRC says. */
function readEntries(): bool {
  const size = entryCount * entrySize
  const at = bufferAt(0)
  let crc: u32 = 0
  for (let done: u32 = 0; done < size; done += <u32>VOLUME_BUFFER) {
    const part = min(size - done, <u32>VOLUME_BUFFER)
    const sectors = ((part + blockSize() - 1) / blockSize()) * <u32>perBlock()
    if (!readNow(entriesBlock * perBlock() + <u64>(done >> SECTOR_SHIFT), sectors)) return false
    crc = crc32(at, part, crc)
    for (let i: u32 = 0; i < part; i += entrySize) note((done + i) / entrySize + 1, at + i)
  }
  return crc == entriesCrc
}

/** An entry whose type is not all zeroes, and whose blocks are where partitions may be. */
function note(number: u32, at: usize): void {
  if (number > MOST || (load<u64>(at) | load<u64>(at, 8)) == 0) return
  const first = load<u64>(at, 32)
  const last = load<u64>(at, 40)
  if (first < firstUsable || last > lastUsable || first > last) return
  add(number, first * perBlock(), (last - first + 1) * perBlock())
  if (isThere(number)) copyName(at + 56, nameAt(number))
}

/** UTF-16LE up to a NUL; what is not ASCII stays unknown. */
function copyName(from: usize, to: usize): void {
  for (let i: u32 = 0; i < <u32>PARTITION_NAME_MOST; i++) {
    const unit: u32 = load<u16>(from + (i << 1))
    if (!unit) return
    store<u8>(to + i, unit >= 0x20 && unit < 0x7f ? <u8>unit : 0x3f)
  }
}
