/** The little that a thin guest reads from the device tree blob it was given. Devicetree Specification, "Flattened Devicetree". */

import { read8, read32 } from './hw'

const MAGIC: u32 = 0xd00d_feed
/** A larger blob is not one. */
const SIZE_MAX: u32 = 0x20_0000

function field(dtb: u64, offset: u64): u32 {
  return bswap<u32>(read32(dtb + offset))
}

export function isDtb(dtb: u64): boolean {
  if (dtb === 0 || (dtb & 7) !== 0) return false
  return field(dtb, 0) === MAGIC && field(dtb, 4) <= SIZE_MAX
}

/** Does `text` stand anywhere in the structure block, as one of a property's strings? Enough for a `compatible`. */
export function mentions(dtb: u64, text: string): boolean {
  if (!isDtb(dtb)) return false
  const size = field(dtb, 4)
  for (let at: u64 = field(dtb, 8); at + text.length < size; at++) {
    if (matches(dtb + at, text)) return true
  }
  return false
}

function matches(address: u64, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (read8(address + i) !== text.charCodeAt(i)) return false
  }
  return read8(address + text.length) === 0
}
