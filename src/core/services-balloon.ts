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

/** Pages that an operator wants in the balloon, plus 1; 0 if nobody said. */
export function balloonWish(): u32 {
  return atomic.load<u32>(changetype<usize>(vm()), offsetof<Vm>('balloonWish'))
}

export function ramPutBack(ipa: u64, count: u32): void {
  putBack(vm(), ipa, count)
}
