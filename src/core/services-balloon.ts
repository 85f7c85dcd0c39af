/** What core does for a balloon: RAM of the current VM goes and comes; everything asked is checked in balloon.ts. */
import { putBack, takeOut } from './balloon'
import { thisCpu } from './cpu'
import { Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

function vm(): Vm {
  return vmAt(changetype<Vcpu>(thisCpu().vcpu).vm)
}

export function ramTakeOut(ipa: u64, count: u32): void {
  takeOut(vm(), ipa, count)
}

export function ramPutBack(ipa: u64, count: u32): void {
  putBack(vm(), ipa, count)
}
