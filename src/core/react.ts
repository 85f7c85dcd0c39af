/** What a VM's end leads to: the answers of its config, how often it may start again, and how long it waits before. */
import { BACKOFF_DOUBLINGS, PROVEN, REACT_RESTART, REACT_STOP, STATE_DEFINED } from '../abi/life'
import * as hw from '../hw'
import { stateOf } from './state'
import { Stop, Vm, vmAt, vmCount } from './vm'

/** REACT_*, of a VM whose vCPUs have all gone. Counts a restart. */
export function reactionTo(vm: Vm, stop: u32): u32 {
  if (stop === Stop.Again) return REACT_RESTART
  const reaction = wish(vm, stop)
  if (reaction !== REACT_RESTART) return reaction
  // Its own clock: pauses do not count.
  if (hw.cntpct_el0() - vm.timeOffset >= PROVEN * hw.cntfrq_el0()) vm.restartCount = 0
  if (vm.restartLimit !== 0 && vm.restartCount >= vm.restartLimit) return vm.onLimit
  vm.restartCount++
  return REACT_RESTART
}

/** What its config says, whatever the limit. */
export function wish(vm: Vm, stop: u32): u32 {
  switch (stop) {
    case Stop.Off:
      return vm.onOff
    case Stop.Reset:
      return vm.onReset
    case Stop.Crash:
      return vm.onCrash
    case Stop.Refused:
      // The same image would be refused again.
      return vm.onCrash === REACT_RESTART ? vm.onLimit : vm.onCrash
  }
  return REACT_STOP
}

/** Ticks that a VM waits before the restart that was just counted. */
export function backoffOf(vm: Vm): u64 {
  const doublings = min<u32>(vm.restartCount - 1, BACKOFF_DOUBLINGS)
  return vm.restartCount ? vm.backoff << doublings : 0
}

/** Boot is to start it now: those that it comes after have begun. */
export function isTurnOf(vm: Vm): bool {
  if (!vm.isWanted || stateOf(vm) !== STATE_DEFINED) return false
  for (let i: u32 = 0; i < vmCount; i++) if ((vm.after >> i) & 1 && !hasBegun(vmAt(i))) return false
  return true
}

export function markBegun(vm: Vm): void {
  atomic.store<u32>(changetype<usize>(vm), 1, offsetof<Vm>('hasBegun'))
}

function hasBegun(vm: Vm): bool {
  return atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('hasBegun')) !== 0
}
