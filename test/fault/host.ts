/** The host module of a test build: what ships, until a VM prints a byte that breaks it. */
import { flush as shippedFlush, put as shippedPut } from '../../src/host/main'
import { HostFault } from './fault'

// All but what this file has of its own.
export * from '../../src/host/main'

const FAR_BEHIND: usize = 0x8000_0000
const SCRATCH = memory.data(8, 8)

/** Not even the report of its own end comes through any more. */
let beyondUse = false

export function put(source: u32, ch: u32): u32 {
  if (ch == HostFault.ForGood) beyondUse = true
  if (beyondUse) unreachable() // HostFault.ForGood
  if (ch == HostFault.Trap) unreachable() // HostFault.Trap
  if (ch == HostFault.WriteBehind) store<u32>(FAR_BEHIND, 1) // HostFault.WriteBehind
  if (ch == HostFault.Loop) for (let i: u64 = 1; i != 0; i += 2) store<u64>(SCRATCH, load<u64>(SCRATCH) ^ i) // HostFault.Loop
  return shippedPut(source, ch)
}

export function flush(): void {
  if (beyondUse) unreachable()
  shippedFlush()
}
