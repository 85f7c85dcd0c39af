/** Between EL2 and what boot/entry.S leaves at EL3, where the loader entered us there and no firmware is. */

/** An OEM service call (DEN 0028, "Function Identifier Ranges"): x1 = physical address, w2 = word to write as Secure. */
export const MONITOR_WRITE32 = 0x8300_0001
