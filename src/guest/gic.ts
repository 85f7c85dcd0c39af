/** The interrupt controller, GICv2 (IHI 0048) or GICv3 (IHI 0069): one CPU, group 1, one priority. */

import { GICC_IPA, GICD_IPA, GICR_IPA } from '../abi/guest-machine'
import { mentions } from './dtb'
import {
  dsb_sy,
  icc_iar1_el1,
  icc_sre_el1,
  id_aa64pfr0_el1,
  read32,
  set_icc_bpr1_el1,
  set_icc_ctlr_el1,
  set_icc_eoir1_el1,
  set_icc_igrpen1_el1,
  set_icc_pmr_el1,
  set_icc_sgi1r_el1,
  set_icc_sre_el1,
  write8,
  write32,
} from './hw'

export const GICD: u64 = GICD_IPA
export const GICD_TYPER: u64 = GICD + 0x004
export const GICD_ISENABLER: u64 = GICD + 0x100
export const GICD_SGIR: u64 = GICD + 0xf00
const GICD_CTLR: u64 = GICD
const GICD_ITARGETSR: u64 = GICD + 0x800
const GICD_IROUTER: u64 = GICD + 0x6000
const ISPENDR: u64 = 0x200
const GICC_CTLR: u64 = GICC_IPA
const GICC_PMR: u64 = GICC_IPA + 0x04
const GICC_BPR: u64 = GICC_IPA + 0x08
const GICC_IAR: u64 = GICC_IPA + 0x0c
const GICC_EOIR: u64 = GICC_IPA + 0x10
const GICR_WAKER: u64 = GICR_IPA + 0x14
const GICR_SGI: u64 = GICR_IPA + 0x1_0000
const IGROUPR: u64 = 0x080
const ISENABLER: u64 = 0x100
const ICENABLER: u64 = 0x180
const IPRIORITYR: u64 = 0x400
const ICFGR: u64 = 0xc00

const PRIORITY: u32 = 0xa0
/** GICD_CTLR: both groups, and affinity routing on GICv3. */
const CTLR_V2: u32 = 0x1
const CTLR_V3: u32 = 0x13
/** SGI to the CPU that sends it: GICD_SGIR's filter; ICC_SGI1R_EL1 names target 0 of affinity 0. */
const SGIR_SELF: u32 = 2 << 24
const SGI1R_SELF: u64 = 1
/** Reads until the redistributor must be awake. */
const WAKE_SPINS: u32 = 1_000_000
/** Above it are the special INTIDs: nothing to handle. */
export const INTID_LAST: u32 = 1019

let version: u32 = 0

/** `dtb` may be 0 or wrong: then the CPU's ID register decides. */
export function initGic(dtb: u64): void {
  version = versionOf(dtb)
  if (version === 3) initV3()
  else initV2()
}

export function gicVersion(): u32 {
  return version
}

function versionOf(dtb: u64): u32 {
  if (mentions(dtb, 'arm,gic-v3')) return 3
  if (mentions(dtb, 'arm,cortex-a15-gic') || mentions(dtb, 'arm,gic-400')) return 2
  return ((id_aa64pfr0_el1() >> 24) & 15) !== 0 ? 3 : 2
}

function initV2(): void {
  write32(GICC_PMR, 0xf0)
  write32(GICC_BPR, 0)
  write32(GICC_CTLR, 1)
  write32(GICD_CTLR, CTLR_V2)
}

function initV3(): void {
  set_icc_sre_el1(icc_sre_el1() | 1)
  write32(GICR_WAKER, read32(GICR_WAKER) & ~2)
  for (let i: u32 = 0; i < WAKE_SPINS && (read32(GICR_WAKER) & 4) !== 0; i++) {}
  write32(GICR_SGI + IGROUPR, 0xffff_ffff)
  write32(GICD_CTLR, CTLR_V3)
  set_icc_pmr_el1(0xf0)
  set_icc_bpr1_el1(0)
  set_icc_ctlr_el1(0)
  set_icc_igrpen1_el1(1)
}

/** SGIs and PPIs of this CPU have a frame of their own on GICv3. */
function frameOf(intid: u32): u64 {
  return version === 3 && intid < 32 ? GICR_SGI : GICD
}

export function enableInterrupt(intid: u32): void {
  const frame = frameOf(intid)
  write8(frame + IPRIORITYR + intid, PRIORITY)
  if (intid >= 32) routeHere(intid)
  write32(frame + ISENABLER + (intid / 32) * 4, 1 << (intid % 32))
  dsb_sy()
}

/** A shared interrupt that comes with an edge, and not as long as a line is high; before it is enabled. */
export function setEdge(intid: u32): void {
  const at = GICD + ICFGR + (intid / 16) * 4
  write32(at, read32(at) | (2 << ((intid % 16) * 2)))
}

export function disableInterrupt(intid: u32): void {
  write32(frameOf(intid) + ICENABLER + (intid / 32) * 4, 1 << (intid % 32))
  dsb_sy()
}

/** Makes a shared or private interrupt pending by hand. */
export function pendInterrupt(intid: u32): void {
  write32(frameOf(intid) + ISPENDR + (intid / 32) * 4, 1 << (intid % 32))
}

function routeHere(intid: u32): void {
  if (version === 2) {
    write8(GICD_ITARGETSR + intid, 1)
    return
  }
  const group = GICD + IGROUPR + (intid / 32) * 4
  write32(group, read32(group) | (1 << (intid % 32)))
  write32(GICD_IROUTER + intid * 8, 0)
}

/** What GICC_IAR or ICC_IAR1_EL1 reads: hand it to `endInterrupt`; the INTID is its low 24 bits, above 1019 for none. */
export function acknowledge(): u32 {
  return version === 3 ? (icc_iar1_el1() as u32) : read32(GICC_IAR)
}

export function intidOf(acknowledged: u32): u32 {
  return version === 3 ? acknowledged & 0xff_ffff : acknowledged & 0x3ff
}

export function endInterrupt(acknowledged: u32): void {
  if (version === 3) set_icc_eoir1_el1(acknowledged)
  else write32(GICC_EOIR, acknowledged)
}

/** What to write to GICD_SGIR or ICC_SGI1R_EL1 for SGI `intid` to this CPU. */
export function selfSgi(intid: u32): u64 {
  return version === 3 ? SGI1R_SELF | ((intid as u64) << 24) : ((SGIR_SELF | intid) as u64)
}

export function sendSelf(intid: u32): void {
  if (version === 3) set_icc_sgi1r_el1(selfSgi(intid))
  else write32(GICD_SGIR, selfSgi(intid) as u32)
}
