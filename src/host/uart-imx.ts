/** What uart.ts needs to know of an i.MX UART. IMX8MPRM, "Universal Asynchronous Receiver/Transmitter (UART)". */

import { IMX_UCR1, IMX_UCR1_UARTEN } from '../arch/uart'
import { read32, write32 } from './hw'
import { Uart } from './uart'

const URXD: usize = 0x00
const UCR2: usize = 0x84
const UFCR: usize = 0x90
const USR2: usize = 0x98

const URXD_ERRORS: u32 = (1 << 10) | (1 << 11) | (1 << 12)
/** Receive FIFO at its trigger level. */
const UCR1_RRDYEN: u32 = 1 << 9
/** Transmit FIFO at its trigger level or below. */
const UCR1_TRDYEN: u32 = 1 << 13
/** Written as 0 it resets the UART. */
const UCR2_SRST: u32 = 1 << 0
const UCR2_RXEN: u32 = 1 << 1
const UCR2_TXEN: u32 = 1 << 2
/** Trigger levels: interrupts from one received byte on, and from two left to send down. */
const UFCR_LEVELS: u32 = (0x3f << 10) | 0x3f
const UFCR_OURS: u32 = (2 << 10) | 1
const USR2_RDR: u32 = 1 << 0
const USR2_TXDC: u32 = 1 << 3

export function initImx(uart: Uart, at: usize): void {
  uart.idleAt = at + USR2
  uart.idleMask = USR2_TXDC
  uart.idleValue = USR2_TXDC
  uart.readyAt = at + USR2
  uart.readyMask = USR2_RDR
  uart.readyValue = USR2_RDR
  uart.receiveAt = at + URXD
  uart.receiveErrors = URXD_ERRORS
  uart.clearReceive = 0 // its interrupts follow the FIFOs
  uart.clearRoom = 0
  uart.enableAt = at + IMX_UCR1
  uart.disableAt = 0
  uart.inputInterrupt = UCR1_RRDYEN
  uart.roomInterrupt = UCR1_TRDYEN
  uart.enabled = IMX_UCR1_UARTEN | UCR1_RRDYEN

  write32(at + IMX_UCR1, IMX_UCR1_UARTEN)
  write32(at + UCR2, read32(at + UCR2) | UCR2_SRST | UCR2_RXEN | UCR2_TXEN)
  write32(at + UFCR, (read32(at + UFCR) & ~UFCR_LEVELS) | UFCR_OURS)
  write32(at + IMX_UCR1, uart.enabled)
}
