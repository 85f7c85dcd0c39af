/** The board's GICv3: distributor, redistributors, and the CPU and hypervisor interfaces in system registers. IHI 0069. */
import * as hw from '../hw'
import { deviceVa } from './address'
import { Cpu, cpuCount } from './cpu'
import { gicdPa, gicrPa, gicrSize, maintenanceIntid, SCHEDULER_INTID } from './machine'
import * as monitor from './monitor'
import { mapDevice } from './stage1'
import { APR_AT, LR_AT, Vcpu } from './vcpu'

const GICD_CTLR: u64 = 0x0000
const GICD_TYPER: u64 = 0x0004
const GICD_IGROUPR: u64 = 0x0080
const GICD_ISENABLER: u64 = 0x0100
const GICD_ICENABLER: u64 = 0x0180
const GICD_ISACTIVER: u64 = 0x0300
const GICD_ICACTIVER: u64 = 0x0380
const GICD_IPRIORITYR: u64 = 0x0400
const GICD_IROUTER: u64 = 0x6000
/** EnableGrp1, EnableGrp1A, ARE_NS: right both with one Security state and as the Non-secure view of two. */
const CTLR_ENABLE: u32 = 0x13
const CTLR_DS: u32 = 1 << 6
const CTLR_RWP: u32 = 1 << 31
const GICR_TYPER: u64 = 0x0008
const GICR_WAKER: u64 = 0x0014
const WAKER_PROCESSOR_SLEEP: u32 = 2
const WAKER_CHILDREN_ASLEEP: u32 = 4
const GICR_SGI_BASE: u64 = 0x1_0000
const GICR_STRIDE: u64 = 0x2_0000
/** Redistributors with virtual LPIs (GICv4) have two more frames. */
const GICR_STRIDE_V4: u64 = 0x4_0000
const TYPER_VLPIS: u32 = 2
const TYPER_LAST: u32 = 1 << 4
const PRIORITIES: u32 = 0xa0a0_a0a0
/** Bounds the wait for a register write to take effect. */
const PATIENCE: u32 = 1_000_000

const ICC_CTLR_EOIMODE: u64 = 2
export const ICH_HCR_EN: u64 = 1

/** List registers. Boot only, and the same on every CPU. */
export let listRegisters: u32 = 0

/** ICH_AP0R<n>_EL2, and as many ICH_AP1R<n>_EL2: 1, 2 or 4, by the number of preemption bits. Boot only. */
let priorityRegisters: u32 = 0
const VTR_PREBITS_SHIFT: u32 = 26

/** Zeroes for list registers and active priorities. */
const nothing = memory.data(16 * 8, 8)

let gicd: u64 = 0

export function init(): bool {
  const frames = <u64>cpuCount * GICR_STRIDE_V4
  if (!mapDevice(gicdPa, 0x1_0000) || !mapDevice(gicrPa, frames < gicrSize ? frames : gicrSize)) return false
  gicd = deviceVa(gicdPa)
  hw.write32(gicd + GICD_CTLR, 0)
  settleWrites()
  // One Security state: nobody is on the other side, and all of the GIC is ours.
  monitor.write32(gicdPa + GICD_CTLR, CTLR_DS)
  if (monitor.isOurs && !(hw.read32(gicd + GICD_CTLR) & CTLR_DS)) return false
  const words = (hw.read32(gicd + GICD_TYPER) & 31) + 1
  for (let i: u32 = 1; i < words; i++) {
    hw.write32(gicd + GICD_ICENABLER + <u64>(i << 2), u32.MAX_VALUE)
    hw.write32(gicd + GICD_IGROUPR + <u64>(i << 2), u32.MAX_VALUE)
    for (let j: u32 = 0; j < 8; j++) hw.write32(gicd + GICD_IPRIORITYR + <u64>((i << 5) + (j << 2)), PRIORITIES)
  }
  hw.write32(gicd + GICD_CTLR, CTLR_ENABLE)
  settleWrites()
  return true
}

