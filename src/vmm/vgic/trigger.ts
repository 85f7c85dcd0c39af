/** GICD_ICFGR and GICR_ICFGR: two bits for each INTID, of which the upper one says edge-triggered and the lower one is zero. */

import { bankAt, VCPUS } from './bank'
import { readyOf } from './machine'
import { changed } from './settle'

/** Half 0 or 1 of a bank. SGIs read as edge-triggered, PPIs as level-sensitive: neither can be changed. */
export function readTrigger(index: u32, half: u32): u32 {
  return spread((bankAt(index).edge >> (half << 4)) & 0xffff) << 1
}

export function writeTrigger(vcpu: u32, index: u32, half: u32, value: u32): void {
  if (index < VCPUS) return
  const bank = bankAt(index)
  const shift = half << 4
  const edge = (bank.edge & ~(0xffff << shift)) | (gather(value >> 1) << shift)
  const flipped = edge ^ bank.edge
  const before = readyOf(bank)
  bank.edge = edge
  const due = flipped & (before | readyOf(bank) | bank.held)
  if (due) changed(vcpu, index, due)
}

/** Bit n of 16 to bit 2n. */
function spread(bits: u32): u32 {
  bits = (bits | (bits << 8)) & 0x00ff_00ff
  bits = (bits | (bits << 4)) & 0x0f0f_0f0f
  bits = (bits | (bits << 2)) & 0x3333_3333
  return (bits | (bits << 1)) & 0x5555_5555
}

/** Bit 2n to bit n; odd bits are dropped. */
function gather(bits: u32): u32 {
  bits &= 0x5555_5555
  bits = (bits | (bits >> 1)) & 0x3333_3333
  bits = (bits | (bits >> 2)) & 0x0f0f_0f0f
  bits = (bits | (bits >> 4)) & 0x00ff_00ff
  return (bits | (bits >> 8)) & 0xffff
}
