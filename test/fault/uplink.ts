/** The network card's driver of a test build: what ships, until a frame goes out to a group that breaks it. */
import { WINDOW_DMA } from '../../src/abi/layout'
import { UPLINK_BUFFER, UPLINK_TRANSMIT_AT } from '../../src/abi/uplink'
import { transmit as shipped } from '../../src/uplink/main'
import { NetFault } from './fault'

// All but what this file has of its own.
export * from '../../src/uplink/main'

const FAR_BEHIND: usize = 0x8000_0000
const SCRATCH = memory.data(8, 8)
/** As test/fault/net.ts has them, for 239.127.191.0/24. */
const GROUPS: u64 = 0xbf_7f5e_0001
const GROUPS_MASK: u64 = 0xff_ffff_ffff
const HEADER: usize = 12

export function transmit(i: u32, size: u32): void {
  const to = load<u64>(WINDOW_DMA + UPLINK_TRANSMIT_AT + i * UPLINK_BUFFER + HEADER)
  if ((to & GROUPS_MASK) != GROUPS) {
    shipped(i, size)
    return
  }
  const fault = <u32>(to >> 40) & 0xff
  if (fault == NetFault.Trap) unreachable() // NetFault.Trap
  if (fault == NetFault.WriteBehind) store<u32>(FAR_BEHIND, 1) // NetFault.WriteBehind
  if (fault == NetFault.Loop) for (let i: u64 = 1; i != 0; i += 2) store<u64>(SCRATCH, load<u64>(SCRATCH) ^ i) // NetFault.Loop
}
