/** What core does for the current VM's compartment: the other half of src/vmm/core.ts. Everything asked is checked here; a
 * compartment that lies harms its own VM alone. */
import {
  STAT_ACCESSES,
  STAT_HYPERCALLS,
  STAT_INTERRUPTS,
  STAT_LONGEST,
  STAT_RAN,
  STAT_STOLEN,
  STAT_TRAPS,
  STOP_RESET,
} from '../abi/compartment'
import { STOLEN_IPA, STOLEN_STRIDE, TIMER_PHYSICAL_INTID, TIMER_VIRTUAL_INTID } from '../abi/guest-machine'
import * as hw from '../hw'
import { NO_ALARM, setAlarm } from './alarm'
import { settleAccount } from './choose'
import * as clock from './clock'
import * as console from './console'
import { thisCpu, WORK_REFUSED } from './cpu'
import { draw } from './entropy'
import * as gic from './gic'
import { accessesOf } from './history'
import { stopVm, turnOff, turnOn } from './life'
import * as passthrough from './passthrough'
import { askAgain, remind } from './request'
import * as suspend from './suspend'
import { DUE_CONSOLE, DUE_DELIVER, Vcpu, vcpuAt, writeX } from './vcpu'
import { ramHolds, Stop, Vm, vmAt } from './vm'

/** ICH_LR_EL2.HW. */
const LR_HW: u64 = 1 << 61
/** ENABLE, not IMASK, ISTATUS. */
const TIMER_MASK: u64 = 7
const TIMER_FIRED: u64 = 5
const GIC_ENABLES: u32 = 0xe
const EOI_COUNT_SHIFT: u32 = 27

function vcpu(): Vcpu {
  return changetype<Vcpu>(thisCpu().vcpu)
}

function vm(): Vm {
  return vmAt(vcpu().vm)
}

/** Physical interrupts that a VM owns: the timers of the CPU its vCPU is on. */
function owns(intid: u32): bool {
  return intid == TIMER_VIRTUAL_INTID || intid == TIMER_PHYSICAL_INTID
}

/** The interrupt of a device of the board that the VM has to itself. */
function isDevice(intid: u32): bool {
  return vm().hasDevices !== 0 && passthrough.isOf(vcpu().vm, intid)
}

export function lrRead(i: u32): u64 {
  return i < gic.listRegisters() ? gic.readListRegister(i) : 0
}

export function lrWrite(i: u32, lr: u64): void {
  if (i < gic.listRegisters()) fill(i, lr, true)
}

/** For what comes again and again: a timer, an SGI. No device of the board: to ask whose it is would cost both. */
export function lrRefill(i: u32, lr: u64): u32 {
  const slot = i & 31
  return (gic.emptyListRegisters() >> slot) & 1 && fill(slot, lr, false) ? 1 : 0
}

/** False if the end of the interrupt would be that of a physical one that the VM does not own. */
function fill(i: u32, lr: u64, mayBeDevice: bool): bool {
  if (!(lr & LR_HW)) gic.writeListRegister(i, lr)
  else if (owns(<u32>lr) || (mayBeDevice && isDevice(<u32>lr))) gic.writeLinked(i, lr, <u32>lr)
  else return false
  return true
}

export function lrEmpty(): u32 {
  return gic.emptyListRegisters()
}

export function lrEnded(): u32 {
  return gic.endedListRegisters()
}

export function gicControl(bits: u32): void {
  gic.setHypervisorControl(bits & GIC_ENABLES)
}

export function gicStatus(): u32 {
  return gic.maintenanceStatus()
}

export function gicEoiCount(): u32 {
  const bits = gic.hypervisorControl()
  gic.setHypervisorControl(bits & GIC_ENABLES)
  return bits >> EOI_COUNT_SHIFT
}

export function timerLine(intid: u32): u32 {
  const control = intid == TIMER_VIRTUAL_INTID ? hw.cntv_ctl_el0() : hw.cntp_ctl_el0()
  return owns(intid) && (control & TIMER_MASK) == TIMER_FIRED ? 1 : 0
}

export function deactivate(intid: u32): void {
  if (owns(intid) || isDevice(intid)) gic.deactivate(intid)
}

/** `vcpus`: a bitmap. */
export function kick(vcpus: u32): void {
  const own = vm()
  let left = vcpus & ((1 << own.vcpuCount) - 1)
  while (left) {
    remind(thisCpu(), vcpuAt(own.firstVcpu + ctz(left)), DUE_DELIVER)
    left &= left - 1
  }
}

/** Through an interrupt of this CPU's own, so that the guest is left again at once, and others come first. */
export function again(): void {
  askAgain(thisCpu(), vcpu())
}

/** Tells the compartment when the VM's count reaches `count`, or before. */
export function wakeAt(count: u64): void {
  const at = count + vm().timeOffset
  setAlarm(thisCpu(), vcpu(), at < count ? NO_ALARM : at)
}

/** Of the VM's own pool, which nobody else draws from. */
export function entropy(): u64 {
  return draw(vm())
}

export function vcpuOn(index: u32, entry: u64, context: u64): void {
  const own = vm()
  if (index < own.vcpuCount) turnOn(thisCpu(), vcpuAt(own.firstVcpu + index), entry, context)
}

export function vcpuOff(): void {
  turnOff(thisCpu())
}

export function vcpuSuspend(entry: u64, context: u64, powerDown: u32): void {
  suspend.request(thisCpu(), entry, context, powerDown != 0)
}

export function vmStop(action: u32): void {
  stopVm(thisCpu(), vcpu().vm, action == STOP_RESET ? Stop.Reset : Stop.Off)
}

export function ramContains(ipa: u64): u32 {
  return ramHolds(vm(), ipa, 1) ? 1 : 0
}

/** IPA of the current vCPU's stolen time, 0 if it shares its CPU with nobody. */
export function stolenAt(): u64 {
  return vm().stolenPa ? <u64>(STOLEN_IPA + vcpu().index * STOLEN_STRIDE) : 0
}

/** What the accounts say of the current vCPU: STAT_*. */
export function statistic(which: u32): u64 {
  const own = vcpu()
  switch (which) {
    case STAT_RAN:
      settleAccount(thisCpu(), hw.cntpct_el0())
      return own.ran
    case STAT_STOLEN:
      return own.stolen
    case STAT_HYPERCALLS:
      return own.hypercalls
    case STAT_ACCESSES:
      return accessesOf(own)
    case STAT_INTERRUPTS:
      return own.interrupts
    case STAT_TRAPS:
      return own.traps
    case STAT_LONGEST:
      return own.longest
  }
  return u64.MAX_VALUE
}

/** A result register of a call (DEN 0028, "SMC and HVC results"); those above keep the guest's values. */
export function setX(i: u32, value: u64): void {
  if (i < 18) writeX(vcpu(), i, value)
}

export function refuse(): void {
  thisCpu().work |= WORK_REFUSED
}

export function consolePut(ch: u32): u32 {
  return console.put(vcpu().vm, ch, 1)
}

export function consoleWrite(bytes: u64, count: u32): u32 {
  return console.put(vcpu().vm, bytes, min<u32>(count, 8))
}

/** The UART takes typed bytes again. */
export function consoleReady(): void {
  remind(thisCpu(), vcpu(), DUE_CONSOLE)
}

export function counter(): u64 {
  return hw.cntpct_el0() - vm().timeOffset
}

export function frequency(): u32 {
  return <u32>hw.cntfrq_el0()
}

export function epoch(): u64 {
  return clock.epochAt(vm().timeOffset)
}
