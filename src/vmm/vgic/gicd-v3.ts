/**
 * The distributor of GICv3. IHI 0069 "Distributor register descriptions".
 *
 * It has one security state (GICD_CTLR.DS = 1) and affinity routing only (ARE RAO/WI): that is what an OS finds where nothing runs
 * at EL3, and the only view that fits the virtual CPU interface, whose priorities are never shifted for Non-secure code.
 * No LPIs, no message-based SPIs, no extended ranges. RWP reads 0: every write has taken effect when it returns, except that
 * another vCPU's list registers follow when that vCPU next passes its own core's EL2, which a kick asks for at once.
 */

import {
  GIC_ID,
  GICD_CTLR,
  GICD_CTLR_ARE,
  GICD_CTLR_DS,
  GICD_IGROUPR,
  GICD_IGRPMODR,
  GICD_IIDR,
  GICD_IROUTER,
  GICD_TYPER,
  GICD_TYPER_IDBITS_SHIFT,
  GICD_TYPER_NO1N,
} from '../../arch/gicd'
import { fitsWord, part } from '../width'
import { INTIDS } from './bank'
import { groupEnables, setGroupEnables } from './enable'
import { IIDR, identification, PART_GICD } from './id'
import { NOBODY, readRegister, writeRegister } from './register'
import { readRouter, writeRouter } from './route'

const LINES: u32 = (INTIDS >> 5) - 1
/** INTIDs have ten bits. */
const ID_BITS: u32 = 9
const TYPER: u32 = LINES | (ID_BITS << GICD_TYPER_IDBITS_SHIFT) | GICD_TYPER_NO1N
const FIRST_ROUTER: u32 = GICD_IROUTER + 32 * 8
const END_ROUTER: u32 = GICD_IROUTER + INTIDS * 8

export function readGicdV3(vcpu: u32, offset: u32, size: u32): u64 {
  if (fitsWord(offset, size)) return part(read(vcpu, offset & ~3), offset, size)
  return isRouter(offset) && (offset & 7) == 0 && size == 8 ? readRouter((offset - GICD_IROUTER) >> 3) : 0
}

function read(vcpu: u32, offset: u32): u32 {
  if (offset == GICD_TYPER) return TYPER
  if (offset >= GICD_IGROUPR && offset < GICD_IGRPMODR) return readRegister(vcpu, NOBODY, offset)
  if (offset == GICD_CTLR) return groupEnables() | GICD_CTLR_ARE | GICD_CTLR_DS
  if (offset == GICD_IIDR) return IIDR
  if (isRouter(offset)) return offset & 4 ? 0 : readRouter((offset - GICD_IROUTER) >> 3)
  return offset >= GIC_ID ? identification(offset, PART_GICD) : 0
}

export function writeGicdV3(vcpu: u32, offset: u32, size: u32, value: u32): void {
  if (offset >= GICD_IGROUPR && offset < GICD_IGRPMODR) {
    if (fitsWord(offset, size)) writeRegister(vcpu, NOBODY, offset, size, value)
  } else writeGlobal(vcpu, offset, size, value)
}

function writeGlobal(vcpu: u32, offset: u32, size: u32, value: u32): void {
  if (isRouter(offset)) {
    // Aff3, the upper word, does not exist: a write of either width changes the lower word or nothing.
    if ((offset & 7) == 0 && size >= 4) writeRouter(vcpu, (offset - GICD_IROUTER) >> 3, value)
  } else if (offset == GICD_CTLR && size == 4) setGroupEnables(vcpu, value)
}

function isRouter(offset: u32): bool {
  return offset >= FIRST_ROUTER && offset < END_ROUTER
}
