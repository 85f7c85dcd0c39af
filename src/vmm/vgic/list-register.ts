/**
 * Moves interrupts between the distributor's banks and the current vCPU's list registers. IHI 0069 "ICH_LR<n>_EL2".
 *
 * Hardware advances a list register without telling us, so a held interrupt is looked at only when somebody asks or when its
 * end raises maintenance. Invariants:
 * - a list register is pending only while the distributor lets its interrupt through, to this vCPU;
 * - none is pending and active: turned pending at its end, it could stand before more urgent ones that found no room;
 * - whatever may need a second look at its end has EOI set: a level whose line is high, something latched meanwhile;
 * - all else that is `forwarded` has HW set; core may turn that into EOI, and the end is then deactivated from here.
 */

import { ICH_LR } from '../../arch/gich'
import * as core from '../core'
import { Bank, bankAt, bitOf, intidOf, isShared } from './bank'
import { cpuAt, pinOfSlot, setOffer, setSlot, slotAt, slotFor, sourceOfSlot, wake } from './cpu'
import { passing, readyOf } from './machine'
import { holderOf, NO_VCPU, priorityOf, routedTo, routeOf, setHolder, setHome } from './pin'
import { activeSourceOf, hasSource, setActiveSource, setSources, sourcesOf } from './source'

/** Forgets the interrupt that list register `i`, empty by ICH_ELRSR_EL2, held last; its end needs nothing from us. */
export function reclaim(vcpu: u32, i: u32): void {
  const slot = slotAt(vcpu, i)
  if (slot == 0) return
  const pin = pinOfSlot(slot)
  const bank = bankAt(pin >> 5)
  const keep = ~bitOf(pin)
  bank.held &= keep
  bank.carried &= keep
  bank.forwarded &= keep // a list register that ends in ELRSR was linked: hardware deactivated the physical interrupt
}

/**
 * Fills list register `i`, which holds nothing, with an interrupt that is pending or (`state`) active in its bank. Returns what
 * the register now holds.
 */
export function place(vcpu: u32, i: u32, pin: u32, state: u64): u64 {
  const bank = bankAt(pin >> 5)
  const bit = bitOf(pin)
  let source: u32 = 0
  if (state == ICH_LR.PENDING) {
    if (!(bank.forwarded & bit)) cpuAt(vcpu).injected++
    if (bank.latch & bit) {
      bank.carried |= bit
      if (hasSource(pin)) source = takeSource(bank, pin, ctz(sourcesOf(pin)))
      else bank.latch &= ~bit
    }
  } else {
    bank.active &= ~bit
    if (hasSource(pin)) source = activeSourceOf(pin)
  }
  bank.held |= bit
  setHolder(pin, i)
  setHome(pin, vcpu)
  setSlot(vcpu, i, slotFor(pin, source))
  const lr = encode(bank, pin, source, state, attributes(bank, pin))
  setOffer(vcpu, i, state == ICH_LR.PENDING ? lr : 0)
  core.lrWrite(i, lr)
  return lr
}

/** Brings what hardware did to list register `i` into the bank. Returns the register, 0 if the interrupt has left it. */
export function sync(vcpu: u32, i: u32): u64 {
  const slot = slotAt(vcpu, i)
  if (slot == 0) return 0
  const lr = core.lrRead(i)
  const pin = pinOfSlot(slot)
  const bank = bankAt(pin >> 5)
  const bit = bitOf(pin)
  if (!(lr & ICH_LR.PENDING)) bank.carried &= ~bit
  if (lr & ICH_LR.STATE) return lr
  if (ICH_LR.asksMaintenance(lr)) {
    if (bank.forwarded & bit) core.deactivate(intidOf(pin))
    core.lrWrite(i, 0)
  }
  // The end was that of the one before, by us, by hardware or by `maintain`
  bank.forwarded = (bank.forwarded & ~bit) | (bank.anew & bit)
  bank.anew &= ~bit
  release(vcpu, i, bank, pin)
  return 0
}

/** Makes list register `i` agree with its bank after either has changed. */
export function reconcile(vcpu: u32, i: u32): void {
  const was = sync(vcpu, i)
  if (was == 0) return
  const slot = slotAt(vcpu, i)
  const pin = pinOfSlot(slot)
  const source = sourceOfSlot(slot)
  const bank = bankAt(pin >> 5)
  const bit = bitOf(pin)
  let state = obeyActive(bank, pin, source, was & ICH_LR.STATE)
  if (bank.unpend & bit) {
    bank.unpend &= ~bit
    bank.carried &= ~bit
  }
  if (state & ICH_LR.PENDING && !staysPending(vcpu, bank, pin, source, state)) {
    state &= ~ICH_LR.PENDING
    putBack(bank, pin, source)
  }
  if (state == 0) {
    release(vcpu, i, bank, pin)
    core.lrWrite(i, 0)
    return
  }
  const kept = was & ICH_LR.ACTIVE ? was & (ICH_LR.PRIORITY | ICH_LR.GROUP) : attributes(bank, pin)
  const holds = state & ~was & ICH_LR.ACTIVE && hasSource(pin) ? activeSourceOf(pin) : source
  if (holds != source) setSlot(vcpu, i, slotFor(pin, holds))
  const lr = encode(bank, pin, holds, state, kept)
  setOffer(vcpu, i, state == ICH_LR.PENDING ? lr : 0)
  if (lr != was) core.lrWrite(i, lr)
}

