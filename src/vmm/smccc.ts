/** Calls by HVC or SMC: who owns a function identifier, and NOT_SUPPORTED where nobody does. DEN 0028. */

import { DEVICE_SIGNS, STAT_INJECTED } from '../abi/compartment'
import { PSCI_1_1, PSCI_VERSION } from '../arch/psci'
import {
  BULKHEAD_ALIVE,
  BULKHEAD_STATISTIC,
  PV_TIME_FEATURES,
  PV_TIME_ST,
  SMCCC_1_2,
  SMCCC_64,
  SMCCC_ARCH_FEATURES,
  SMCCC_NOT_SUPPORTED,
  SMCCC_SUCCESS,
  SMCCC_VERSION,
} from '../arch/smccc'
import * as core from './core'
import { hasDevice } from './fitted'
import { giveSign } from './life/sign'
import * as psci from './psci'
import { cpuAt } from './vgic/cpu'

/** Fast calls 0 to 0x1f of the standard secure service, in either convention. */
const PSCI_FIRST: u32 = PSCI_VERSION
const PSCI_COUNT: u32 = 0x20

/**
 * Returns x0. The identifier is w0: the upper half does not count. Codes are sign-extended, so that a guest may compare w0 or x0.
 * Anything that is not listed is denied: no TRNG, no SoC ID, no workaround calls.
 */
export function hypercall(vcpu: u32, fn: u64, a1: u64, a2: u64, a3: u64): u64 {
  const id = <u32>fn
  if (id == PSCI_VERSION) return PSCI_1_1
  // Arguments of a 32-bit call are its W registers. (Two call sites also keep psci.call's large frame out of this function.)
  if (id - PSCI_FIRST < PSCI_COUNT) return result(psci.call(vcpu, id, <u32>a1, <u32>a2, <u32>a3))
  if ((id & ~SMCCC_64) - PSCI_FIRST < PSCI_COUNT) return result(psci.call(vcpu, id, a1, a2, a3))
  if (id == SMCCC_VERSION) return SMCCC_1_2
  if (id == SMCCC_ARCH_FEATURES) return result(archFeatures(<u32>a1))
  if (id == PV_TIME_FEATURES) return result(pvTimeFeatures(<u32>a1))
  if (id == PV_TIME_ST && core.stolenAt()) return core.stolenAt()
  if (id == BULKHEAD_STATISTIC) return <u32>a1 == STAT_INJECTED ? cpuAt(vcpu).injected : core.statistic(<u32>a1)
  if (id == BULKHEAD_ALIVE && hasDevice(DEVICE_SIGNS)) {
    giveSign()
    return SMCCC_SUCCESS
  }
  return result(SMCCC_NOT_SUPPORTED)
}

function pvTimeFeatures(id: u32): i32 {
  const isKnown = id == PV_TIME_FEATURES || id == PV_TIME_ST
  return isKnown && core.stolenAt() ? SMCCC_SUCCESS : SMCCC_NOT_SUPPORTED
}

function archFeatures(id: u32): i32 {
  if (id == SMCCC_VERSION || id == SMCCC_ARCH_FEATURES) return SMCCC_SUCCESS
  return id == PV_TIME_FEATURES ? pvTimeFeatures(id) : SMCCC_NOT_SUPPORTED
}

function result(code: i32): u64 {
  return <u64>(<i64>code)
}
