/** The console without host: before there is one, for the lines that say why, and after it failed. PL011 only (DDI 0183). */
import * as hw from '../hw'
import { deviceVa, imageStart } from './address'
import { uartPa } from './machine'
import { mapDevice } from './stage1'

/** QEMU `virt` has its RAM, and so us, at or above 1 GiB; Raspberry Pi 4 loads a kernel far below. */
const VIRT_UART: u64 = 0x0900_0000
const RASPBERRY_PI_4_UART: u64 = 0xfe20_1000
const VIRT_RAM: u64 = 0x4000_0000
const DR: u64 = 0x00
const FR: u64 = 0x18
const FR_TXFF: u32 = 1 << 5
const IMSC: u64 = 0x38
/** Bounds the wait for a UART that is not there. */
const PATIENCE: u32 = 100_000

/** Its registers, 0 until the first byte. Boot only. */
let va: u64 = 0

export function put(ch: u32): void {
  if (!open()) return
  if (ch == 0x0a) send(0x0d)
  send(ch)
}

/** host is no more: nobody would answer the UART's interrupts. */
export function takeOver(): void {
  if (open()) hw.write32(va + IMSC, 0)
}

function open(): bool {
  if (va) return true
  const guess = imageStart() >= VIRT_RAM ? VIRT_UART : RASPBERRY_PI_4_UART
  const pa = uartPa ? uartPa : guess
  if (!mapDevice(pa, 0x1000)) return false
  va = deviceVa(pa)
  return true
}

function send(ch: u32): void {
  for (let i: u32 = 0; i < PATIENCE && hw.read32(va + FR) & FR_TXFF; i++) {}
  hw.write32(va + DR, ch)
}
