/** The block device's requests, answers, features and configuration space. Virtio 1.2, "Block Device". */

export const SECTOR_SHIFT: u64 = 9

export const T_IN: u32 = 0
export const T_OUT: u32 = 1
export const T_FLUSH: u32 = 4
export const T_GET_ID: u32 = 8
export const T_DISCARD: u32 = 11
export const T_WRITE_ZEROES: u32 = 13

export const S_OK: u32 = 0
export const S_IOERR: u32 = 1
export const S_UNSUPP: u32 = 2

export const F_SEG_MAX: u64 = 1 << 2
export const F_RO: u64 = 1 << 5
export const F_BLK_SIZE: u64 = 1 << 6
export const F_FLUSH: u64 = 1 << 9
export const F_TOPOLOGY: u64 = 1 << 10
export const F_DISCARD: u64 = 1 << 13
export const F_WRITE_ZEROES: u64 = 1 << 14

/** Words of the configuration space. */
export const CAPACITY_LOW: u32 = 0
export const CAPACITY_HIGH: u32 = 4
export const SEG_MAX: u32 = 12
export const BLK_SIZE: u32 = 20
/** physical_block_exp, alignment_offset, min_io_size. */
export const TOPOLOGY: u32 = 24
export const MAX_DISCARD_SECTORS: u32 = 36
export const MAX_DISCARD_SEG: u32 = 40
export const DISCARD_SECTOR_ALIGNMENT: u32 = 44
export const MAX_WRITE_ZEROES_SECTORS: u32 = 48
export const MAX_WRITE_ZEROES_SEG: u32 = 52

/** A request's first bytes: type, a reserved word, sector; what T_GET_ID gives; a range to discard or to zero. */
export const HEADER_SIZE: u32 = 16
export const ID_SIZE: u32 = 20
export const RANGE_SIZE: u32 = 16
