/** The short way of an interrupt to the guest: into a free list register, or into the one that it held last. */

import { ICH_LR } from '../../arch/gich'
import * as core from '../core'
import { Bank, bankAt, bitOf, isShared, pinOfShared } from './bank'
import { cpuAt, offerAt, wake } from './cpu'
import { place, reclaim, refresh, sync } from './list-register'
import { passing, readyOf } from './machine'
import { holderOf, homeOf, NO_VCPU, routeOf } from './pin'
import { settle } from './settle'
import { NOBODY, namesSenders, setSources, sourcesOf } from './source'

const NO_LR: u32 = 32

/**
 * A physical interrupt of the current vCPU, or an SPI that this VM owns: active physically until the guest ends it.
 *
 * A periodic timer comes again and again to a list register that still bears its name, with a bank that still says held and
 * forwarded: as long as nothing was changed since (`settle`, `setSlot` and `wake` forget `again`), writing the register is all.
 */
export function forward(vcpu: u32, intid: u32): void {
  const cpu = cpuAt(vcpu)
  cpu.injected++
  if (cpu.againIntid != intid || !core.lrRefill(cpu.againLr, cpu.again)) forwardAnew(vcpu, intid)
}

function forwardAnew(vcpu: u32, intid: u32): void {
  const pin = intid < 32 ? (vcpu << 5) | intid : pinOfShared(intid)
  const bank = bankAt(pin >> 5)
  const bit = bitOf(pin)
  if (!isShared(pin) && passing(bank) & ~bank.active & bit) {
    const i = claim(vcpu, bank, pin)
    if (i != NO_LR) {
      reclaim(vcpu, i)
      bank.forwarded |= bit
      const lr = place(vcpu, i, pin, ICH_LR.PENDING)
      if (!(bank.carried & bit)) remember(vcpu, i, intid, lr)
      return
    }
  }
  // What has ended in a list register must be told from what begins now
  if (bank.held & bit) {
    if (homeOf(pin) == vcpu) sync(vcpu, holderOf(pin))
    else bank.anew |= bit
  }
  bank.forwarded |= bit
  moved(vcpu, pin)
}

function remember(vcpu: u32, i: u32, intid: u32, lr: u64): void {
  const cpu = cpuAt(vcpu)
  cpu.again = lr
  cpu.againLr = i
  cpu.againIntid = intid
}

/**
 * An SGI of `sources` (a bitmap) to the current vCPU, once more after it was taken and ended: true if it came from the same
 * sender alone, and its list register could simply be offered again as it was.
 */
export function repeat(vcpu: u32, pin: u32, sources: u32): bool {
  const bank = bankAt(vcpu)
  const bit = bitOf(pin)
  if (!(bank.held & bit)) return false
  const i = holderOf(pin)
  const offer = offerAt(vcpu, i)
  if (offer == 0 || sources != 1 << ICH_LR.source(offer) || !((cpuAt(vcpu).usable >> i) & 1)) return false
  if (!core.lrRefill(i, offer)) return false
  bank.carried |= bit
  cpuAt(vcpu).injected++
  return true
}

/** An interrupt has just been latched that goes to the current vCPU: an SGI to itself, most often. */
export function latched(vcpu: u32, pin: u32): void {
  const bank = bankAt(pin >> 5)
  const bit = bitOf(pin)
  if (passing(bank) & ~bank.active & bit) {
    const i = claim(vcpu, bank, pin)
    if (i != NO_LR) {
      reclaim(vcpu, i)
      place(vcpu, i, pin, ICH_LR.PENDING)
      return
    }
  }
  moved(vcpu, pin)
}

/** SGIs of other vCPUs to the current one, each the short way; what went into a list register meanwhile is latched no more. */
export function takeArrived(vcpu: u32): void {
  const cpu = cpuAt(vcpu)
  const bits = cpu.arrived & bankAt(vcpu).latch
  cpu.arrived = 0
  if (!bits) return
  if (bits & (bits - 1)) takeSeveral(vcpu, bits)
  else takeLatched(vcpu, ctz(bits))
}

function takeSeveral(vcpu: u32, bits: u32): void {
  for (let left = bits; left; left &= left - 1) latched(vcpu, (vcpu << 5) | ctz(left))
}

/** Most often it comes again as it came before. */
function takeLatched(vcpu: u32, intid: u32): void {
  const pin = (vcpu << 5) | intid
  if (!repeat(vcpu, pin, namesSenders() ? sourcesOf(pin) : NOBODY)) {
    latched(vcpu, pin)
    return
  }
  bankAt(vcpu).latch ^= 1 << intid
  setSources(pin, 0)
}

/** The wire from an emulated device to SPI `intid` changed its level. */
export function setLine(vcpu: u32, intid: u32, high: bool): void {
  const pin = pinOfShared(intid)
  const bank = bankAt(pin >> 5)
  const bit = bitOf(pin)
  if (high) {
    bank.line |= bit
    bank.latch |= bank.edge & bit
  } else bank.line &= ~bit
  moved(vcpu, pin)
}

/** Whether something makes an interrupt pending has changed: carries that to where the interrupt is, or should be. */
function moved(vcpu: u32, pin: u32): void {
  const bank = bankAt(pin >> 5)
  const bit = bitOf(pin)
  if (bank.held & bit) {
    const home = homeOf(pin)
    if (home == vcpu) refresh(vcpu, pin)
    else wake(home)
  }
  if (!(readyOf(bank) & bit)) return
  const route = routeOf(pin)
  if (route == vcpu) enter(vcpu, bank, pin)
  else if (route != NO_VCPU) wake(route)
}

function enter(vcpu: u32, bank: Bank, pin: u32): void {
  const i = claim(vcpu, bank, pin)
  if (i == NO_LR) {
    settle(vcpu)
    return
  }
  reclaim(vcpu, i)
  place(vcpu, i, pin, ICH_LR.PENDING)
}

/** An empty list register, preferably that which still bears the interrupt's name; NO_LR if this is not so simple. */
function claim(vcpu: u32, bank: Bank, pin: u32): u32 {
  const empty = core.lrEmpty() & cpuAt(vcpu).usable
  if (!(bank.held & bitOf(pin))) return ctz(empty)
  const i = holderOf(pin)
  return (empty >> i) & 1 ? i : NO_LR
}
