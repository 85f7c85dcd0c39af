/** The storage service of a test build: what ships, until a request begins at a sector that breaks it. */
import { submit as shipped } from '../../src/storage/main'
import { StorageFault } from './fault'

// All but what this file has of its own.
export * from '../../src/storage/main'

const FAR_BEHIND: usize = 0x8000_0000
const SCRATCH = memory.data(8, 8)

export function submit(what: u32, sector: u64, count: u32): void {
  const fault = <u32>sector
  if (fault == StorageFault.Trap) unreachable() // StorageFault.Trap
  if (fault == StorageFault.WriteBehind) store<u32>(FAR_BEHIND, 1) // StorageFault.WriteBehind
  if (fault == StorageFault.Loop) for (let i: u64 = 1; i != 0; i += 2) store<u64>(SCRATCH, load<u64>(SCRATCH) ^ i) // StorageFault.Loop
  shipped(what, sector, count)
}
