/**
 * Has QEMU's firmware configuration device to itself, whose DMA interface takes physical addresses: what it writes must arrive where
 * the guest believes its RAM to be. QEMU, docs/specs/fw_cfg.rst, "Guest-side DMA Interface".
 */
import { initGuest } from '../../../src/guest/entry'
import { dsb_sy, read32, write32, write64 } from '../../../src/guest/hw'
import { fail, pass } from '../program/verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'fw-cfg'
const DMA: u64 = 0x0902_0010
const SELECT: u32 = 8
const READ: u32 = 2
const ERROR: u32 = 1
const SPINS: u32 = 1_000_000
/** "QEMU", as bytes in memory read by a little-endian word. */
const SIGNATURE: u32 = 0x554d_4551

export function main(dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  // The DTB is at the start of RAM, the program 2 MiB behind.
  const request = dtb + 0x10_0000
  const answer = request + 0x1000
  write32(answer, 0)
  // All big-endian. Item 0 is the signature.
  write32(request, bswap(SELECT | READ))
  write32(request + 4, bswap(4))
  write64(request + 8, bswap(answer))
  dsb_sy()
  write64(DMA, bswap(request))
  for (let spins: u32 = 0; read32(request) && spins < SPINS; spins++) {
    if (bswap(read32(request)) & ERROR) fail(NAME, 'the device refuses', 1)
  }
  if (read32(answer) !== SIGNATURE) fail(NAME, 'what the device wrote is not here, but', read32(answer))
  pass(NAME)
}

export function onIrq(_count: u64): void {}