export function initCpu(cpu: Cpu): bool {
  const frame = findFrame(cpu.mpidr)
  if (!frame) return false
  cpu.redistributor = frame
  hw.write32(frame + GICR_WAKER, hw.read32(frame + GICR_WAKER) & ~WAKER_PROCESSOR_SLEEP)
  for (let i: u32 = 0; i < PATIENCE && hw.read32(frame + GICR_WAKER) & WAKER_CHILDREN_ASLEEP; i++) {}
  const sgi = frame + GICR_SGI_BASE
  hw.write32(sgi + GICD_ICENABLER, u32.MAX_VALUE)
  hw.write32(sgi + GICD_IGROUPR, u32.MAX_VALUE)
  for (let i: u64 = 0; i < 32; i += 4) hw.write32(sgi + GICD_IPRIORITYR + i, PRIORITIES)
  hw.write32(sgi + GICD_ISENABLER, 1 | (1 << SCHEDULER_INTID) | (1 << 27) | (1 << 30) | (1 << maintenanceIntid))

  hw.set_icc_sre_el2(0xf)
  hw.isb()
  hw.set_icc_sre_el1(7)
  hw.set_icc_pmr_el1(0xff)
  hw.set_icc_bpr1_el1(0)
  hw.set_icc_ctlr_el1(ICC_CTLR_EOIMODE)
  hw.set_icc_igrpen1_el1(1)
  hw.isb()
  const virtual = <u32>hw.ich_vtr_el2()
  listRegisters = (virtual & 31) + 1
  priorityRegisters = 1 << (((virtual >> VTR_PREBITS_SHIFT) & 7) - 4)
  const affinity = cpu.mpidr
  // Aff3 and Aff2, Aff1 where ICC_SGI1R_EL1 has them; its target list counts within Aff0's sixteen (range selector).
  cpu.sgi =
    (((affinity >> 32) & 0xff) << 48) |
    (((affinity >> 16) & 0xff) << 32) |
    (((affinity >> 8) & 0xff) << 16) |
    (((affinity >> 4) & 15) << 44) |
    ((<u64>1) << (affinity & 15))
  return true
}

export function routeSpi(intid: u32, cpu: Cpu): void {
  const router = gicd + GICD_IROUTER + <u64>(intid << 3)
  hw.write32(router, <u32>cpu.mpidr & 0x00ff_ffff)
  hw.write32(router + 4, <u32>(cpu.mpidr >> 32) & 0xff)
}

/** Routes a shared interrupt to `cpu` and lets it through. */
export function enableSpi(intid: u32, cpu: Cpu): void {
  routeSpi(intid, cpu)
  hw.write32(gicd + GICD_ISENABLER + <u64>((intid >> 5) << 2), 1 << (intid & 31))
}

/** Which of these private interrupts are active; they are no more. */
export function takeActive(cpu: Cpu, bits: u32): u32 {
  const active = hw.read32(cpu.redistributor + GICR_SGI_BASE + GICD_ISACTIVER) & bits
  if (active) hw.write32(cpu.redistributor + GICR_SGI_BASE + GICD_ICACTIVER, active)
  return active
}

export function setActive(cpu: Cpu, bits: u32): void {
  hw.write32(cpu.redistributor + GICR_SGI_BASE + GICD_ISACTIVER, bits)
}

export function silence(): void {
  hw.set_icc_pmr_el1(0)
  hw.set_ich_hcr_el2(0)
}

/** The vCPU interface as after reset: nothing active, nothing listed, all masked. */
export function resetVcpu(): void {
  hw.load_list_registers(nothing, listRegisters)
  hw.load_active_priorities(nothing, priorityRegisters)
  hw.set_ich_vmcr_el2(0)
  hw.set_ich_hcr_el2(ICH_HCR_EN)
}

export function saveVcpu(vcpu: Vcpu): void {
  const at = changetype<usize>(vcpu)
  vcpu.gicMachine = hw.ich_vmcr_el2()
  vcpu.gicControl = <u32>hw.ich_hcr_el2()
  hw.save_list_registers(at + LR_AT, listRegisters)
  hw.save_active_priorities(at + APR_AT, priorityRegisters)
}

export function loadVcpu(vcpu: Vcpu): void {
  const at = changetype<usize>(vcpu)
  hw.set_ich_vmcr_el2(vcpu.gicMachine)
  hw.set_ich_hcr_el2(<u64>vcpu.gicControl)
  hw.load_list_registers(at + LR_AT, listRegisters)
  hw.load_active_priorities(at + APR_AT, priorityRegisters)
}

function findFrame(mpidr: u64): u64 {
  const wanted = (<u32>(mpidr >> 8) & 0xff00_0000) | (<u32>mpidr & 0x00ff_ffff)
  let frame = deviceVa(gicrPa)
  for (let i: u32 = 0; i < cpuCount; i++) {
    const low = hw.read32(frame + GICR_TYPER)
    if (hw.read32(frame + GICR_TYPER + 4) == wanted) return frame
    if (low & TYPER_LAST) return 0
    frame += low & TYPER_VLPIS ? GICR_STRIDE_V4 : GICR_STRIDE
  }
  return 0
}

function settleWrites(): void {
  for (let i: u32 = 0; i < PATIENCE && hw.read32(gicd + GICD_CTLR) & CTLR_RWP; i++) {}
}
