/** What a VM's record holds lists of: images that are loaded, and disks. Both are in its page, behind the record. */

/** An image that is copied into the VM's RAM at each start. */
@unmanaged
export class Load {
  pa: u64
  length: u64
  ipa: u64
  /** Address of the hash in core's window, and which it is. */
  crc: u32
  hashKind: u32
  /** Checked with the others, but not copied: what a disk begins as. */
  isDisk: u32
  /** Places of seeds in it, as src/core/seed.ts has them; 0: none. */
  rngSeed: u64
  kaslrSeed: u64
  sha0: u64
  sha1: u64
  sha2: u64
  sha3: u64
}

/** src/core/disk.ts. */
@unmanaged
export class Disk {
  /** EL2's address of the image in the bundle, `size` bytes; 0 if the disk begins as zeroes. */
  baseVa: u64
  /** Bytes, whole clusters. */
  size: u64
  /** 64 bits for each cluster: its page of the pool plus 1, or 0. 0: the disk is read-only. */
  mapVa: u64
  poolVa: u64
  poolCount: u64
  /** Pages that were ever in use; the first of those that are free again plus 1: each begins with the next one's. */
  poolUsed: u64
  poolFree: u64
  /** 1: it is on the board's storage, and none of the above counts: src/core/volume.ts. */
  isVolume: u64
}
