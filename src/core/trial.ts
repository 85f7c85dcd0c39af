/**
 * A system on trial: booted with an older one to fall back to (doc/why/two-slots.md), it has proved itself once its critical VMs
 * have run for as long as its config asks; if that takes too long, the board boots the older one. Boot, then the keeper.
 */
import { STATE_RUNNING } from '../abi/life'
import * as hw from '../hw'
import { systemCell } from './bundle'
import { reboot } from './firmware'
import * as log from './log'
import { sayFallback } from './panic'
import * as pm from './power-manager'
import { stateOf } from './state'
import { Vm, vmAt, vmCount } from './vm'

const MILLISECONDS: u64 = 1000

/** Ticks that each critical VM runs for, and the count at which it must have. */
let after: u64 = 0
let until: u64 = 0

/** While the bundle's tree is mapped. A system that asks for nothing has proved itself by having booted. */
export function open(): void {
  after = ticksOf(0)
  until = hw.cntpct_el0() + ticksOf(1)
  if (!isOn()) return
  log.begin()
  log.text('this system is on trial until its critical VMs have run for ')
  log.decimal(systemCell('confirm', 0, 0))
  log.text(' ms; until then a reset leads to partition ')
  log.decimal(pm.fallback)
  log.end()
}

function ticksOf(index: u32): u64 {
  return (<u64>systemCell('confirm', index, 0) * hw.cntfrq_el0()) / MILLISECONDS
}

export function isOn(): bool {
  return pm.fallback != 0 && after != 0
}

/** The trial may be over: this system stays, or does not. */
export function judge(now: u64): void {
  if (hasProved(now)) {
    pm.trust()
    log.line('this system has proved itself')
  } else if (now >= until) {
    sayFallback('the critical VMs do not keep running; ')
    log.flush()
    reboot()
  }
}

function hasProved(now: u64): bool {
  for (let i: u32 = 0; i < vmCount; i++) if (vmAt(i).isCritical && !isProved(vmAt(i), now)) return false
  return true
}

/** By its own clock, which begins with each of its lives and stands still in a pause. */
function isProved(vm: Vm, now: u64): bool {
  return stateOf(vm) === STATE_RUNNING && now - vm.timeOffset >= after
}
