/**
 * Interrupts as real-time kernels take them: urgent ones within others, priority mask, end of interrupt and deactivation apart
 * (EOImode 1), group 0 by FIQ. IHI 0048, "Interrupt prioritization", "Interrupt deactivation"; IHI 0069, the same.
 */

import { GICC_IPA, GICD_IPA, GICR_IPA } from '../../../src/abi/guest-machine'
import { initGuest } from '../../../src/guest/entry'
import { gicVersion, initGic, sendSelf } from '../../../src/guest/gic'
import {
  dsb_sy,
  fiq_off,
  fiq_on,
  icc_iar0_el1,
  icc_iar1_el1,
  icc_rpr_el1,
  irq_off,
  irq_on,
  isb,
  read32,
  set_icc_ctlr_el1,
  set_icc_dir_el1,
  set_icc_eoir0_el1,
  set_icc_eoir1_el1,
  set_icc_igrpen0_el1,
  set_icc_pmr_el1,
  write8,
  write32,
} from '../../../src/guest/hw'
import { fail, pass } from './verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'interrupt-nesting'
const GICC_CTLR: u64 = GICC_IPA
const GICC_PMR: u64 = GICC_IPA + 0x04
const GICC_IAR: u64 = GICC_IPA + 0x0c
const GICC_EOIR: u64 = GICC_IPA + 0x10
const GICC_RPR: u64 = GICC_IPA + 0x14
const GICC_DIR: u64 = GICC_IPA + 0x1000
/** GICC_CTLR: group 0 as FIQ, EOImode. */
const CTLR_GRP0: u32 = 1 << 0
const CTLR_GRP1: u32 = 1 << 1
const CTLR_FIQ: u32 = 1 << 3
const CTLR_EOIMODE: u32 = 1 << 9
/** ICC_CTLR_EL1.EOImode. */
const ICC_EOIMODE: u64 = 1 << 1
const IGROUPR: u64 = 0x080
const ISENABLER: u64 = 0x100
const ISPENDR: u64 = 0x200
const ISACTIVER: u64 = 0x300
const IPRIORITYR: u64 = 0x400

const IDLE: u32 = 0xff
const SPECIAL: u32 = 1023
/** Interrupts by their urgency; 3 and 5 share one. */
const URGENT: u32 = 2
const USUAL: u32 = 3
const LAZY: u32 = 4
const SAME: u32 = 5
const FAST: u32 = 7

/** What the handler does beside noting who came: 1 nests, 2 drops priority and looks before it deactivates, 3 reads group 0. */
let mode: u32 = 0
/** INTIDs in the order of their arrival and, with bit 7, of their end. */
let log: u64 = 0
let depth: u32 = 0

function banked(): u64 {
  return gicVersion() === 3 ? GICR_IPA + 0x1_0000 : GICD_IPA
}

function running(): u32 {
  return gicVersion() === 3 ? (icc_rpr_el1() as u32) : read32(GICC_RPR)
}

function mask(priority: u32): void {
  if (gicVersion() === 3) set_icc_pmr_el1(priority)
  else write32(GICC_PMR, priority)
}

function acknowledgeOne(isGroup0: bool): u32 {
  if (gicVersion() !== 3) return read32(GICC_IAR)
  return (isGroup0 ? icc_iar0_el1() : icc_iar1_el1()) as u32
}

function drop(iar: u32, isGroup0: bool): void {
  if (gicVersion() !== 3) write32(GICC_EOIR, iar)
  else if (isGroup0) set_icc_eoir0_el1(iar)
  else set_icc_eoir1_el1(iar)
}

function deactivate(iar: u32): void {
  if (gicVersion() === 3) set_icc_dir_el1(iar)
  else write32(GICC_DIR, iar)
}

function splitEoi(isSplit: bool): void {
  if (gicVersion() === 3) set_icc_ctlr_el1(isSplit ? ICC_EOIMODE : 0)
  else write32(GICC_CTLR, (isSplit ? CTLR_EOIMODE : 0) | CTLR_GRP0 | CTLR_GRP1)
}

function note(word: u32): void {
  log = (log << 8) | (word as u64)
}

/** Whatever is to arrive now has arrived. */
function open(): void {
  dsb_sy()
  irq_on()
  isb()
  irq_off()
}

function expectLog(what: string, wanted: u64): void {
  if (log !== wanted) fail(NAME, what, log)
  log = 0
}

