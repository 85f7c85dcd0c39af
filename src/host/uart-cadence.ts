/** What uart.ts needs to know of Zynq UltraScale+'s UART. UG1087, "UART Module"; UG1085, "UART Controllers". */

import { CADENCE_FIFO, CADENCE_IDR, CADENCE_INT_ALL, CADENCE_SR } from '../arch/uart'
import { read32, write32 } from './hw'
import { Uart } from './uart'

const CONTROL: usize = 0x00
const INTRPT_EN: usize = 0x08
const CHNL_INT_STS: usize = 0x14
const RCVR_TIMEOUT: usize = 0x1c
const RCVR_FIFO_TRIGGER_LEVEL: usize = 0x20

const CONTROL_RXEN: u32 = 1 << 2
const CONTROL_RXDIS: u32 = 1 << 3
const CONTROL_TXEN: u32 = 1 << 4
const CONTROL_TXDIS: u32 = 1 << 5
const SR_REMPTY: u32 = 1 << 1
const SR_TEMPTY: u32 = 1 << 3
const SR_TACTIVE: u32 = 1 << 11
/** Receive FIFO at its trigger level; transmit FIFO empty. Both stay asserted until cleared. */
const INT_RTRIG: u32 = 1 << 0
const INT_TEMPTY: u32 = 1 << 3

export function initCadence(uart: Uart, at: usize): void {
  uart.idleAt = at + CADENCE_SR
  uart.idleMask = SR_TEMPTY | SR_TACTIVE
  uart.idleValue = SR_TEMPTY
  uart.readyAt = at + CADENCE_SR
  uart.readyMask = SR_REMPTY
  uart.readyValue = 0
  uart.receiveAt = at + CADENCE_FIFO
  uart.receiveErrors = 0 // told apart from the byte
  uart.clearAt = at + CHNL_INT_STS
  uart.clearReceive = INT_RTRIG
  uart.clearRoom = INT_TEMPTY
  uart.enableAt = at + INTRPT_EN
  uart.disableAt = at + CADENCE_IDR
  uart.inputInterrupt = INT_RTRIG
  uart.roomInterrupt = INT_TEMPTY
  uart.enabled = INT_RTRIG

  write32(at + CADENCE_IDR, CADENCE_INT_ALL)
  const control = read32(at + CONTROL) & ~(CONTROL_RXDIS | CONTROL_TXDIS)
  write32(at + CONTROL, control | CONTROL_RXEN | CONTROL_TXEN)
  write32(at + RCVR_TIMEOUT, 0)
  write32(at + RCVR_FIFO_TRIGGER_LEVEL, 1)
  write32(at + INTRPT_EN, uart.enabled)
}
