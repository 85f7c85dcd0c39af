/** Prints on the machine's PL011. DDI 0183, "Programmer's model". */

import { UART_IPA } from '../abi/guest-machine'
import { read32, write32 } from './hw'

const UARTDR: u64 = UART_IPA
const UARTFR: u64 = UART_IPA + 0x18
const FR_TXFF: u32 = 1 << 5

export function putByte(ch: u32): void {
  while ((read32(UARTFR) & FR_TXFF) !== 0) {}
  write32(UARTDR, ch)
}

/** ASCII; `\n` becomes CR LF. */
export function print(text: string): void {
  for (let i = 0; i < text.length; i++) {
    const ch = text.charCodeAt(i)
    if (ch === 0x0a) putByte(0x0d)
    putByte(ch)
  }
}

export function printDecimal(value: u64): void {
  let divisor: u64 = 1
  while (value / divisor >= 10) divisor *= 10
  for (; divisor !== 0; divisor /= 10) putByte((0x30 + ((value / divisor) % 10)) as u32)
}

/** 16 digits with 0x in front. */
export function printHex(value: u64): void {
  print('0x')
  for (let shift: i32 = 60; shift >= 0; shift -= 4) {
    const digit = ((value >> shift) & 15) as u32
    putByte(digit < 10 ? 0x30 + digit : 0x57 + digit)
  }
}
