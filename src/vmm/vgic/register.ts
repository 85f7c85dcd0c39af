/**
 * The registers that describe interrupts (0x080 to 0xcff), at the same offsets in the distributor of both versions and in the
 * redistributor's SGI frame.
 *
 * Widths, IHI 0048 "GIC register access" and IHI 0069 "GIC memory-mapped register access": words everywhere, bytes where a register
 * holds bytes. The manuals leave the rest to the implementation: here a narrow read gives the register's bytes, a narrow write
 * reaches registers whose zero bits change nothing, and all else is RAZ/WI, like reserved addresses.
 */

import {
  GICD_BLOCK_SHIFT,
  GICD_ICFGR,
  GICD_IGRPMODR,
  GICD_IPRIORITYR,
  GICD_ISENABLER,
  GICD_ITARGETSR,
} from '../../arch/gicd'
import { widened } from '../width'
import { INTIDS, VCPUS } from './bank'
import { priorityWord } from './pin'
import { writePriority } from './priority'
import { readTrigger, writeTrigger } from './trigger'
import { readWord, writeWord } from './word'

const NO_BANK: u32 = 0xffff_ffff
/** Whose INTIDs 0 to 31 a frame shows: nobody's, in the distributor of GICv3. */
export const NOBODY: u32 = NO_BANK
const WORDS: u32 = INTIDS >> 5

/** The word at `offset`; words 0 are those of vCPU `owner`. */
export function readRegister(vcpu: u32, owner: u32, offset: u32): u32 {
  if (offset < GICD_IPRIORITYR) {
    const index = bankOfWord(owner, (offset >> 2) & 31)
    return index == NO_BANK ? 0 : readWord(vcpu, index, offset >> GICD_BLOCK_SHIFT)
  }
  if (offset < GICD_ITARGETSR) {
    const index = bankOfWord(owner, (offset - GICD_IPRIORITYR) >> 5)
    return index == NO_BANK ? 0 : priorityWord((index << 5) | (offset & 31))
  }
  if (offset >= GICD_ICFGR && offset < GICD_IGRPMODR) {
    const index = bankOfWord(owner, (offset - GICD_ICFGR) >> 3)
    return index == NO_BANK ? 0 : readTrigger(index, (offset >> 2) & 1)
  }
  return 0
}

export function writeRegister(vcpu: u32, owner: u32, offset: u32, size: u32, value: u32): void {
  if (offset < GICD_IPRIORITYR && size == 4) {
    const index = bankOfWord(owner, (offset >> 2) & 31)
    if (index != NO_BANK) writeWord(vcpu, index, offset >> GICD_BLOCK_SHIFT, value)
  } else writeOther(vcpu, owner, offset, size, value)
}

/** Narrow writes, and registers that hold more than a bit for each INTID. */
function writeOther(vcpu: u32, owner: u32, offset: u32, size: u32, value: u32): void {
  if (offset < GICD_IPRIORITYR) {
    const index = bankOfWord(owner, (offset >> 2) & 31)
    if (index == NO_BANK || offset < GICD_ISENABLER) return
    writeWord(vcpu, index, offset >> GICD_BLOCK_SHIFT, widened(value, offset, size))
  } else if (offset < GICD_ITARGETSR) {
    const index = bankOfWord(owner, (offset - GICD_IPRIORITYR) >> 5)
    if (index != NO_BANK) writePriority(vcpu, (index << 5) | (offset & 31), size, value)
  } else if (offset >= GICD_ICFGR && offset < GICD_IGRPMODR && size == 4) {
    const index = bankOfWord(owner, (offset - GICD_ICFGR) >> 3)
    if (index != NO_BANK) writeTrigger(vcpu, index, (offset >> 2) & 1, value)
  }
}

function bankOfWord(owner: u32, n: u32): u32 {
  if (n == 0) return owner
  return n < WORDS ? VCPUS - 1 + n : NO_BANK
}
