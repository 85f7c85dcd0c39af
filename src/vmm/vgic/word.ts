/** The registers with one bit for each INTID, the same for the distributors of both versions and the redistributor. */

import { TIMER_PHYSICAL_INTID, TIMER_VIRTUAL_INTID } from '../../abi/guest-machine'
import {
  GICD_BLOCK_ICACTIVER,
  GICD_BLOCK_ICENABLER,
  GICD_BLOCK_ICPENDR,
  GICD_BLOCK_IGROUPR,
  GICD_BLOCK_ISACTIVER,
  GICD_BLOCK_ISENABLER,
  GICD_BLOCK_ISPENDR,
} from '../../arch/gicd'
import { ICH_LR } from '../../arch/gich'
import * as core from '../core'
import { bankAt, bitOf, intidOf, VCPUS } from './bank'
import { pinOfSlot, slotAt } from './cpu'
import { machine, readyOf } from './machine'
import { changed, markStrays } from './settle'

const SGIS: u32 = 0xffff

/** Register `block` (GICD_BLOCK_) of bank `index`, read by the current vCPU. */
export function readWord(vcpu: u32, index: u32, block: u32): u32 {
  const bank = bankAt(index)
  switch (block) {
    case GICD_BLOCK_ISENABLER:
    case GICD_BLOCK_ICENABLER:
      return bank.enabled
    case GICD_BLOCK_IGROUPR:
      return bank.group
    case GICD_BLOCK_ISPENDR:
    case GICD_BLOCK_ICPENDR:
      return pending(vcpu, index)
    case GICD_BLOCK_ISACTIVER:
    case GICD_BLOCK_ICACTIVER:
      return bank.active | stateHere(vcpu, index, ICH_LR.ACTIVE)
    default:
      return 0
  }
}

export function writeWord(vcpu: u32, index: u32, block: u32, value: u32): void {
  if (block == GICD_BLOCK_ISENABLER) enable(vcpu, index, value)
  else writeRare(vcpu, index, block, value)
}

function writeRare(vcpu: u32, index: u32, block: u32, value: u32): void {
  switch (block) {
    case GICD_BLOCK_ICENABLER:
      disable(vcpu, index, value)
      break
    case GICD_BLOCK_IGROUPR:
      setGroup(vcpu, index, value)
      break
    case GICD_BLOCK_ISPENDR:
      setPending(vcpu, index, value & ~fixedSgis(index))
      break
    case GICD_BLOCK_ICPENDR:
      clearPending(vcpu, index, value & ~fixedSgis(index))
      break
    case GICD_BLOCK_ISACTIVER:
      setActive(vcpu, index, value)
      break
    case GICD_BLOCK_ICACTIVER:
      clearActive(vcpu, index, value)
      break
  }
}

/** GICv2: SGIs are always enabled, and pending by GICD_SPENDSGIR only. */
function fixedSgis(index: u32): u32 {
  return machine().version == 2 && index < VCPUS ? SGIS : 0
}

function enable(vcpu: u32, index: u32, value: u32): void {
  const bank = bankAt(index)
  const fresh = value & ~bank.enabled
  bank.enabled |= fresh
  const due = fresh & readyOf(bank)
  if (due) changed(vcpu, index, due)
}

function disable(vcpu: u32, index: u32, value: u32): void {
  const bank = bankAt(index)
  const gone = value & bank.enabled & ~fixedSgis(index)
  bank.enabled &= ~gone
  if (gone & bank.held) changed(vcpu, index, gone & bank.held)
}

function setGroup(vcpu: u32, index: u32, value: u32): void {
  const bank = bankAt(index)
  const flipped = value ^ bank.group
  bank.group = value
  const due = flipped & (readyOf(bank) | bank.held)
  if (due) changed(vcpu, index, due)
}

function setPending(vcpu: u32, index: u32, value: u32): void {
  const bank = bankAt(index)
  bank.latch |= value
  const due = value & (readyOf(bank) | bank.held)
  if (due) changed(vcpu, index, due)
}

/** A level-sensitive interrupt stays pending while its line is high. */
function clearPending(vcpu: u32, index: u32, value: u32): void {
  const bank = bankAt(index)
  bank.latch &= ~value
  const held = value & bank.held
  bank.unpend |= held
  if (held) changed(vcpu, index, held)
}

function setActive(vcpu: u32, index: u32, value: u32): void {
  bankAt(index).active |= value // where a list register holds it, `reconcile` moves the state there
  markStrays(vcpu, index, value)
  if (value) changed(vcpu, index, value)
}

function clearActive(vcpu: u32, index: u32, value: u32): void {
  const bank = bankAt(index)
  const held = value & bank.held
  const strays = value & bank.active & ~held
  bank.active &= ~value
  bank.unactivate |= held
  // Another vCPU's timer can only be deactivated there: it stays forwarded, and is sampled again.
  if (index == vcpu || index >= VCPUS) deactivateAll(index, strays & bank.forwarded & ~bank.anew)
  if (held | strays) changed(vcpu, index, held | strays)
}

function deactivateAll(index: u32, bits: u32): void {
  bankAt(index).forwarded &= ~bits
  while (bits) {
    core.deactivate(intidOf((index << 5) | ctz(bits)))
    bits &= bits - 1
  }
}

/** Latched, or level-sensitive with its line high; the timers' lines are in hardware. */
function pending(vcpu: u32, index: u32): u32 {
  const bank = bankAt(index)
  const listed = stateHere(vcpu, index, ICH_LR.PENDING)
  const bits = bank.latch | (bank.line & ~bank.edge) | (listed & bank.carried)
  if (index != vcpu) return bits | bank.anew | (bank.forwarded & ((~bank.active & ~bank.held) | listed))
  return (
    bits |
    (core.timerLine(TIMER_VIRTUAL_INTID) << TIMER_VIRTUAL_INTID) |
    (core.timerLine(TIMER_PHYSICAL_INTID) << TIMER_PHYSICAL_INTID)
  )
}

/**
 * Interrupts of a bank whose list register is in `state`. Deviation: what the list registers of other vCPUs hold counts as
 * neither pending nor active, since only their own core can read them.
 */
function stateHere(vcpu: u32, index: u32, state: u64): u32 {
  let bits: u32 = 0
  if (bankAt(index).held == 0) return bits
  const count = machine().lrCount
  for (let i: u32 = 0; i < count; i++) {
    const slot = slotAt(vcpu, i)
    if (slot && pinOfSlot(slot) >> 5 == index && core.lrRead(i) & state) bits |= bitOf(pinOfSlot(slot))
  }
  return bits
}
