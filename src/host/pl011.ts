/** Drives the board's PL011. DDI 0183, "Programmer's model". The firmware's baud rate stays as it is. */

import { WINDOW_DEVICE } from '../abi/layout'
import { read32, write32 } from './hw'

const AT: usize = WINDOW_DEVICE as usize

const UARTDR: usize = 0x000
const UARTFR: usize = 0x018
const UARTLCR_H: usize = 0x02c
const UARTCR: usize = 0x030
const UARTIFLS: usize = 0x034
const UARTIMSC: usize = 0x038
const UARTICR: usize = 0x044

const FR_BUSY: u32 = 1 << 3
const FR_RXFE: u32 = 1 << 4
const FR_TXFF: u32 = 1 << 5
const LCR_FEN: u32 = 1 << 4
const LCR_WLEN_8: u32 = 3 << 5
const CR_UARTEN: u32 = 1 << 0
const CR_TXE: u32 = 1 << 8
const CR_RXE: u32 = 1 << 9
/** Interrupt when the transmit FIFO is 1/8 full or less, the receive FIFO 1/2 full or more. */
const IFLS: u32 = (2 << 3) | 0
const INT_RX: u32 = 1 << 4
const INT_TX: u32 = 1 << 5
const INT_RT: u32 = 1 << 6
const INT_ALL: u32 = 0x7ff
/** Framing, parity and break errors: the byte is not one. Overrun (bit 11) concerns the ones after it. */
const DR_ERRORS: u32 = 7 << 8

/** Longer than a full FIFO takes at 9600 baud, if a read takes 50 ns or more. */
const IDLE_SPINS: u32 = 1 << 19

/** What UARTIMSC holds. */
let mask: u32 = 0

export function initPl011(): void {
  write32(AT + UARTIMSC, 0)
  // What the boot code printed must be out: the line control register may change only while the UART is idle.
  awaitIdle(IDLE_SPINS)
  const control = read32(AT + UARTCR)
  write32(AT + UARTCR, 0)
  // Writing UARTLCR_H takes over the baud rate divisors too; those are the firmware's.
  write32(AT + UARTLCR_H, read32(AT + UARTLCR_H) | LCR_WLEN_8 | LCR_FEN)
  write32(AT + UARTIFLS, IFLS)
  write32(AT + UARTICR, INT_ALL)
  write32(AT + UARTCR, control | CR_UARTEN | CR_TXE | CR_RXE)
  mask = INT_RX | INT_RT
  write32(AT + UARTIMSC, mask)
}

/** Until the last bit is on the wire, or the flags were read `spins` times. */
export function awaitIdle(spins: u32): void {
  for (let i: u32 = 0; i < spins && (read32(AT + UARTFR) & FR_BUSY) !== 0; i++) {}
}

export function canSend(): boolean {
  return (read32(AT + UARTFR) & FR_TXFF) === 0
}

export function send(ch: u32): void {
  write32(AT + UARTDR, ch)
}

/** The next byte received, or a negative number; bytes with errors are dropped. */
export function receive(): i32 {
  for (let i = 0; i < 32; i++) {
    if ((read32(AT + UARTFR) & FR_RXFE) !== 0) return -1
    const data = read32(AT + UARTDR)
    if ((data & DR_ERRORS) === 0) return (data & 0xff) as i32
  }
  return -1
}

/** Where the receive FIFO is empty, and before it is looked at again: what arrives later asserts the interrupt anew. */
export function clearReceive(): void {
  write32(AT + UARTICR, INT_RX | INT_RT | DR_ERRORS)
}

/**
 * Asks for an interrupt when the transmit FIFO runs low. It is never cleared: filling the FIFO does that, and while it
 * stays asserted there is room to use.
 */
export function awaitRoom(wanted: boolean): void {
  const next = wanted ? mask | INT_TX : mask & ~INT_TX
  if (next === mask) return
  mask = next
  write32(AT + UARTIMSC, mask)
}
