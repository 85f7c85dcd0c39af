/**
 * Raspberry Pi's power manager, by whose watchdog the board resets and, told so, stays off: Linux,
 * Documentation/devicetree/bindings/soc/bcm/brcm,bcm2835-pm.yaml; the registers are in no public manual of Broadcom's, and stand
 * in Linux's bcm2835_wdt driver and in QEMU's model.
 */
import * as hw from '../hw'
import { deviceVa } from './address'
import { mapDevice } from './stage1'

const RSTC: u64 = 0x1c
const RSTS: u64 = 0x20
const WDOG: u64 = 0x24
/** In the upper byte of every write, which is otherwise ignored. */
const PASSWORD: u32 = 0x5a00_0000
/** RSTC.WRCFG: what happens when the watchdog ends. */
const WRCFG: u32 = 3 << 4
const WRCFG_FULL_RESET: u32 = 2 << 4
/** The boot ROM reads the partition to boot from in the even bits 0 to 10 of RSTS; 63 means: none, stay off; 0: the usual one. */
const RSTS_HALT: u32 = 0x555
/** In units of 1/65536 s, as everything here; WDOG has 20 bits. */
const SOON: u32 = 10
export const LONGEST: u32 = 0xf_ffff

let va: u64 = 0
/** The partition that a reset leads to, instead of the usual one. Boot, then the keeper. */
export let fallback: u32 = 0

export function open(pa: u64): bool {
  va = deviceVa(pa)
  return mapDevice(pa, 0x1000)
}

/** Until `trust` every reset, whatever it comes from, leads to this partition, of 1 to 9. */
export function distrust(partition: u32): void {
  fallback = partition
}

/** The system that runs has proved itself: a reset leads to the usual partition again, and no watchdog is left waiting. */
export function trust(): void {
  fallback = 0
  hw.write32(va + RSTC, PASSWORD | (hw.read32(va + RSTC) & ~WRCFG))
  setPartition(0)
}

/** The watchdog fires a moment later, for good. */
export function halt(): void {
  fire(SOON, RSTS_HALT)
}

/** It boots again. */
export function reset(): void {
  count(SOON)
}

/** After so long the board boots again; later, if this is called again. */
export function count(ticks: u32): void {
  fire(ticks, spread(fallback))
}

/** Bit i of a number goes to bit 2 i of RSTS. */
function spread(partition: u32): u32 {
  return (partition & 1) | ((partition & 2) << 1) | ((partition & 4) << 2) | ((partition & 8) << 3)
}

function setPartition(bits: u32): void {
  hw.write32(va + RSTS, PASSWORD | (hw.read32(va + RSTS) & ~RSTS_HALT) | bits)
}

function fire(ticks: u32, partition: u32): void {
  setPartition(partition)
  hw.write32(va + WDOG, PASSWORD | ticks)
  hw.write32(va + RSTC, PASSWORD | (hw.read32(va + RSTC) & ~WRCFG) | WRCFG_FULL_RESET)
}
