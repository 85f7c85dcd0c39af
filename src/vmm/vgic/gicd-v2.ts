/** The distributor of GICv2 without the security extensions. IHI 0048 "Distributor register descriptions". */

import {
  GIC_ID,
  GICD_CPENDSGIR,
  GICD_CTLR,
  GICD_ICFGR,
  GICD_IGROUPR,
  GICD_IGRPMODR,
  GICD_IIDR,
  GICD_ITARGETSR,
  GICD_SGIR,
  GICD_SPENDSGIR,
  GICD_TYPER,
  GICD_TYPER_CPU_SHIFT,
  GICV2_FRAME,
} from '../../arch/gicd'
import { fitsWord, part, widened } from '../width'
import { INTIDS } from './bank'
import { groupEnables, setGroupEnables } from './enable'
import { IIDR, identification } from './id'
import { machine } from './machine'
import { readRegister, writeRegister } from './register'
import { writeSgir } from './sgi'
import { addSources, readSources, removeSources } from './sgi-pending'
import { readTargets, writeTargets } from './target'

const LINES: u32 = (INTIDS >> 5) - 1
const SGI_WORDS: u32 = 0x10

export function readGicdV2(vcpu: u32, offset: u32, size: u32): u64 {
  return fitsWord(offset, size) ? part(read(vcpu, offset & ~3), offset, size) : 0
}

function read(vcpu: u32, offset: u32): u32 {
  if (offset == GICD_TYPER) return LINES | ((machine().vcpuCount - 1) << GICD_TYPER_CPU_SHIFT)
  if (offset >= GICD_IGROUPR && offset < GICD_IGRPMODR) {
    if (offset >= GICD_ITARGETSR && offset < GICD_ICFGR) return readTargets(vcpu, offset - GICD_ITARGETSR)
    return readRegister(vcpu, vcpu, offset)
  }
  if (offset == GICD_CTLR) return groupEnables()
  if (offset == GICD_IIDR) return IIDR
  if (offset - GICD_CPENDSGIR < SGI_WORDS) return readSources(vcpu, offset - GICD_CPENDSGIR)
  if (offset - GICD_SPENDSGIR < SGI_WORDS) return readSources(vcpu, offset - GICD_SPENDSGIR)
  return offset < GICV2_FRAME ? identification(offset + (GIC_ID & 0xf000), 0) : 0
}

export function writeGicdV2(vcpu: u32, offset: u32, size: u32, value: u32): void {
  if (offset == GICD_SGIR && size == 4) writeSgir(vcpu, value)
  else if (!fitsWord(offset, size)) return
  else if (offset >= GICD_IGROUPR && offset < GICD_ITARGETSR) writeRegister(vcpu, vcpu, offset, size, value)
  else writeGlobal(vcpu, offset, size, value)
}

function writeGlobal(vcpu: u32, offset: u32, size: u32, value: u32): void {
  if (offset >= GICD_ITARGETSR && offset < GICD_ICFGR) writeTargets(vcpu, offset - GICD_ITARGETSR, size, value)
  else if (offset >= GICD_ICFGR && offset < GICD_IGRPMODR) writeRegister(vcpu, vcpu, offset, size, value)
  else if (offset == GICD_CTLR && size == 4) setGroupEnables(vcpu, value)
  else if (offset - GICD_CPENDSGIR < SGI_WORDS)
    removeSources(vcpu, (offset - GICD_CPENDSGIR) & ~3, widened(value, offset, size))
  else if (offset - GICD_SPENDSGIR < SGI_WORDS)
    addSources(vcpu, (offset - GICD_SPENDSGIR) & ~3, widened(value, offset, size))
}
