/** How many memories the VM shares with others: their registers are an extension's (src/vmm/shared-memory.ts), which is there if there
 * are any. */

const count = memory.data(4, 4)

export function sharedCount(): u32 {
  return load<u32>(count)
}

/** core says it, before the guest runs. */
export function setSharedCount(value: u32): void {
  store<u32>(count, value)
}
