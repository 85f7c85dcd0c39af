/** Power State Coordination Interface, version 1.1. DEN 0022; vCPU n has MPIDR affinity 0.0.0.n. */

import { STOP_OFF, STOP_RESET } from '../abi/compartment'
import {
  PSCI_1_1,
  PSCI_AFFINITY_INFO_32,
  PSCI_AFFINITY_INFO_64,
  PSCI_AFFINITY_OFF,
  PSCI_AFFINITY_ON,
  PSCI_AFFINITY_ON_PENDING,
  PSCI_ALREADY_ON,
  PSCI_CPU_OFF,
  PSCI_CPU_ON_32,
  PSCI_CPU_ON_64,
  PSCI_CPU_SUSPEND_32,
  PSCI_CPU_SUSPEND_64,
  PSCI_DENIED,
  PSCI_FEATURES,
  PSCI_INVALID_ADDRESS,
  PSCI_INVALID_PARAMETERS,
  PSCI_MIGRATE_INFO_TYPE,
  PSCI_MIGRATE_NOT_NEEDED,
  PSCI_NOT_SUPPORTED,
  PSCI_ON_PENDING,
  PSCI_POWER_STATE_POWERDOWN,
  PSCI_POWER_STATE_RESERVED,
  PSCI_SUCCESS,
  PSCI_SYSTEM_OFF,
  PSCI_SYSTEM_RESET,
  PSCI_SYSTEM_RESET2_32,
  PSCI_SYSTEM_RESET2_64,
  PSCI_SYSTEM_SUSPEND_32,
  PSCI_SYSTEM_SUSPEND_64,
  PSCI_SYSTEM_WARM_RESET,
  PSCI_VERSION,
} from '../arch/psci'
import { SMCCC_VERSION } from '../arch/smccc'
import * as core from './core'
import { isBusy } from './para-virtual'
import { VCPUS } from './vgic/bank'
import { cpuAt } from './vgic/cpu'
import { machine } from './vgic/machine'
import { withdraw } from './vgic/settle'

const ABSENT: u32 = 0xffff_ffff

/** For each vCPU what AFFINITY_INFO says of it: PSCI_AFFINITY_. */
const states = memory.data(VCPUS, 8)

function stateOf(vcpu: u32): u32 {
  return load<u8>(states + vcpu)
}
function setState(vcpu: u32, state: u32): void {
  store<u8>(states + vcpu, <u8>state)
}

/** vCPU 0 boots the VM; the others wait for CPU_ON. */
export function reset(): void {
  for (let vcpu: u32 = 1; vcpu < VCPUS; vcpu++) setState(vcpu, PSCI_AFFINITY_OFF)
}

/** A vCPU runs and settles, as it does when it has been turned on: CPU_ON has done what it promised. */
export function arrived(vcpu: u32): void {
  if (stateOf(vcpu) == PSCI_AFFINITY_ON_PENDING) setState(vcpu, PSCI_AFFINITY_ON)
}

/** A call in the PSCI range. */
export function call(vcpu: u32, fn: u32, a1: u64, a2: u64, a3: u64): i32 {
  switch (fn) {
    case PSCI_VERSION:
      return PSCI_1_1
    case PSCI_CPU_SUSPEND_32:
    case PSCI_CPU_SUSPEND_64:
      return cpuSuspend(<u32>a1, a2, a3)
    case PSCI_CPU_OFF:
      return cpuOff(vcpu)
    case PSCI_CPU_ON_32:
    case PSCI_CPU_ON_64:
      return cpuOn(a1, a2, a3)
    case PSCI_AFFINITY_INFO_32:
    case PSCI_AFFINITY_INFO_64:
      return affinityInfo(a1, a2)
    case PSCI_MIGRATE_INFO_TYPE:
      return PSCI_MIGRATE_NOT_NEEDED
    case PSCI_SYSTEM_OFF:
      return stop(STOP_OFF)
    case PSCI_SYSTEM_RESET:
      return stop(STOP_RESET)
    case PSCI_SYSTEM_RESET2_32:
    case PSCI_SYSTEM_RESET2_64:
      return <u32>a1 == PSCI_SYSTEM_WARM_RESET ? stop(STOP_RESET) : PSCI_INVALID_PARAMETERS
    case PSCI_SYSTEM_SUSPEND_32:
    case PSCI_SYSTEM_SUSPEND_64:
      return systemSuspend(vcpu, a1, a2)
    case PSCI_FEATURES:
      return features(<u32>a1)
    default:
      return PSCI_NOT_SUPPORTED
  }
}

