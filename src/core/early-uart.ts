/** The console without host: before there is one, for the lines that say why, and after it failed. */
import { UART_KIND_PL011 } from '../abi/compartment'
import { PAGE_SIZE } from '../abi/layout'
import { dataOffset, Room, Silence } from '../arch/uart'
import * as hw from '../hw'
import { deviceVa, imageStart } from './address'
import { uartKind, uartPa } from './machine'
import { mapDevice } from './stage1'

/** QEMU `virt` has its RAM, and so us, at or above 1 GiB; Raspberry Pi 4 loads a kernel far below. Both guesses are PL011s. */
const VIRT_UART: u64 = 0x0900_0000
const RASPBERRY_PI_4_UART: u64 = 0xfe20_1000
const VIRT_RAM: u64 = 0x4000_0000
/** Bounds the wait for a UART that is not there. */
const PATIENCE: u32 = 100_000

/** Its registers, 0 until the first byte. Boot only. */
let va: u64 = 0
let kind: u32 = UART_KIND_PL011

export function put(ch: u32): void {
  if (!open()) return
  if (ch == 0x0a) send(0x0d)
  send(ch)
}

/** host is no more: nobody would answer the UART's interrupts. */
export function takeOver(): void {
  if (open()) hw.write32(va + Silence.offset(kind), Silence.value(kind))
}

function open(): bool {
  if (va) return true
  const isKnown = uartPa && uartKind
  const guess = imageStart() >= VIRT_RAM ? VIRT_UART : RASPBERRY_PI_4_UART
  const pa = isKnown ? uartPa : guess
  if (isKnown) kind = uartKind
  if (!mapDevice(pa, PAGE_SIZE)) return false
  va = deviceVa(pa)
  return true
}

function send(ch: u32): void {
  const status = va + Room.offset(kind)
  for (let i: u32 = 0; i < PATIENCE && (hw.read32(status) & Room.mask(kind)) != Room.value(kind); i++) {}
  hw.write32(va + dataOffset(kind), ch)
}
