/** Shared interrupts one by one, at the distributor: registers that both GICs have at the same places.
 * IHI 0048 and IHI 0069, "GICD_ICFGR<n>", "GICD_ICENABLER<n>", "GICD_ICPENDR<n>", "GICD_ICACTIVER<n>". */
import * as hw from '../hw'
import { deviceVa } from './address'
import { gicdPa, gicVersion } from './machine'

const GICD_CTLR: u64 = 0x000
const GICD_TYPER: u64 = 0x004
const GICD_ISENABLER: u64 = 0x100
const GICD_ICENABLER: u64 = 0x180
const GICD_ICPENDR: u64 = 0x280
const GICD_ICACTIVER: u64 = 0x380
const GICD_ICFGR: u64 = 0xc00
/** GICv3: a write that takes interrupts away is still on its way. */
const CTLR_RWP: u32 = 1 << 31
const PATIENCE: u32 = 1_000_000

/** INTIDs below this exist. */
export function limit(): u32 {
  return ((hw.read32(deviceVa(gicdPa) + GICD_TYPER) & 31) + 1) << 5
}

/** Boot only, and while it is disabled: two bits for each interrupt, the upper one of which says edge. */
export function setTrigger(intid: u32, isEdge: bool): void {
  const register = deviceVa(gicdPa) + GICD_ICFGR + <u64>((intid >> 4) << 2)
  const bit: u32 = 2 << ((intid & 15) << 1)
  const others = hw.read32(register) & ~bit
  hw.write32(register, isEdge ? others | bit : others)
}

export function open(intid: u32): void {
  write(GICD_ISENABLER, intid)
}

/** What comes waits until it is open again. */
export function mask(intid: u32): void {
  write(GICD_ICENABLER, intid)
  if (gicVersion == 3) settleWrites()
}

/** Disabled, neither pending nor active, on whichever CPU it was. A level that stays high makes it pending again. */
export function close(intid: u32): void {
  mask(intid)
  write(GICD_ICPENDR, intid)
  write(GICD_ICACTIVER, intid)
}

function write(registers: u64, intid: u32): void {
  hw.write32(deviceVa(gicdPa) + registers + <u64>((intid >> 5) << 2), 1 << (intid & 31))
}

function settleWrites(): void {
  for (let i: u32 = 0; i < PATIENCE && hw.read32(deviceVa(gicdPa) + GICD_CTLR) & CTLR_RWP; i++) {}
}
