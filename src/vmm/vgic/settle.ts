/**
 * The long way round: makes a vCPU's list registers hold the most urgent of what its interrupts want, when there are more of
 * them than list registers, or when something changed that the short paths do not cover.
 *
 * With interrupts left over, NPIE brings us back once the guest has acknowledged everything pending in the list registers;
 * UIE would come too late where they fill up with active interrupts. One that is pushed out while active is found again
 * by LRENPIE and EOIcount: guests end interrupts in the order of their priority.
 */

import { ICH_HCR, ICH_LR } from '../../arch/gich'
import * as core from '../core'
import { bankAt, bitOf, isShared, SHARED_BANKS, VCPUS } from './bank'
import { cpuAt, wake } from './cpu'
import { dropIfLow, endForwarded, evict, place, reconcile } from './list-register'
import { everyVcpu, machine, readyOf } from './machine'
import { homeOf, NO_PIN, NO_VCPU, priorityOf, routedTo, routeOf, setHome } from './pin'

const NO_LR: u32 = 32
const NO_PRIORITY: u32 = 0x100

/** Brings the current vCPU's list registers and its interrupts' state together. */
export function settle(vcpu: u32): void {
  const cpu = cpuAt(vcpu)
  cpu.due = 0
  cpu.arrived = 0
  cpu.againIntid = 0
  if (cpu.control & ICH_HCR.LRENPIE) endStrays(vcpu)
  const count = machine().lrCount
  for (let i: u32 = 0; i < count; i++) reconcile(vcpu, i)
  const waiting = fill(vcpu)
  if (cpu.strays) takeStraysIn(vcpu)
  cpu.usable = waiting ? 0 : machine().lrMask
  control(vcpu, (waiting ? ICH_HCR.NPIE : 0) | (cpu.strays ? ICH_HCR.LRENPIE : 0))
}

/** The list registers of a vCPU that goes off: its interrupts wait in the distributor. */
export function withdraw(vcpu: u32): void {
  const count = machine().lrCount
  for (let i: u32 = 0; i < count; i++) {
    evict(vcpu, i)
    core.lrWrite(i, 0)
  }
  control(vcpu, 0)
  const cpu = cpuAt(vcpu)
  cpu.due = 1
  cpu.usable = 0
  cpu.againIntid = 0
}

/** Interrupts `bits` of a bank want another look: here if they belong to the current vCPU, else on their own. */
export function changed(vcpu: u32, index: u32, bits: u32): void {
  let who: u32 = 0
  if (index < VCPUS) who = 1 << index
  else if (machine().vcpuCount == 1) who = 1
  else {
    const bank = bankAt(index)
    while (bits) {
      const pin = (index << 5) | ctz(bits)
      bits &= bits - 1
      const owner = (bank.held | bank.active) & bitOf(pin) ? homeOf(pin) : routeOf(pin)
      if (owner != NO_VCPU) who |= 1 << owner
    }
  }
  settleAll(vcpu, who)
}

/** Everything may have changed: the groups' enables. */
export function changedAll(vcpu: u32): void {
  settleAll(vcpu, everyVcpu())
}

function settleAll(vcpu: u32, vcpus: u32): void {
  let others = vcpus & ~(1 << vcpu)
  while (others) {
    wake(ctz(others))
    others &= others - 1
  }
  if ((vcpus >> vcpu) & 1) settle(vcpu)
}

/** Interrupts `bits` of a bank were made active by a register write: each belongs to the vCPU that has it, or would get it. */
export function markStrays(vcpu: u32, index: u32, bits: u32): void {
  const held = bankAt(index).held
  while (bits) {
    const pin = (index << 5) | ctz(bits)
    bits &= bits - 1
    const route = routeOf(pin)
    if (!(held & bitOf(pin))) setHome(pin, route == NO_VCPU ? vcpu : route)
    cpuAt(homeOf(pin)).strays = 1
  }
}

