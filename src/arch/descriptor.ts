/** Translation table descriptors, both stages, 4 KiB granule. DDI 0487, "VMSAv8-64 translation table format descriptors". */

export const VALID: u64 = 1
/** At levels 0 to 2 a table, at level 3 a page; a block has only VALID. */
export const TABLE: u64 = 3
export const PAGE: u64 = 3
export const ADDRESS: u64 = 0x0000_ffff_ffff_f000

const AF: u64 = 1 << 10
const INNER_SHAREABLE: u64 = 3 << 8
const XN: u64 = 1 << 54

/** EL2 stage 1: attribute index 1 is Normal write-back, 0 Device-nGnRnE (boot/entry.S sets MAIR_EL2); AP[1] is RES1. */
const EL2_RES1: u64 = 1 << 6
const READ_ONLY: u64 = 1 << 7
export const EL2_DATA: u64 = XN | AF | INNER_SHAREABLE | EL2_RES1 | (1 << 2)
export const EL2_READ_ONLY: u64 = EL2_DATA | READ_ONLY
export const EL2_TEXT: u64 = EL2_READ_ONLY & ~XN
export const EL2_DEVICE: u64 = XN | AF | EL2_RES1

/** Stage 2: MemAttr[3:0] at 5:2, S2AP at 7:6. Normal write-back leaves the guest's own attributes in force. */
export const S2_RAM: u64 = AF | INNER_SHAREABLE | (3 << 6) | (0xf << 2)
export const S2_READ_ONLY: u64 = XN | AF | INNER_SHAREABLE | (1 << 6) | (0xf << 2)
/** Normal Non-cacheable, whatever the guest's own attributes are, and never executed: who maps it how cannot make it differ. */
export const S2_SHARED: u64 = XN | AF | INNER_SHAREABLE | (3 << 6) | (5 << 2)
export const S2_SHARED_READ_ONLY: u64 = XN | AF | INNER_SHAREABLE | (1 << 6) | (5 << 2)
/** Device-nGnRE, as a guest's own mapping of a device would have it. */
export const S2_DEVICE: u64 = XN | AF | (3 << 6) | (1 << 2)

/** Bits of address that an entry of `level` (0 to 3) covers. */
export function shiftOf(level: u32): u32 {
  return 39 - 9 * level
}