function send(intid: u32): void {
  sendSelf(intid)
  dsb_sy()
  isb()
}

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  initGic(dtb)
  write8(banked() + IPRIORITYR + URGENT, 0x40)
  write8(banked() + IPRIORITYR + USUAL, 0xa0)
  write8(banked() + IPRIORITYR + LAZY, 0xc0)
  write8(banked() + IPRIORITYR + SAME, 0xa0)
  write8(banked() + IPRIORITYR + FAST, 0x20)
  write32(banked() + ISENABLER, (1 << URGENT) | (1 << USUAL) | (1 << LAZY) | (1 << SAME) | (1 << FAST))
  if (gicVersion() === 2) splitEoi(false)
  masks()
  order()
  nests()
  splits()
  fast()
  pass(NAME)
}

/** Only what is more urgent than the mask arrives; the rest waits. */
function masks(): void {
  mask(0x80)
  send(USUAL)
  send(URGENT)
  open()
  expectLog('behind a mask of 0x80 arrived', 0x0282)
  mask(0xa0)
  open()
  expectLog('a priority that equals the mask arrived', 0)
  mask(0xf0)
  open()
  expectLog('after the mask was raised arrived', 0x0383)
}

/** Together pending: by priority. Among equals the order is the implementation's. */
function order(): void {
  send(LAZY)
  send(USUAL)
  send(URGENT)
  open()
  expectLog('three at once arrived as', 0x0282_0383_0484)
}

/** Within a handler what is more urgent arrives at once, what is not waits for its end. */
function nests(): void {
  mode = 1
  send(USUAL)
  open()
  mode = 0
  expectLog('within another arrived', 0x0302_8283_0585_0484)
  if (running() !== IDLE) fail(NAME, 'the running priority afterwards is', running())
}

/** Dropped and still active: others of its priority arrive, it waits, pending again, until it is deactivated. */
function splits(): void {
  splitEoi(true)
  mode = 2
  send(USUAL)
  open()
  mode = 0
  open()
  expectLog('with EOImode 1 arrived', 0x0305_8583_0383)
  splitEoi(false)
  if ((read32(banked() + ISACTIVER) | read32(banked() + ISPENDR)) & 0xffff)
    fail(NAME, 'left active or pending', read32(banked() + ISACTIVER))
}

/** Group 0 comes as FIQ, and only its own acknowledge register tells of it. */
function fast(): void {
  const group = read32(banked() + IGROUPR)
  if (gicVersion() === 3) {
    write32(banked() + IGROUPR, group & ~(1 << FAST))
    set_icc_igrpen0_el1(1)
  } else {
    write32(banked() + IGROUPR, ~(1 << FAST))
    write32(GICD_IPA, 3)
    write32(GICC_CTLR, CTLR_GRP0 | CTLR_GRP1 | CTLR_FIQ)
  }
  mode = 3
  // GICv2 has no ISPENDR for SGIs.
  if (gicVersion() === 3) write32(banked() + ISPENDR, 1 << FAST)
  else send(FAST)
  open()
  expectLog('by IRQ, of group 0, arrived', 0)
  dsb_sy()
  fiq_on()
  isb()
  fiq_off()
  expectLog('by FIQ arrived', 0x0787)
  if (running() !== IDLE) fail(NAME, 'the running priority after FIQ is', running())
}

export function onIrq(_count: u64): void {
  const isGroup0 = mode === 3
  if (isGroup0 && gicVersion() === 3 && ((icc_iar1_el1() as u32) & 0xff_ffff) !== SPECIAL)
    fail(NAME, 'group 1 tells of 0', 1)
  const iar = acknowledgeOne(isGroup0)
  const intid = iar & 0x3ff
  note(intid)
  if (mode === 1 && depth === 0) {
    depth = 1
    if (running() !== 0xa0) fail(NAME, 'the running priority is', running())
    send(SAME)
    send(LAZY)
    send(URGENT)
    open()
  } else if (mode === 1 && depth === 1 && intid === URGENT && running() !== 0x40)
    fail(NAME, 'its priority is', running())
  if (mode === 2 && depth === 1 && intid === USUAL) {
    depth = 2
    drop(iar, false)
    if (running() !== IDLE) fail(NAME, 'after the drop runs', running())
    send(USUAL)
    if (!((read32(banked() + ISACTIVER) >> USUAL) & 1))
      fail(NAME, 'dropped, it is not active', read32(banked() + ISACTIVER))
    if (!((read32(banked() + ISPENDR) >> USUAL) & 1))
      fail(NAME, 'sent again, it is not pending', read32(banked() + ISPENDR))
    send(SAME)
    open()
    deactivate(iar)
    note(intid | 0x80)
    return
  }
  drop(iar, isGroup0)
  if (mode === 2 || (mode === 0 && depth === 2)) deactivate(iar)
  note(intid | 0x80)
}
