/** Records of the bundle's image `hypervisor-map`: which device of the board lies where, and whose it is (doc/bundle.md). */

/** Bytes of a record: first address and the one behind the last, 64 bits each; the owner, 32 bits; at MAP_NAME its name, with a NUL. */
export const MAP_RECORD = 64
export const MAP_END = 8
export const MAP_OWNER = 16
export const MAP_NAME = 24
export const MAP_NAME_SIZE = 40
/** Owners besides the ids of VMs. */
export const MAP_NOBODY = 0xffff_ffff
