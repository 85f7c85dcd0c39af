/** The board's GICv2 with virtualization extensions: distributor, CPU interface, virtual interface control. IHI 0048B. */
import * as hw from '../hw'
import { deviceVa } from './address'
import { Cpu } from './cpu'
import { giccPa, giccSize, gicdPa, gichPa, gicvPa, maintenanceIntid, SCHEDULER_INTID } from './machine'
import * as monitor from './monitor'
import { mapDevice } from './stage1'
import { APR_AT, LR_AT, Vcpu } from './vcpu'

const GICD_CTLR: u64 = 0x000
const GICD_TYPER: u64 = 0x004
const GICD_IIDR: u64 = 0x008
const GICD_IGROUPR: u64 = 0x080
const GICD_ISENABLER: u64 = 0x100
const GICD_ICENABLER: u64 = 0x180
const GICD_ISACTIVER: u64 = 0x300
const GICD_ICACTIVER: u64 = 0x380
const GICD_IPRIORITYR: u64 = 0x400
const GICD_ITARGETSR: u64 = 0x800
const GICD_SGIR: u64 = 0xf00
const GICC_CTLR: u64 = 0x0000
const GICC_PMR: u64 = 0x0004
const GICC_BPR: u64 = 0x0008
const GICC_IAR: u64 = 0x000c
const GICC_EOIR: u64 = 0x0010
const GICC_IIDR: u64 = 0x00fc
const GICC_DIR: u64 = 0x1000
/** Enable and EOImode, at the bits that are right without Security Extensions and in the Non-secure view. */
const GICC_CTLR_ENABLE: u32 = 1 | (1 << 9)
const GICH_HCR: u64 = 0x00
const GICH_VTR: u64 = 0x04
const GICH_VMCR: u64 = 0x08
const GICH_MISR: u64 = 0x10
const GICH_EISR: u64 = 0x20
const GICH_ELRSR: u64 = 0x30
const GICH_APR: u64 = 0xf0
const GICH_LR: u64 = 0x100
const GICH_HCR_EN: u32 = 1
const PRIORITIES: u32 = 0xa0a0_a0a0

/** "Interrupt Acknowledge Register": the INTID, from 1020 on none. */
const INTID: u32 = 0x3ff
const SPECIAL: u32 = 1020

/** List registers. Boot only, and the same on every CPU. */
export let listRegisters: u32 = 0

let gicd: u64 = 0
let gicc: u64 = 0
let gich: u64 = 0

/**
 * Boards that carve their address space into 64 KiB pages repeat each of the CPU interface's 4 KiB pages sixteen times. The two
 * pages meet at the last repetition of the first, also those of the guests' interface.
 */
const SPREAD_SIZE: u64 = 0x2_0000
const SPREAD_LAST: u64 = 0xf000
let spread: u64 = 0

function isSpread(): bool {
  if (giccSize < SPREAD_SIZE) return false
  const id = hw.read32(gicc + GICC_IIDR)
  return id != 0 && id == hw.read32(gicc + SPREAD_LAST + GICC_IIDR)
}

/** Physical address of the interface that guests use: GICV's two pages. */
export function guestInterface(): u64 {
  return gicvPa + spread
}

/** How the end of a linked interrupt comes to the physical one: by maintenance on QEMU's GICv2 (IIDR product 0), where the end of a linked
 * interrupt does not look at its line again, and a level that rose meanwhile is lost; else GICH_LR.HW and the physical INTID. */
let linkBits: u32 = 1 << 19
let linkMask: u32 = 0

/** QEMU's GIC-400 does not say that it is one. */
export function isModel(): bool {
  return !(hw.read32(gicd + GICD_IIDR) >> 24)
}

export function init(): bool {
  if (!gichPa || !gicvPa || !mapDevice(gicdPa, 0x1000) || !mapDevice(giccPa, giccSize) || !mapDevice(gichPa, 0x1000))
    return false
  gicd = deviceVa(gicdPa)
  gicc = deviceVa(giccPa)
  spread = isSpread() ? SPREAD_LAST : 0
  gicc += spread
  gich = deviceVa(gichPa)
  if (!isModel()) {
    linkBits = 1 << 31
    linkMask = 0x3ff << 10
  }
  hw.write32(gicd + GICD_CTLR, 0)
  const words = (hw.read32(gicd + GICD_TYPER) & 31) + 1
  for (let i: u32 = 1; i < words; i++) {
    monitor.write32(gicdPa + GICD_IGROUPR + <u64>(i << 2), u32.MAX_VALUE)
    hw.write32(gicd + GICD_ICENABLER + <u64>(i << 2), u32.MAX_VALUE)
    for (let j: u32 = 0; j < 8; j++) hw.write32(gicd + GICD_IPRIORITYR + <u64>((i << 5) + (j << 2)), PRIORITIES)
  }
  hw.write32(gicd + GICD_CTLR, 1)
  return true
}

export function initCpu(cpu: Cpu): bool {
  // Group 1 is the Non-secure one. A mask that a Secure access has not opened admits no Non-secure priority.
  monitor.write32(gicdPa + GICD_IGROUPR, u32.MAX_VALUE)
  monitor.write32(giccPa + GICC_PMR, 0xff)
  hw.write32(gicd + GICD_ICENABLER, u32.MAX_VALUE)
  for (let i: u64 = 0; i < 32; i += 4) hw.write32(gicd + GICD_IPRIORITYR + i, PRIORITIES)
  hw.write32(gicd + GICD_ISENABLER, 1 | (1 << SCHEDULER_INTID) | (1 << 27) | (1 << 30) | (1 << maintenanceIntid))
  hw.write32(gicc + GICC_PMR, 0xff)
  hw.write32(gicc + GICC_BPR, 0)
  hw.write32(gicc + GICC_CTLR, GICC_CTLR_ENABLE)
  listRegisters = (hw.read32(gich + GICH_VTR) & 63) + 1
  // The banked, read-only target register of a private interrupt names this CPU's interface; a uniprocessor reads 0.
  const mask = hw.read32(gicd + GICD_ITARGETSR) & 0xff
  cpu.sgi = (<u64>(mask ? mask : 1)) << 16
  return true
}

