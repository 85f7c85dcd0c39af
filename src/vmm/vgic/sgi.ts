/** Software generated interrupts: GICD_SGIR of GICv2, the ICC_SGI registers of GICv3. */

import {
  GICD_SGIR_FILTER_LIST,
  GICD_SGIR_FILTER_OTHERS,
  GICD_SGIR_FILTER_SELF,
  GICD_SGIR_FILTER_SHIFT,
  GICD_SGIR_TARGET_SHIFT,
} from '../../arch/gicd'
import { ICC_SGIR } from '../../arch/gich'
import * as core from '../core'
import { bankAt, bitOf } from './bank'
import { announce } from './cpu'
import { everyVcpu } from './machine'
import { latched, repeat } from './pend'
import { addSource, NOBODY, namesSenders } from './source'

/** A write to GICD_SGIR. The reserved filter does nothing; NSATT means nothing without the security extensions. */
export function writeSgir(vcpu: u32, value: u32): void {
  const filter = (value >> GICD_SGIR_FILTER_SHIFT) & 3
  let targets: u32 = 0
  if (filter == GICD_SGIR_FILTER_SELF) targets = 1 << vcpu
  else if (filter == GICD_SGIR_FILTER_OTHERS) targets = ~(1 << vcpu)
  else if (filter == GICD_SGIR_FILTER_LIST) targets = (value >> GICD_SGIR_TARGET_SHIFT) & 0xff
  send(vcpu, targets & everyVcpu(), value & 15)
}

/**
 * A trapped write to ICC_SGI1R_EL1 (`group` 1), or to ICC_SGI0R_EL1 or ICC_ASGI1R_EL1 (`group` 0). vCPU n has affinity 0.0.0.n.
 * With one security state the former raises SGIs of either group, the latter group 0 only (IHI 0069, "Forwarding an SGI").
 */
export function sgi(vcpu: u32, value: u64, group: u32): void {
  let targets = <u32>(value & ICC_SGIR.TARGET_LIST)
  if (value & ICC_SGIR.IRM) targets = ~(1 << vcpu)
  else if (value & ICC_SGIR.CLUSTER) return
  targets &= everyVcpu()
  const intid = <u32>(value >> ICC_SGIR.INTID_SHIFT) & 15
  send(vcpu, group ? targets : inGroup0(targets, intid), intid)
}

/** Those of `targets` where the SGI is of group 0. */
function inGroup0(targets: u32, intid: u32): u32 {
  let found: u32 = 0
  for (let left = targets; left; left &= left - 1) {
    if (!((bankAt(ctz(left)).group >> intid) & 1)) found |= left & -left
  }
  return found
}

function send(vcpu: u32, targets: u32, intid: u32): void {
  const kicks = latchForOthers(vcpu, targets & ~(1 << vcpu), intid)
  if ((targets >> vcpu) & 1) sendToSelf(vcpu, (vcpu << 5) | intid)
  if (kicks) core.kick(kicks)
}

/** Those among `targets` that have no kick on its way already. */
function latchForOthers(vcpu: u32, targets: u32, intid: u32): u32 {
  let kicks: u32 = 0
  for (let left = targets; left; left &= left - 1) {
    const target = ctz(left)
    const pin = (target << 5) | intid
    if (namesSenders()) addSource(pin, vcpu)
    bankAt(target).latch |= bitOf(pin)
    if (!announce(target, bitOf(pin))) kicks |= 1 << target
  }
  return kicks
}

function sendToSelf(vcpu: u32, pin: u32): void {
  const bank = bankAt(vcpu)
  if (!(bank.latch & bitOf(pin)) && repeat(vcpu, pin, namesSenders() ? 1 << vcpu : NOBODY)) return
  if (namesSenders()) addSource(pin, vcpu)
  bank.latch |= bitOf(pin)
  latched(vcpu, pin)
}