/** For CPU_SUSPEND the flags are 0: power_state in its original format, no OS-initiated mode. */
function features(fn: u32): i32 {
  switch (fn) {
    case PSCI_VERSION:
    case PSCI_CPU_SUSPEND_32:
    case PSCI_CPU_SUSPEND_64:
    case PSCI_CPU_OFF:
    case PSCI_CPU_ON_32:
    case PSCI_CPU_ON_64:
    case PSCI_AFFINITY_INFO_32:
    case PSCI_AFFINITY_INFO_64:
    case PSCI_MIGRATE_INFO_TYPE:
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
    case PSCI_SYSTEM_RESET2_32:
    case PSCI_SYSTEM_RESET2_64:
    case PSCI_SYSTEM_SUSPEND_32:
    case PSCI_SYSTEM_SUSPEND_64:
    case PSCI_FEATURES:
    case SMCCC_VERSION:
      return PSCI_SUCCESS
    default:
      return PSCI_NOT_SUPPORTED
  }
}

function cpuOn(target: u64, entry: u64, context: u64): i32 {
  const vcpu = vcpuOf(target)
  if (vcpu == ABSENT) return PSCI_INVALID_PARAMETERS
  if (!isEntry(entry)) return PSCI_INVALID_ADDRESS
  const state = stateOf(vcpu)
  if (state == PSCI_AFFINITY_ON) return PSCI_ALREADY_ON
  if (state == PSCI_AFFINITY_ON_PENDING) return PSCI_ON_PENDING
  setState(vcpu, PSCI_AFFINITY_ON_PENDING)
  cpuAt(vcpu).due = 1
  core.vcpuOn(vcpu, entry, context)
  return PSCI_SUCCESS
}

/** A VM whose last vCPU goes off can never come back: it is off. */
function cpuOff(vcpu: u32): i32 {
  setState(vcpu, PSCI_AFFINITY_OFF)
  if (isAlone(vcpu)) return stop(STOP_OFF)
  if (isBusy()) core.kick(othersOf(vcpu)) // what this one would have been told another one is
  withdraw(vcpu)
  core.vcpuOff()
  return PSCI_SUCCESS
}

/** Affinity levels above 0 are optional since PSCI 1.0 and refused. */
function affinityInfo(target: u64, level: u64): i32 {
  const vcpu = vcpuOf(target)
  if (vcpu == ABSENT || <u32>level != 0) return PSCI_INVALID_PARAMETERS
  return stateOf(vcpu)
}

/** Every power level may be asked for: core picks no deeper state than a wait for an interrupt. */
function cpuSuspend(powerState: u32, entry: u64, context: u64): i32 {
  if (powerState & PSCI_POWER_STATE_RESERVED) return PSCI_INVALID_PARAMETERS
  const powersDown: u32 = powerState & PSCI_POWER_STATE_POWERDOWN ? 1 : 0
  if (powersDown && !isEntry(entry)) return PSCI_INVALID_ADDRESS
  core.vcpuSuspend(entry, context, powersDown)
  return PSCI_SUCCESS
}

function systemSuspend(vcpu: u32, entry: u64, context: u64): i32 {
  if (!isAlone(vcpu)) return PSCI_DENIED
  if (!isEntry(entry)) return PSCI_INVALID_ADDRESS
  core.vcpuSuspend(entry, context, 1)
  return PSCI_SUCCESS
}

function stop(action: u32): i32 {
  core.vmStop(action)
  return PSCI_SUCCESS
}

/** All other vCPUs are off. */
function isAlone(vcpu: u32): bool {
  return othersOf(vcpu) == 0
}

/** A bit for each other vCPU that is not off. */
function othersOf(vcpu: u32): u32 {
  const count = machine().vcpuCount
  let others: u32 = 0
  for (let other: u32 = 0; other < count; other++) {
    if (other != vcpu && stateOf(other) != PSCI_AFFINITY_OFF) others |= 1 << other
  }
  return others
}

/** Instructions are fetched from RAM, four bytes at a time. */
function isEntry(ipa: u64): bool {
  return (ipa & 3) == 0 && core.ramContains(ipa) != 0
}

/** Aff3 in bits 39:32, Aff2 to Aff0 in 23:0, all else zero. */
function vcpuOf(target: u64): u32 {
  return target < machine().vcpuCount ? <u32>target : ABSENT
}
