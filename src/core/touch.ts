/** A guest touches RAM that it has given back: the page comes back, and the instruction is executed again. */
import { DataAbort } from '../arch/esr'
import { fetchBack } from './balloon'
import * as compartment from './compartment'
import { faultIpa } from './fault-address'
import { Vcpu } from './vcpu'
import { vmAt } from './vm'

const PAGE_OFFSET: u64 = 0xfff

/** After a data or instruction abort, or that of a table walk. False: the page was not given back. */
export function isBack(vcpu: Vcpu, esr: u64): bool {
  const vm = vmAt(vcpu.vm)
  if (!vm.tablesPa || !DataAbort.isTranslation(esr)) return false
  const ipa = faultIpa() & ~PAGE_OFFSET
  compartment.enter(vcpu)
  const back = fetchBack(vm, ipa)
  compartment.leave(vcpu)
  return back
}
