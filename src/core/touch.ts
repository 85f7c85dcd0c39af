/** A guest touches RAM that it has given back: the page comes back, and the instruction is executed again. */
import { DataAbort } from '../arch/esr'
import * as hw from '../hw'
import { fetchBack } from './balloon'
import * as compartment from './compartment'
import { Vcpu } from './vcpu'
import { vmAt } from './vm'

/** HPFAR_EL2.FIPA: bits 43:4 are bits 51:12 of the IPA. */
const FIPA: u64 = 0xfff_ffff_fff0

/** After a data or instruction abort, or that of a table walk. False: the page was not given back. */
export function isBack(vcpu: Vcpu, esr: u64): bool {
  const vm = vmAt(vcpu.vm)
  if (!vm.tablesPa || !DataAbort.isTranslation(esr)) return false
  const ipa = (hw.hpfar_el2() & FIPA) << 8
  compartment.enter(vcpu)
  const back = fetchBack(vm, ipa)
  compartment.leave(vcpu)
  return back
}
