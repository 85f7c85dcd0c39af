/** The redistributors of GICv3, two 64 KiB frames for each vCPU. IHI 0069 "Redistributor register descriptions". No LPIs. */

import { GICR_STRIDE } from '../../abi/guest-machine'
import { GIC_ID, GICD_ICFGR, GICD_IPRIORITYR } from '../../arch/gicd'
import {
  GICR_IIDR,
  GICR_SGI_BASE,
  GICR_TYPER,
  GICR_TYPER_AFFINITY_SHIFT,
  GICR_TYPER_LAST,
  GICR_TYPER_NUMBER_SHIFT,
  GICR_WAKER,
  GICR_WAKER_CHILDREN_ASLEEP,
  GICR_WAKER_PROCESSOR_SLEEP,
} from '../../arch/gicr'
import { fitsWord, part } from '../width'
import { cpuAt } from './cpu'
import { IIDR, identification, PART_GICR } from './id'
import { machine } from './machine'
import { readRegister, writeRegister } from './register'

/** Bytes of address space that the redistributors of the VM's vCPUs take. */
export function gicrSize(): u32 {
  return machine().version == 3 ? machine().vcpuCount * GICR_STRIDE : 0
}

/** `offset` counts from the first redistributor. */
export function readGicr(vcpu: u32, offset: u32, size: u32): u64 {
  const owner = offset / GICR_STRIDE
  const at = offset % GICR_STRIDE
  if (size == 8) return at == GICR_TYPER ? typer(owner) : 0
  return fitsWord(at, size) ? part(read(vcpu, owner, at & ~3), at, size) : 0
}

function read(vcpu: u32, owner: u32, at: u32): u32 {
  if (at >= GICR_SGI_BASE) {
    const offset = at - GICR_SGI_BASE
    if (offset >= GIC_ID) return identification(offset, PART_GICR)
    return isPrivate(offset) ? readRegister(vcpu, owner, offset) : 0
  }
  if (at == GICR_IIDR) return IIDR
  if (at == GICR_TYPER) return <u32>typer(owner)
  if (at == GICR_TYPER + 4) return <u32>(typer(owner) >> 32)
  if (at == GICR_WAKER) return cpuAt(owner).waker
  return at >= GIC_ID ? identification(at, PART_GICR) : 0
}

export function writeGicr(vcpu: u32, offset: u32, size: u32, value: u32): void {
  const owner = offset / GICR_STRIDE
  const at = offset % GICR_STRIDE
  if (!fitsWord(at, size)) return
  if (at >= GICR_SGI_BASE) {
    if (isPrivate(at - GICR_SGI_BASE)) writeRegister(vcpu, owner, at - GICR_SGI_BASE, size, value)
  } else if (at == GICR_WAKER && size == 4) {
    // A redistributor that the guest never woke delivers all the same; some guests rely on it.
    const isAsleep = (value & GICR_WAKER_PROCESSOR_SLEEP) != 0
    cpuAt(owner).waker = isAsleep ? GICR_WAKER_PROCESSOR_SLEEP | GICR_WAKER_CHILDREN_ASLEEP : 0
  }
}

/** One register of each kind: INTIDs 0 to 31. */
function isPrivate(offset: u32): bool {
  if (offset < GICD_IPRIORITYR) return (offset & 0x7f) < 4 && offset >= 0x80
  if (offset < GICD_ICFGR) return offset < GICD_IPRIORITYR + 32
  return offset < GICD_ICFGR + 8
}

/** vCPU n has affinity 0.0.0.n and processor number n. */
function typer(owner: u32): u64 {
  const last: u64 = owner == machine().vcpuCount - 1 ? GICR_TYPER_LAST : 0
  return ((<u64>owner) << GICR_TYPER_AFFINITY_SHIFT) | ((<u64>owner) << GICR_TYPER_NUMBER_SHIFT) | last
}
