/**
 * Both timers of a guest, the virtual and the physical one, as real-time kernels and test suites drive them: by compare value and
 * by timer value, masked and not, as a level that goes when its reason goes. DDI 0487, "The Generic Timer in AArch64 state".
 */

import { GICD_IPA, GICR_IPA, TIMER_PHYSICAL_INTID, TIMER_VIRTUAL_INTID } from '../../../src/abi/guest-machine'
import { initGuest } from '../../../src/guest/entry'
import { acknowledge, enableInterrupt, endInterrupt, gicVersion, initGic, intidOf } from '../../../src/guest/gic'
import {
  cntfrq_el0,
  cntp_ctl_el0,
  cntp_cval_el0,
  cntp_tval_el0,
  cntpct_el0,
  cntv_ctl_el0,
  cntv_cval_el0,
  cntv_tval_el0,
  cntvct_el0,
  irq_off,
  irq_on,
  isb,
  read32,
  set_cntp_ctl_el0,
  set_cntp_cval_el0,
  set_cntp_tval_el0,
  set_cntv_ctl_el0,
  set_cntv_cval_el0,
  set_cntv_tval_el0,
  wfi,
} from '../../../src/guest/hw'
import { fail, pass } from './verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'timer-pair'
const ENABLE: u64 = 1
const IMASK: u64 = 2
const ISTATUS: u64 = 4
const NEVER: u64 = u64.MAX_VALUE
const ISPENDR: u64 = 0x200
const ROUNDS: u32 = 20

let taken: u32 = 0
let wrong: u32 = 0
let earliest: u64 = 0
let isPhysical = false

function count(): u64 {
  isb()
  return isPhysical ? cntpct_el0() : cntvct_el0()
}
function control(): u64 {
  return isPhysical ? cntp_ctl_el0() : cntv_ctl_el0()
}
function setControl(value: u64): void {
  if (isPhysical) set_cntp_ctl_el0(value)
  else set_cntv_ctl_el0(value)
}
function setCompare(value: u64): void {
  if (isPhysical) set_cntp_cval_el0(value)
  else set_cntv_cval_el0(value)
}
function compare(): u64 {
  return isPhysical ? cntp_cval_el0() : cntv_cval_el0()
}
/** A signed 32-bit number, by which the compare value is ahead of the count. */
function timerValue(): i32 {
  return (isPhysical ? cntp_tval_el0() : cntv_tval_el0()) as i32
}
function setTimerValue(value: u64): void {
  if (isPhysical) set_cntp_tval_el0(value)
  else set_cntv_tval_el0(value)
}
function intid(): u32 {
  return isPhysical ? TIMER_PHYSICAL_INTID : TIMER_VIRTUAL_INTID
}
function isPending(): bool {
  const frame = gicVersion() === 3 ? GICR_IPA + 0x1_0000 : GICD_IPA
  return ((read32(frame + ISPENDR) >> intid()) & 1) !== 0
}

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  enableInterrupt(TIMER_VIRTUAL_INTID)
  enableInterrupt(TIMER_PHYSICAL_INTID)
  one()
  isPhysical = true
  one()
  both()
  pass(NAME)
}

function one(): void {
  registers()
  lines()
  open()
  taken = wrong = 0
  for (let i: u32 = 0; i < ROUNDS; i++) arrivals(i)
}

/** What is written is read; the status follows count and compare value, whether the interrupt is masked or not. */
function registers(): void {
  setControl(0)
  setCompare(0x1234_5678_9abc)
  if (compare() !== 0x1234_5678_9abc) fail(NAME, 'the compare value reads', compare())
  const before = count()
  setTimerValue(1000)
  const after = count()
  if (compare() - 1000 < before || compare() - 1000 > after) fail(NAME, 'a timer value of 1000 gives', compare())
  setTimerValue(0xffff_ffff)
  if (timerValue() >= 0) fail(NAME, 'a past timer value reads', timerValue() as u64)
  setControl(ENABLE | IMASK)
  if (control() !== (ENABLE | IMASK | ISTATUS)) fail(NAME, 'due and masked, control reads', control())
  setCompare(NEVER)
  if (control() !== (ENABLE | IMASK)) fail(NAME, 'not due, control reads', control())
  setControl(0)
}

/** The line follows the condition: due and not masked. Interrupts are off at the CPU, the distributor tells. */
function lines(): void {
  setCompare(0)
  setControl(ENABLE | IMASK)
  if (isPending()) fail(NAME, 'masked, it is pending', intid())
  setControl(ENABLE)
  if (!isPending()) fail(NAME, 'due, it is not pending', intid())
  setCompare(NEVER)
  if (isPending()) fail(NAME, 'set anew, it is still pending', intid())
  setCompare(0)
  setControl(0)
  if (isPending()) fail(NAME, 'disabled, it is still pending', intid())
}

/** A hypervisor may have handed an interrupt over before its level went away: then it comes once, and now. */
function open(): void {
  irq_on()
  isb()
  irq_off()
}

/** Once for each deadline, never early, by either register; nothing else. */
function arrivals(round: u32): void {
  taken = 0
  const ticks = cntfrq_el0() / 5000
  if (round & 1) setTimerValue(ticks)
  else setCompare(count() + ticks)
  earliest = compare()
  setControl(ENABLE)
  while (taken === 0) {
    wfi()
    open()
  }
  open()
  if (taken !== 1) fail(NAME, 'one deadline arrived, times', taken)
  if (wrong !== 0) fail(NAME, 'another interrupt came, or came early', wrong)
}

/** At the same moment: both arrive. */
function both(): void {
  taken = 0
  wrong = 0
  earliest = 0
  set_cntv_cval_el0(0)
  set_cntp_cval_el0(0)
  set_cntv_ctl_el0(ENABLE)
  set_cntp_ctl_el0(ENABLE)
  open()
  if (taken !== 2) fail(NAME, 'of both at once arrived', taken)
}

export function onIrq(_count: u64): void {
  const iar = acknowledge()
  const came = intidOf(iar)
  taken++
  if (earliest !== 0 && (came !== intid() || count() < earliest)) wrong = came
  if (came === TIMER_VIRTUAL_INTID) set_cntv_ctl_el0(0)
  else if (came === TIMER_PHYSICAL_INTID) set_cntp_ctl_el0(0)
  else wrong = came
  endInterrupt(iar)
}
