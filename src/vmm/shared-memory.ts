/**
 * The register pages of memories that the VM shares with others: one for each, with an interrupt of its own. What others do rings the
 * VM's doorbell in core; here that becomes an interrupt, within the VM's budget of them. Until one may come the doorbell stays
 * rung, and who rings it again troubles nobody. doc/shared-memory.md.
 */

import { DOORBELL_INTID, DOORBELL_SHIFT } from '../abi/guest-machine'
import {
  SHARED_DOORBELL,
  SHARED_INTERRUPT,
  SHARED_INTERRUPT_ENABLE,
  SHARED_STATE,
  SHARED_TARGET_SHIFT,
} from '../abi/shared-memory'
import * as core from './core'
import { sharedCount } from './joined'
import { setLine } from './vgic/pend'
import { admitsInterrupt } from './virtio/limit'
import { fitsWord, part } from './width'

const PAGE: u32 = (1 << DOORBELL_SHIFT) - 1
const VECTOR: u32 = (1 << SHARED_TARGET_SHIFT) - 1

/** SHARED_INTERRUPT of each page, a bit each. */
const enabled = memory.data(4, 4)

/** `offset` counts from the first page, and lies in one that the VM has. */
export function readShared(offset: u32, size: u32): u64 {
  if (!fitsWord(offset, size)) return 0
  const index = offset >> DOORBELL_SHIFT
  const which = offset & PAGE & ~3
  const word = which == SHARED_INTERRUPT ? (load<u32>(enabled) >> index) & 1 : core.sharedFigure(index, which)
  return part(word, offset, size)
}

/** Registers are words; narrower writes do nothing. */
export function writeShared(vcpu: u32, offset: u32, size: u32, value: u32): void {
  const index = offset >> DOORBELL_SHIFT
  if (size != 4) return
  switch (offset & PAGE) {
    case SHARED_INTERRUPT:
      enable(vcpu, index, (value & SHARED_INTERRUPT_ENABLE) != 0)
      break
    case SHARED_DOORBELL:
      if (!(value & VECTOR)) core.sharedRing(index, value >> SHARED_TARGET_SHIFT)
      break
    case SHARED_STATE:
      core.sharedSetState(index, value)
      break
  }
}

/** What rang before is nobody's interrupt any more. */
function enable(vcpu: u32, index: u32, isOn: bool): void {
  collect(vcpu)
  const others = load<u32>(enabled) & ~(1 << index)
  store<u32>(enabled, isOn ? others | (1 << index) : others)
}

/** Doorbells that were rung interrupt the guest, as an edge, if it wants that. */
export function collect(vcpu: u32): void {
  for (let index: u32 = 0; index < sharedCount(); index++) {
    if (!core.sharedRung(index)) continue
    const wants = ((load<u32>(enabled) >> index) & 1) != 0
    if (wants && !admitsInterrupt()) return
    core.sharedTake(index)
    if (!wants) continue
    setLine(vcpu, DOORBELL_INTID + index, true)
    setLine(vcpu, DOORBELL_INTID + index, false)
  }
}
