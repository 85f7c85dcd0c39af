/** What uart.ts needs to know of Raspberry Pi's mini UART, a 16550 in part. "BCM2711 ARM Peripherals", "Mini UART". */

import { MINI_IER, MINI_IO, MINI_LSR } from '../arch/uart'
import { read32, write32 } from './hw'
import { Uart } from './uart'

/** From AUX_MU_IO_REG on, as the device tree's `reg` has them. */
const AUX_MU_LCR_REG: usize = 0x0c
const AUX_MU_CNTL_REG: usize = 0x20

const LSR_DATA_READY: u32 = 1 << 0
const LSR_TRANSMITTER_IDLE: u32 = 1 << 6
/** Eight bits take both. */
const LCR_8_BITS: u32 = 3
const CNTL_RECEIVER: u32 = 1 << 0
const CNTL_TRANSMITTER: u32 = 1 << 1
const IER_RECEIVE: u32 = 1 << 0
/** Asserted while the transmit FIFO is empty. */
const IER_TRANSMIT: u32 = 1 << 1
/** Without it none of the others comes; a 16550 calls it line status. */
const IER_LINE_STATUS: u32 = 1 << 2

export function initMini(uart: Uart, at: usize): void {
  uart.idleAt = at + MINI_LSR
  uart.idleMask = LSR_TRANSMITTER_IDLE
  uart.idleValue = LSR_TRANSMITTER_IDLE
  uart.readyAt = at + MINI_LSR
  uart.readyMask = LSR_DATA_READY
  uart.readyValue = LSR_DATA_READY
  uart.receiveAt = at + MINI_IO
  uart.receiveErrors = 0 // it finds none but overruns
  uart.clearReceive = 0 // its interrupts follow the FIFOs
  uart.clearRoom = 0
  uart.enableAt = at + MINI_IER
  uart.disableAt = 0
  uart.inputInterrupt = IER_RECEIVE
  uart.roomInterrupt = IER_TRANSMIT
  uart.enabled = IER_RECEIVE | IER_LINE_STATUS

  write32(at + AUX_MU_LCR_REG, read32(at + AUX_MU_LCR_REG) | LCR_8_BITS)
  write32(at + AUX_MU_CNTL_REG, read32(at + AUX_MU_CNTL_REG) | CNTL_RECEIVER | CNTL_TRANSMITTER)
  write32(at + MINI_IER, uart.enabled)
}
