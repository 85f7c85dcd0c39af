/** What uart.ts needs to know of a PL011. DDI 0183, "Programmer's model". */

import { read32, write32 } from './hw'
import { awaitIdle, IDLE_SPINS, keepReceived, Uart } from './uart'

const UARTDR: usize = 0x000
const UARTFR: usize = 0x018
const UARTLCR_H: usize = 0x02c
const UARTCR: usize = 0x030
const UARTIFLS: usize = 0x034
const UARTIMSC: usize = 0x038
const UARTICR: usize = 0x044

const FR_BUSY: u32 = 1 << 3
const FR_RXFE: u32 = 1 << 4
const LCR_FEN: u32 = 1 << 4
const LCR_WLEN_8: u32 = 3 << 5
const CR_UARTEN: u32 = 1 << 0
const CR_TXE: u32 = 1 << 8
const CR_RXE: u32 = 1 << 9
/** Eight bits and FIFOs; enabled in both directions. */
const LINE: u32 = LCR_WLEN_8 | LCR_FEN
const ON: u32 = CR_UARTEN | CR_TXE | CR_RXE
/** Interrupt when the transmit FIFO is 1/8 full or less, the receive FIFO 1/2 full or more. */
const IFLS: u32 = (2 << 3) | 0
const INT_RX: u32 = 1 << 4
const INT_TX: u32 = 1 << 5
const INT_RT: u32 = 1 << 6
const INT_ALL: u32 = 0x7ff
/** Framing, parity and break errors: the byte is not one. Overrun (bit 11) concerns the ones after it. */
const DR_ERRORS: u32 = 7 << 8

export function initPl011(uart: Uart, at: usize): void {
  uart.idleAt = at + UARTFR
  uart.idleMask = FR_BUSY
  uart.idleValue = 0
  uart.readyAt = at + UARTFR
  uart.readyMask = FR_RXFE
  uart.readyValue = 0
  uart.receiveAt = at + UARTDR
  uart.receiveErrors = DR_ERRORS
  uart.clearAt = at + UARTICR
  uart.clearReceive = INT_RX | INT_RT | DR_ERRORS
  uart.clearRoom = 0
  uart.enableAt = at + UARTIMSC
  uart.disableAt = 0
  uart.inputInterrupt = INT_RX | INT_RT
  uart.roomInterrupt = INT_TX
  uart.enabled = INT_RX | INT_RT

  write32(at + UARTIMSC, 0)
  const line = read32(at + UARTLCR_H)
  const control = read32(at + UARTCR)
  if ((line & LINE) !== LINE || (control & ON) !== ON) setLine(uart, at, line | LINE, control | ON)
  write32(at + UARTIFLS, IFLS)
  write32(at + UARTICR, INT_ALL)
  write32(at + UARTIMSC, uart.enabled)
}

/** Only where the firmware left it otherwise, for it empties the FIFOs. Without FIFO one byte may have been received. */
function setLine(uart: Uart, at: usize, line: u32, control: u32): void {
  keepReceived(uart)
  // What the boot code printed must be out: the line control register may change only while the UART is idle and disabled.
  awaitIdle(uart, IDLE_SPINS)
  write32(at + UARTCR, 0)
  // Writing UARTLCR_H takes over the baud rate divisors too; those are the firmware's.
  write32(at + UARTLCR_H, line)
  write32(at + UARTCR, control)
}
