/** GICD_CTLR's enables of group 0 and group 1, and what reset leaves in all of the vGIC. */

import { GICD_CTLR_ENABLE_GRP0, GICD_CTLR_ENABLE_GRP1 } from '../../arch/gicd'
import { GICR_WAKER_CHILDREN_ASLEEP, GICR_WAKER_PROCESSOR_SLEEP } from '../../arch/gicr'
import { bankAt, INTIDS, pinOfShared, SHARED_BANKS, VCPUS } from './bank'
import { cpuAt, MAX_LRS } from './cpu'
import { machine } from './machine'
import { NO_VCPU, setRoute } from './pin'
import { changedAll } from './settle'

const SGIS: u32 = 0xffff

export function groupEnables(): u32 {
  const gic = machine()
  return (gic.group0 & GICD_CTLR_ENABLE_GRP0) | (gic.group1 & GICD_CTLR_ENABLE_GRP1)
}

export function setGroupEnables(vcpu: u32, value: u32): void {
  const gic = machine()
  const old = groupEnables()
  gic.group0 = value & GICD_CTLR_ENABLE_GRP0 ? 0xffff_ffff : 0
  gic.group1 = value & GICD_CTLR_ENABLE_GRP1 ? 0xffff_ffff : 0
  if (groupEnables() != old) changedAll(vcpu)
}

/**
 * Power-on. GICv2 as a GIC without the security extensions: all of group 0, SGIs always enabled, and with several vCPUs SPIs that go
 * nowhere before the guest targets them. GICv3 with one security state, and all of group 1 as firmware leaves it for an OS.
 */
export function reset(vcpuCount: u32, version: u32, lrCount: u32): void {
  const gic = machine()
  gic.version = version
  gic.vcpuCount = min(max(vcpuCount, 1), VCPUS)
  gic.lrCount = min(max(lrCount, 1), MAX_LRS)
  gic.lrMask = (1 << gic.lrCount) - 1
  for (let vcpu: u32 = 0; vcpu < VCPUS; vcpu++) {
    const bank = bankAt(vcpu)
    bank.edge = SGIS
    bank.enabled = version == 2 ? SGIS : 0
    bank.group = version == 2 ? 0 : 0xffff_ffff
    cpuAt(vcpu).usable = gic.lrMask
    cpuAt(vcpu).waker = GICR_WAKER_PROCESSOR_SLEEP | GICR_WAKER_CHILDREN_ASLEEP
  }
  for (let n: u32 = 0; n < SHARED_BANKS; n++) bankAt(VCPUS + n).group = version == 2 ? 0 : 0xffff_ffff
  const route = version == 2 && gic.vcpuCount > 1 ? NO_VCPU : 0
  for (let intid: u32 = 32; intid < INTIDS; intid++) setRoute(pinOfShared(intid), route)
}