/** One CPU at a time. */
export function routeSpi(intid: u32, cpu: Cpu): void {
  const register = gicd + GICD_ITARGETSR + <u64>(intid & ~3)
  const shift = (intid & 3) << 3
  hw.write32(register, (hw.read32(register) & ~((<u32>0xff) << shift)) | ((<u32>(cpu.sgi >> 16) & 0xff) << shift))
}

/** Routes a shared interrupt to `cpu` and lets it through. */
export function enableSpi(intid: u32, cpu: Cpu): void {
  routeSpi(intid, cpu)
  hw.write32(gicd + GICD_ISENABLER + <u64>((intid >> 5) << 2), 1 << (intid & 31))
}

/** Which of these private interrupts of this CPU are active; they are no more. The registers are banked. */
export function takeActive(bits: u32): u32 {
  const active = hw.read32(gicd + GICD_ISACTIVER) & bits
  if (active) hw.write32(gicd + GICD_ICACTIVER, active)
  return active
}

export function setActive(bits: u32): void {
  hw.write32(gicd + GICD_ISACTIVER, bits)
}

export function saveVcpu(vcpu: Vcpu): void {
  const at = changetype<usize>(vcpu)
  vcpu.gicMachine = <u64>hw.read32(gich + GICH_VMCR)
  vcpu.gicControl = hw.read32(gich + GICH_HCR)
  store<u32>(at + APR_AT, hw.read32(gich + GICH_APR))
  const first = gich + GICH_LR
  const end = listRegisters << 2
  for (let i: u32 = 0; i < end; i += 4) store<u32>(at + LR_AT + i, hw.read32(first + <u64>i))
}

export function loadVcpu(vcpu: Vcpu): void {
  const at = changetype<usize>(vcpu)
  hw.write32(gich + GICH_VMCR, <u32>vcpu.gicMachine)
  hw.write32(gich + GICH_HCR, vcpu.gicControl)
  hw.write32(gich + GICH_APR, load<u32>(at + APR_AT))
  const first = gich + GICH_LR
  const end = listRegisters << 2
  for (let i: u32 = 0; i < end; i += 4) hw.write32(first + <u64>i, load<u32>(at + LR_AT + i))
}

export function silence(): void {
  if (!gicc) return
  hw.write32(gicc + GICC_PMR, 0)
  hw.write32(gich + GICH_HCR, 0)
}

/** GICC_IAR; the priority of its interrupt is dropped, if it is none of the special INTIDs. */
export function take(): u32 {
  const at = gicc // nobody changes it between the two
  const iar = hw.read32(at + GICC_IAR)
  if ((iar & INTID) < SPECIAL) hw.write32(at + GICC_EOIR, iar)
  return iar
}

export function deactivate(iar: u32): void {
  hw.write32(gicc + GICC_DIR, iar)
}

export function sendSgi(target: u64): void {
  hw.write32(gicd + GICD_SGIR, <u32>target)
}

export function resetVcpu(): void {
  for (let i: u32 = 0; i < listRegisters; i++) hw.write32(gich + GICH_LR + <u64>(i << 2), 0)
  hw.write32(gich + GICH_APR, 0)
  hw.write32(gich + GICH_VMCR, 0)
  hw.write32(gich + GICH_HCR, GICH_HCR_EN)
}

/** `high`: the upper half of an ICH_LR_EL2. */
export function writeLinked(i: u32, high: u32, intid: u32): void {
  write(i, shared(high) | intid | linkBits | ((intid << 10) & linkMask))
}

export function writeListRegister(i: u32, lr: u64): void {
  const high = <u32>(lr >> 32)
  write(i, shared(high) | (<u32>lr & 0x3ff) | ((high << 10) & 0xf_fc00))
}

/** GICH_LR and ICH_LR_EL2 hold the same fields; only their places differ: priority, state, group, for every interrupt. */
function shared(high: u32): u32 {
  return ((high << 4) & 0x0f80_0000) | ((high >> 30) << 28) | ((high << 2) & (1 << 30))
}

function write(i: u32, word: u32): void {
  hw.write32(gich + GICH_LR + <u64>(i << 2), word)
}

export function readListRegister(i: u32): u64 {
  const lr = hw.read32(gich + GICH_LR + <u64>(i << 2))
  return (
    <u64>(lr & 0x3ff) |
    ((<u64>((lr >> 10) & 0x3ff)) << 32) |
    ((<u64>((lr >> 23) & 31)) << 51) |
    ((<u64>((((lr >> 28) & 3) << 2) | (lr >> 30))) << 60)
  )
}

export function emptyListRegisters(): u32 {
  return hw.read32(gich + GICH_ELRSR)
}

export function endedListRegisters(): u32 {
  return hw.read32(gich + GICH_EISR)
}

export function status(): u32 {
  return hw.read32(gich + GICH_MISR)
}

export function control(): u32 {
  return hw.read32(gich + GICH_HCR)
}

export function setControl(bits: u32): void {
  hw.write32(gich + GICH_HCR, bits | GICH_HCR_EN)
}
