/**
 * Who is ready: a VM whose guest has given a sign of life. Boot makes a VM wait that comes after such a one: it is starting, as if for a
 * back-off, and begins when all have given theirs, or when its patience is over.
 */
import { STATE_STARTING } from '../abi/life'
import * as hw from '../hw'
import { Cpu } from './cpu'
import * as log from './log'
import { vmName } from './report-word'
import { remind } from './request'
import { stateOf } from './state'
import { DUE_DELIVER, vcpuAt } from './vcpu'
import { Vm, vmAt, vmCount } from './vm'

const MILLISECONDS: u64 = 1000

/** Ticks that boot has `vm` wait, at most. */
export function waitOf(vm: Vm): u64 {
  return firstUnready(vm) < 0 ? 0 : patienceOf(vm)
}

/** `vm` gave its first sign: those that waited for it alone begin. */
export function markReady(cpu: Cpu, vm: Vm): void {
  atomic.store<u32>(changetype<usize>(vm), 1, offsetof<Vm>('isReady'))
  for (let i: u32 = 0; i < vmCount; i++) if ((vmAt(i).awaits >> vm.index) & 1) beginIfReady(cpu, vmAt(i))
}

/** `vm` was just made to wait, or one that it waits for is ready. Both ask, so that no sign between the two is missed. */
export function beginIfReady(cpu: Cpu, vm: Vm): void {
  if (stateOf(vm) !== STATE_STARTING || firstUnready(vm) >= 0) return
  // A wait for a restart is no wait for others: `hasBegun` tells the two apart.
  if (atomic.load<u32>(changetype<usize>(vm), offsetof<Vm>('hasBegun'))) return
  atomic.store<u64>(changetype<usize>(vm), 0, offsetof<Vm>('notBefore'))
  remind(cpu, vcpuAt(vm.firstVcpu), DUE_DELIVER)
}

/** `vm` begins for the first time: says whom it no longer waits for. */
export function reportImpatience(vm: Vm): void {
  const other = firstUnready(vm)
  if (other < 0) return
  log.begin()
  vmName(vm)
  log.text(' starts although ')
  vmName(vmAt(other))
  log.text(' is not ready: it gave no sign of life within ')
  log.seconds(patienceOf(vm))
  log.end()
}

function patienceOf(vm: Vm): u64 {
  return (<u64>vm.patience * hw.cntfrq_el0()) / MILLISECONDS
}

/** Index of a VM that `vm` waits for, or -1. */
function firstUnready(vm: Vm): i32 {
  for (let i: u32 = 0; i < vmCount; i++) {
    if ((vm.awaits >> i) & 1 && !atomic.load<u32>(changetype<usize>(vmAt(i)), offsetof<Vm>('isReady'))) return i
  }
  return -1
}
