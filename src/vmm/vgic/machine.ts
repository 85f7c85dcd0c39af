/** What is true of the whole virtual GIC: its version, its size, its group enables. */

import { Bank, pendingOf } from './bank'

@unmanaged
export class Machine {
  /** Set once by `init`: 2 or 3. */
  version: u32
  vcpuCount: u32
  lrCount: u32
  /** Bitmap of the list registers that exist. */
  lrMask: u32
  /** GICD_CTLR's enables, each spread over a word: all ones where interrupts of that group are forwarded. */
  group0: u32
  group1: u32
}

const at = memory.data(32, 64)

export function machine(): Machine {
  return changetype<Machine>(at)
}

/** Bitmap of the vCPUs that exist. */
export function everyVcpu(): u32 {
  return (1 << machine().vcpuCount) - 1
}

/** The interrupts of a bank whose enable and group let them through. */
export function passing(bank: Bank): u32 {
  const gic = machine()
  const group = bank.group
  return bank.enabled & ((group & gic.group1) | (~group & gic.group0))
}

/** The interrupts of a bank that want a list register now. */
export function readyOf(bank: Bank): u32 {
  return pendingOf(bank) & passing(bank) & ~(bank.active | bank.held)
}
