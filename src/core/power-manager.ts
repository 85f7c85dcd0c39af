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
/** The boot ROM reads the partition to boot from in the even bits 0 to 10 of RSTS; 63 means: none, stay off. */
const RSTS_HALT: u32 = 0x555
/** In units of 1/65536 s. */
const SOON: u32 = 10

let va: u64 = 0

export function open(pa: u64): bool {
  va = deviceVa(pa)
  return mapDevice(pa, 0x1000)
}

/** The watchdog fires a moment later, for good. */
export function halt(): void {
  count(SOON, RSTS_HALT)
}

/** It boots again, from where it would. */
export function reset(): void {
  count(SOON, 0)
}

/** In so many units of 1/65536 s the board starts anew from `partition`, 0: from where it would; later, if this is called again. */
export function count(ticks: u32, partition: u32): void {
  hw.write32(va + RSTS, PASSWORD | (hw.read32(va + RSTS) & ~RSTS_HALT) | partition)
  hw.write32(va + WDOG, PASSWORD | ticks)
  hw.write32(va + RSTC, PASSWORD | (hw.read32(va + RSTC) & ~WRCFG) | WRCFG_FULL_RESET)
}
