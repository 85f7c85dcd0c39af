/** A guest that was written for the bare board, found out at its first touch of a device that is not its own. */
import { DataAbort } from '../arch/esr'
import { isOfBoard } from './board-map'
import { describeExit } from './describe-exit'
import * as log from './log'
import { vmName } from './report-word'
import { Vcpu } from './vcpu'
import { vmAt } from './vm'

/** VMs whose first access to a device of the board was told. Atomic. */
const told = memory.data(4, 4)

/** The first such access of a VM in a line of its own: what its guest makes of the abort may say nothing of it. */
export function tellFirst(vcpu: Vcpu, esr: u64, ipa: u64): void {
  const bit: u32 = 1 << vcpu.vm
  // Elsewhere HPFAR_EL2 says nothing.
  if (!DataAbort.isTranslation(esr) || DataAbort.isTableWalk(esr)) return
  if (atomic.load<u32>(told) & bit || !isOfBoard(ipa)) return
  if (atomic.or<u32>(told, bit) & bit) return
  const vm = vmAt(vcpu.vm)
  log.begin()
  vmName(vm)
  log.text(': ')
  describeExit(vm, vcpu, esr)
  log.end()
}
