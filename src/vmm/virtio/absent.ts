/** A virtio-mmio slot that holds no device: guests probe all of them. Virtio 1.2 "MMIO Device Register Layout". */

import { fitsWord, part } from '../width'

const MAGIC_VALUE: u32 = 0x000
const VERSION: u32 = 0x004
const VENDOR_ID: u32 = 0x00c

/** `offset` counts from the slot. DeviceID, like everything else, reads zero: drivers must then ignore the slot. */
export function readAbsent(offset: u32, size: u32): u64 {
  return fitsWord(offset, size) ? part(read(offset & ~3), offset, size) : 0
}

function read(offset: u32): u32 {
  if (offset == MAGIC_VALUE) return 0x7472_6976
  if (offset == VERSION) return 2
  return offset == VENDOR_ID ? 0x444b_4842 : 0 // "BHKD"
}
