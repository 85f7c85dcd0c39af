/** Software generated interrupts: GICD_SGIR of GICv2, the ICC_SGI registers of GICv3. */

import {
  GICD_SGIR_FILTER_LIST,
  GICD_SGIR_FILTER_OTHERS,
  GICD_SGIR_FILTER_SELF,
  GICD_SGIR_FILTER_SHIFT,
  GICD_SGIR_TARGET_SHIFT,
} from '../../arch/gicd'
import { ICC_SGIR } from '../../arch/gich'
import { bankAt, bitOf } from './bank'
import { announce } from './cpu'
import { everyVcpu } from './machine'
import { latched, repeat } from './pend'
import { setSources, sourcesOf } from './source'

/** A write to GICD_SGIR. The reserved filter does nothing; NSATT means nothing without the security extensions. */
export function writeSgir(vcpu: u32, value: u32): void {
  const filter = (value >> GICD_SGIR_FILTER_SHIFT) & 3
  let targets: u32 = 0
  if (filter == GICD_SGIR_FILTER_SELF) targets = 1 << vcpu
  else if (filter == GICD_SGIR_FILTER_OTHERS) targets = ~(1 << vcpu)
  else if (filter == GICD_SGIR_FILTER_LIST) targets = (value >> GICD_SGIR_TARGET_SHIFT) & 0xff
  targets &= everyVcpu()
  const intid = value & 15
  while (targets) {
    const target = ctz(targets)
    targets &= targets - 1
    const pin = (target << 5) | intid
    if (target == vcpu && repeat(vcpu, pin, vcpu)) continue
    setSources(pin, sourcesOf(pin) | (1 << vcpu))
    send(vcpu, target, pin)
  }
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
  while (targets) {
    const target = ctz(targets)
    targets &= targets - 1
    if (group == 0 && (bankAt(target).group >> intid) & 1) continue
    const pin = (target << 5) | intid
    if (target != vcpu || !repeat(vcpu, pin, 0)) send(vcpu, target, pin)
  }
}

function send(vcpu: u32, target: u32, pin: u32): void {
  bankAt(target).latch |= bitOf(pin)
  if (target == vcpu) latched(vcpu, pin)
  else announce(target, bitOf(pin))
}