/** Takes whatever list register `i` holds back into its bank. The caller fills or clears the register. */
export function evict(vcpu: u32, i: u32): void {
  const lr = sync(vcpu, i)
  if (lr == 0) return
  const slot = slotAt(vcpu, i)
  const pin = pinOfSlot(slot)
  const bank = bankAt(pin >> 5)
  if (lr & ICH_LR.ACTIVE) {
    bank.active |= bitOf(pin)
    if (hasSource(pin)) setActiveSource(pin, sourceOfSlot(slot))
    cpuAt(vcpu).strays = 1
  }
  putBack(bank, pin, sourceOfSlot(slot))
  release(vcpu, i, bank, pin)
}

/** Looks again at an interrupt that the current vCPU holds. */
export function refresh(vcpu: u32, pin: u32): void {
  reconcile(vcpu, holderOf(pin))
}

function release(vcpu: u32, i: u32, bank: Bank, pin: u32): void {
  const keep = ~bitOf(pin)
  bank.held &= keep
  bank.carried &= keep
  bank.unpend &= keep
  bank.unactivate &= keep
  setSlot(vcpu, i, 0)
  // An SPI that was sent elsewhere while it was here
  if (!isShared(pin)) return
  const route = routeOf(pin)
  if (route != vcpu && route != NO_VCPU && readyOf(bank) & bitOf(pin)) wake(route)
}

/**
 * ISACTIVER and ICACTIVER on a held interrupt. Neither names the sender of an SGI, but its end will: of the one that was taken
 * last.
 */
function obeyActive(bank: Bank, pin: u32, source: u32, was: u64): u64 {
  const bit = bitOf(pin)
  let state = was
  if (bank.unactivate & bit) {
    bank.unactivate &= ~bit
    if (state & ICH_LR.ACTIVE && hasSource(pin)) setActiveSource(pin, source)
    if (state == ICH_LR.ACTIVE && bank.forwarded & bit) {
      core.deactivate(intidOf(pin))
      bank.forwarded &= ~bit
    }
    state &= ~ICH_LR.ACTIVE
  }
  if (bank.active & bit) {
    bank.active &= ~bit
    state |= ICH_LR.ACTIVE
  }
  return state
}

/**
 * A timer that was reprogrammed since it fired is not pending any more: its level is its ISTATUS. Deviation: seen only when
 * something makes us look; else the guest gets one spurious interrupt.
 */
export function dropIfLow(bank: Bank, pin: u32): void {
  const bit = bitOf(pin)
  if (!(bank.forwarded & bit) || isShared(pin)) return
  const intid = intidOf(pin)
  if (core.timerLine(intid)) return
  core.deactivate(intid)
  bank.forwarded &= ~bit
}

/** True if a list register may stay pending; it then takes in what was latched meanwhile. */
function staysPending(vcpu: u32, bank: Bank, pin: u32, source: u32, state: u64): bool {
  const bit = bitOf(pin)
  if (state & ICH_LR.ACTIVE) return false
  if (!(passing(bank) & routedTo(vcpu, pin >> 5) & bit)) return false
  dropIfLow(bank, pin)
  absorb(bank, pin, source)
  return ((bank.carried | (bank.line & ~bank.edge) | bank.forwarded) & bit) != 0
}

/** The pending state leaves a list register: what `latch` gave, it gets back. */
function putBack(bank: Bank, pin: u32, source: u32): void {
  const bit = bitOf(pin)
  if (!(bank.carried & bit)) return
  bank.carried &= ~bit
  bank.latch |= bit
  if (hasSource(pin)) setSources(pin, sourcesOf(pin) | (1 << source))
}

/** A latched interrupt joins its pending list register; an SGI of another sender has to wait its turn. */
function absorb(bank: Bank, pin: u32, source: u32): void {
  const bit = bitOf(pin)
  if (!(bank.latch & bit)) return
  if (hasSource(pin)) {
    if (!((sourcesOf(pin) >> source) & 1)) return
    takeSource(bank, pin, source)
  } else bank.latch &= ~bit
  bank.carried |= bit
}

function takeSource(bank: Bank, pin: u32, source: u32): u32 {
  const rest = sourcesOf(pin) & ~(1 << source)
  setSources(pin, rest)
  if (rest == 0) bank.latch &= ~bitOf(pin)
  return source
}

function attributes(bank: Bank, pin: u32): u64 {
  const group = bank.group & bitOf(pin) ? ICH_LR.GROUP : 0
  return group | ((<u64>priorityOf(pin)) << ICH_LR.PRIORITY_SHIFT)
}

function encode(bank: Bank, pin: u32, source: u32, state: u64, kept: u64): u64 {
  const bit = bitOf(pin)
  const intid = <u64>intidOf(pin)
  const lr = intid | state | kept
  if (bank.forwarded & ~bank.latch & bit) return lr | ICH_LR.HW | (intid << ICH_LR.PINTID_SHIFT)
  const plain = lr | ((<u64>source) << ICH_LR.SOURCE_SHIFT)
  return (bank.latch | bank.forwarded | (bank.line & ~bank.edge)) & bit ? plain | ICH_LR.EOI : plain
}
