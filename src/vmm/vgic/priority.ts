/** GICD_IPRIORITYR and GICR_IPRIORITYR: a byte for each INTID, of which the upper five bits exist. */

import { GIC_PRIORITY_MASK } from '../../arch/gicd'
import { bankAt } from './bank'
import { readyOf } from './machine'
import { setPriority } from './pin'
import { changed } from './settle'

/** Writes `size` bytes from interrupt `pin` on, all of one bank. */
export function writePriority(vcpu: u32, pin: u32, size: u32, value: u32): void {
  for (let n: u32 = 0; n < size; n++) setPriority(pin + n, (value >> (n << 3)) & GIC_PRIORITY_MASK)
  const bank = bankAt(pin >> 5)
  const bits = ((1 << size) - 1) << (pin & 31)
  const due = bits & (readyOf(bank) | bank.held)
  if (due) changed(vcpu, pin >> 5, due)
}
