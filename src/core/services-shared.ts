/** What core does for the register pages of memories that VMs share. Everything asked is checked; a compartment that lies rings
 * doorbells that its VM may ring. */
import { PAGE_SIZE } from '../abi/layout'
import {
  SHARED_BASE_HIGH,
  SHARED_BASE_LOW,
  SHARED_ID,
  SHARED_OUTPUT_SIZE,
  SHARED_PEERS,
  SHARED_STATE,
  SHARED_TABLE_SIZE,
  SHARED_WRITABLE_SIZE,
} from '../abi/shared-memory'
import { thisCpu } from './cpu'
import { answerRing, idOf, isRung, ring, Shared, setState, sharedOf, stateOf } from './shared-memory'
import { Vcpu } from './vcpu'
import { vmAt } from './vm'

function vm(): u32 {
  return changetype<Vcpu>(thisCpu().vcpu).vm
}

/** 0: the VM has no such memory. */
function own(index: u32): usize {
  return sharedOf(vmAt(vm()), index)
}

/** A register that core knows: SHARED_ of src/abi/shared-memory.ts; 0 for others. */
export function sharedFigure(index: u32, which: u32): u32 {
  const at = own(index)
  if (!at) return 0
  const shared = changetype<Shared>(at)
  switch (which) {
    case SHARED_ID:
      return idOf(shared, vm())
    case SHARED_PEERS:
      return shared.peers
    case SHARED_STATE:
      return stateOf(shared, idOf(shared, vm()))
    case SHARED_BASE_LOW:
      return <u32>shared.ipa
    case SHARED_BASE_HIGH:
      return <u32>(shared.ipa >> 32)
    case SHARED_TABLE_SIZE:
      return PAGE_SIZE
    case SHARED_WRITABLE_SIZE:
      return <u32>shared.writable
    case SHARED_OUTPUT_SIZE:
      return <u32>shared.output
  }
  return 0
}

export function sharedSetState(index: u32, state: u32): void {
  const at = own(index)
  if (at) setState(changetype<Shared>(at), idOf(changetype<Shared>(at), vm()), state)
}

/** The doorbell of peer `target`, which may be the VM itself. */
export function sharedRing(index: u32, target: u32): void {
  const at = own(index)
  if (at) ring(changetype<Shared>(at), target)
}

/** 1 if the VM's own was rung, and nobody has looked; looking is `sharedTake`. */
export function sharedRung(index: u32): u32 {
  const at = own(index)
  return at && isRung(changetype<Shared>(at), idOf(changetype<Shared>(at), vm())) ? 1 : 0
}

export function sharedTake(index: u32): void {
  const at = own(index)
  if (at) answerRing(changetype<Shared>(at), idOf(changetype<Shared>(at), vm()))
}
