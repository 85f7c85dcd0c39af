/** The distributor's state: 32 INTIDs a bank, one bit each, so that a register access is a word operation. */

import { INTID_COUNT } from '../../abi/guest-machine'
import { MAX_VM_VCPUS } from '../../abi/layout'

/**
 * Banks 0 to MAX_VM_VCPUS - 1 hold INTIDs 0 to 31 of each vCPU; the SPIs follow. A `pin` is the bank's index and the
 * bit: bank << 5 | bit. The index is the identity of an interrupt everywhere in the vGIC.
 *
 * An interrupt lives in one place: either here, or in a list register of one vCPU (`held`), which hardware then moves
 * from pending to active to nothing without telling us. `vgic/list-register.ts` brings the two together.
 */
@unmanaged
export class Bank {
  enabled: u32
  /** Group 1 (else group 0). */
  group: u32
  /** Edge-triggered (else level-sensitive). */
  edge: u32
  /** Pending by an edge, an SGI or ISPENDR, and not yet given to a list register. */
  latch: u32
  /** The level of the input wire from an emulated device. */
  line: u32
  /** Active physically: it came from hardware, which will not raise it again before someone deactivates it. */
  forwarded: u32
  /** Forwarded again while another vCPU's list register, ended meanwhile, still counts as held. */
  anew: u32
  /** Active while in no list register. */
  active: u32
  /** In a list register, as far as we know: it may have ended since. */
  held: u32
  /** Held, and the pending state there came from `latch`. */
  carried: u32
  /** Held, and the guest asked to clear the pending (ICPENDR) or the active (ICACTIVER) state there. */
  unpend: u32
  unactivate: u32
}

const SHIFT = 6
export const VCPUS: u32 = MAX_VM_VCPUS
export const INTIDS: u32 = INTID_COUNT
export const SHARED_BANKS: u32 = 8
const banks = memory.data((MAX_VM_VCPUS + 8) << SHIFT, 64)

export function bankAt(index: u32): Bank {
  return changetype<Bank>(banks + (index << SHIFT))
}

/** The pin of INTID 32. */
export const FIRST_SHARED: u32 = VCPUS << 5
const SHARED_OFFSET: u32 = (VCPUS - 1) << 5

export function isShared(pin: u32): bool {
  return pin >= FIRST_SHARED
}

/** An SGI: bit 4 of a private INTID is clear. */
export function isSgi(pin: u32): bool {
  return (pin & (FIRST_SHARED | 16)) == 0
}

export function intidOf(pin: u32): u32 {
  return isShared(pin) ? pin - SHARED_OFFSET : pin & 31
}

export function pinOfShared(intid: u32): u32 {
  return intid + SHARED_OFFSET
}

export function bitOf(pin: u32): u32 {
  return 1 << (pin & 31)
}

/** Pending, whatever else stands in its way, as far as it is not in a list register. */
export function pendingOf(bank: Bank): u32 {
  return bank.latch | (bank.line & ~bank.edge) | bank.forwarded
}
