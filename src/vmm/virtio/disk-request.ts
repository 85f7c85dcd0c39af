/** What a block device's driver asks for: a request's header and range as they were copied, and where its answer goes. Virtio 1.2, "Block
 * Device", "Device Operation". */
import * as block from '../../arch/virtio-block'
import { chain, fill, segmentIpa, segmentSize } from './queue'

export const SECTOR: u32 = 512
/** Sectors of one range to discard or to zero. */
export const RANGE_MOST: u32 = 0x4_0000
export const RANGE_UNMAP: u32 = 1

@unmanaged
export class Request {
  type: u32
  reserved: u32
  sector: u64
}

@unmanaged
export class Range {
  sector: u64
  count: u32
  flags: u32
}

/** Of the request that is looked at: 16 bytes each. */
export const header = memory.data(16, 16)
export const range = memory.data(16, 16)
const idText = memory.data<u8>([0x62, 0x75, 0x6c, 0x6b, 0x68, 0x65, 0x61, 0x64, 0x2d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

/** Whether `size` bytes from `sector` on are whole sectors of a disk of so many. */
export function isInside(sectors: u64, sector: u64, size: u64): bool {
  const count = size >> block.SECTOR_SHIFT
  return (size & (SECTOR - 1)) == 0 && size < <u64>u32.MAX_VALUE && sector <= sectors && count <= sectors - sector
}

/** T_GET_ID: a name, NUL-padded. False: there is no room for it. */
export function identify(unit: u32): bool {
  if (chain().writableSize < block.ID_SIZE + 1) return false
  store<u8>(idText, <u8>(0x30 + unit), 9)
  fill(idText, block.ID_SIZE)
  return true
}

/** The status byte: the last one that the device may write. */
export function lastWritable(): u64 {
  const found = chain()
  let i = found.count - 1
  while (i > found.readable && segmentSize(i) == 0) i--
  return segmentIpa(i) + segmentSize(i) - 1
}
