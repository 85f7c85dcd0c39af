/** Requests to a block device as drivers write them. Virtio 1.2, "Block Device", "Device Operation". */

export const REQUEST_TYPE = { in: 0, out: 1, flush: 4, getId: 8, discard: 11, writeZeroes: 13 }
export const BLOCK_STATUS = { ok: 0, ioerr: 1, unsupp: 2 }

export function header(type: number, sector = 0): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(type)
  bytes.writeBigUInt64LE(BigInt(sector), 8)
  return bytes
}

export function range(sector: number, count: number, flags = 0): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64LE(BigInt(sector))
  bytes.writeUInt32LE(count, 8)
  bytes.writeUInt32LE(flags, 12)
  return bytes
}
