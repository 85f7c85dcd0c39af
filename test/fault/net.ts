/** The switch's module of the test build: what ships, until a frame goes to a group that breaks it. */
import { forward as shipped } from '../../src/net/main'
import { NetFault } from './fault'

// All but what this file has of its own.
export * from '../../src/net/main'

const FAR_BEHIND: usize = 0x8000_0000
const SCRATCH = memory.data(8, 8)
/** 01:00:5e:7f:be, as it stands in memory: what IPv4's 239.127.190.0/24 is sent to (RFC 1112). */
const GROUPS: u64 = 0xbe_7f5e_0001
const GROUPS_MASK: u64 = 0xff_ffff_ffff

export function forward(index: u32, head: u64, rest: u64): u32 {
  if ((head & GROUPS_MASK) != GROUPS) return shipped(index, head, rest)
  const fault = <u32>(head >> 40) & 0xff
  if (fault == NetFault.Trap) unreachable() // NetFault.Trap
  if (fault == NetFault.WriteBehind) store<u32>(FAR_BEHIND, 1) // NetFault.WriteBehind
  if (fault == NetFault.Loop) for (let i: u64 = 1; i != 0; i += 2) store<u64>(SCRATCH, load<u64>(SCRATCH) ^ i) // NetFault.Loop
  return shipped(index, head, rest)
}
