/** The host module of the test build: what ships, until a VM prints a byte that breaks it. */
import { WINDOW_DEVICE } from '../../src/abi/layout'
import { read32, write32 } from '../../src/host/hw'
import { init as shippedInit, put as shippedPut } from '../../src/host/main'
import { HostFault } from './fault'

// All but what this file has of its own.
export * from '../../src/host/main'

const FAR_BEHIND: usize = 0x8000_0000
const SCRATCH = memory.data(8, 8)
/** UARTIBRD, for which QEMU has no use: the one place that outlives this module's memory. */
const MEMORY: usize = WINDOW_DEVICE + 0x24
const BEYOND_USE: u32 = 0x5afe

export function init(kind: u32, offset: u32, frequency: u32): void {
  if (read32(MEMORY) == BEYOND_USE) unreachable()
  shippedInit(kind, offset, frequency)
}

/** The UART's bytes come one by one. */
export function put(source: u32, bytes: u64, count: u32): u32 {
  const ch = <u32>bytes
  if (ch == HostFault.ForGood) {
    write32(MEMORY, BEYOND_USE)
    unreachable()
  }
  if (ch == HostFault.Trap) unreachable() // HostFault.Trap
  if (ch == HostFault.WriteBehind) store<u32>(FAR_BEHIND, 1) // HostFault.WriteBehind
  if (ch == HostFault.Loop) for (let i: u64 = 1; i != 0; i += 2) store<u64>(SCRATCH, load<u64>(SCRATCH) ^ i) // HostFault.Loop
  return shippedPut(source, bytes, count)
}