/** Gives list registers to pending interrupts, most urgent first. True if some are left over. */
function fill(vcpu: u32): bool {
  // Each round fills a register or replaces what is in one by something more urgent.
  for (let round = machine().lrCount << 1; round; round--) {
    const pin = mostUrgent(vcpu)
    if (pin == NO_PIN) return false
    dropIfLow(bankAt(pin >> 5), pin)
    if (!(readyOf(bankAt(pin >> 5)) & bitOf(pin))) continue
    let i = ctz(core.lrEmpty() & machine().lrMask)
    if (i == NO_LR) {
      i = leastUrgent(priorityOf(pin))
      if (i == NO_LR) return true
      evict(vcpu, i)
    }
    place(vcpu, i, pin, ICH_LR.PENDING)
  }
  return mostUrgent(vcpu) != NO_PIN
}

/** The ready interrupt of this vCPU with the lowest priority value; among equals the lowest INTID. */
function mostUrgent(vcpu: u32): u32 {
  let best = NO_PIN
  let bestPriority = NO_PRIORITY
  for (let n: u32 = 0; n <= SHARED_BANKS; n++) {
    const index = n == 0 ? vcpu : VCPUS - 1 + n
    let bits = readyOf(bankAt(index)) & routedTo(vcpu, index)
    while (bits) {
      const pin = (index << 5) | ctz(bits)
      bits &= bits - 1
      const priority = priorityOf(pin)
      if (priority < bestPriority) {
        best = pin
        bestPriority = priority
      }
    }
  }
  return best
}

/**
 * The list register to give up for an interrupt of `priority`: the least urgent pending one if that is less urgent, else
 * nothing, unless all are active: then the least urgent of those, so that one pending interrupt can always preempt.
 */
function leastUrgent(priority: u32): u32 {
  let pending = NO_LR
  let active = NO_LR
  let pendingPriority = priority
  let activePriority: i32 = -1
  let hasPending = false
  const count = machine().lrCount
  for (let i: u32 = 0; i < count; i++) {
    const lr = core.lrRead(i)
    const its = <u32>((lr & ICH_LR.PRIORITY) >> ICH_LR.PRIORITY_SHIFT)
    if ((lr & ICH_LR.STATE) == ICH_LR.PENDING) {
      hasPending = true
      if (its > pendingPriority) {
        pending = i
        pendingPriority = its
      }
    } else if (<i32>its > activePriority) {
      active = i
      activePriority = its
    }
  }
  return hasPending ? pending : active
}

/** Interrupts ended that no list register held: the most urgent active ones. */
function endStrays(vcpu: u32): void {
  for (let count = core.gicEoiCount(); count; count--) {
    const pin = mostUrgentStray(vcpu)
    if (pin == NO_PIN) return
    const bank = bankAt(pin >> 5)
    bank.active &= ~bitOf(pin)
    endForwarded(bank, pin, true)
    const route = routeOf(pin)
    if (isShared(pin) && route != vcpu && route != NO_VCPU && readyOf(bank) & bitOf(pin)) wake(route)
  }
}

/** Active interrupts go back into list registers that nobody else wants, so that their end is seen there. */
function takeStraysIn(vcpu: u32): void {
  const cpu = cpuAt(vcpu)
  let empty = core.lrEmpty() & machine().lrMask
  let pin = mostUrgentStray(vcpu)
  while (pin != NO_PIN && empty) {
    place(vcpu, ctz(empty), pin, ICH_LR.ACTIVE)
    empty &= empty - 1
    pin = mostUrgentStray(vcpu)
  }
  cpu.strays = pin == NO_PIN ? 0 : 1
}

function mostUrgentStray(vcpu: u32): u32 {
  let best = NO_PIN
  let bestPriority = NO_PRIORITY
  for (let n: u32 = 0; n <= SHARED_BANKS; n++) {
    const index = n == 0 ? vcpu : VCPUS - 1 + n
    let bits = bankAt(index).active
    while (bits) {
      const pin = (index << 5) | ctz(bits)
      bits &= bits - 1
      const priority = priorityOf(pin)
      if (homeOf(pin) == vcpu && priority < bestPriority) {
        best = pin
        bestPriority = priority
      }
    }
  }
  return best
}

/** EOIcount may hold ends of interrupts that were deactivated by ICACTIVER: it starts anew with the first stray. */
function control(vcpu: u32, bits: u32): void {
  const cpu = cpuAt(vcpu)
  if (bits == cpu.control) return
  if (bits & ~cpu.control & ICH_HCR.LRENPIE) core.gicEoiCount()
  cpu.control = bits
  core.gicControl(bits)
}
