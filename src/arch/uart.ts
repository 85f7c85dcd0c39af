/**
 * How each UART that can be a board's console takes a byte: where its data register is, and which flag says that there is room.
 * Offsets from the UART's first register. The documents are named in src/host/uart-*.ts.
 */
import { UART_KIND_CADENCE, UART_KIND_IMX, UART_KIND_MINI } from '../abi/compartment'
import { UARTDR, UARTFR, UARTFR_TXFF, UARTIMSC } from './pl011'

/** AUX_MU_IO_REG, AUX_MU_IER_REG and AUX_MU_LSR_REG, relative to the first: the device tree's `reg` begins there. */
export const MINI_IO: u32 = 0x00
export const MINI_IER: u32 = 0x04
export const MINI_LSR: u32 = 0x14
export const MINI_LSR_TRANSMITTER_EMPTY: u32 = 1 << 5

export const CADENCE_IDR: u32 = 0x0c
export const CADENCE_INT_ALL: u32 = 0x3fff
export const CADENCE_SR: u32 = 0x2c
export const CADENCE_FIFO: u32 = 0x30
export const CADENCE_SR_TXFULL: u32 = 1 << 4

export const IMX_UTXD: u32 = 0x40
export const IMX_UCR1: u32 = 0x80
export const IMX_UCR1_UARTEN: u32 = 1 << 0
export const IMX_UTS: u32 = 0xb4
export const IMX_UTS_TXFULL: u32 = 1 << 4

/** A condition of a status register: it holds while the bits of `mask` read as `value`. */
export namespace Room {
  export function offset(kind: u32): u32 {
    if (kind == UART_KIND_MINI) return MINI_LSR
    if (kind == UART_KIND_CADENCE) return CADENCE_SR
    return kind == UART_KIND_IMX ? IMX_UTS : UARTFR
  }

  export function mask(kind: u32): u32 {
    if (kind == UART_KIND_MINI) return MINI_LSR_TRANSMITTER_EMPTY
    if (kind == UART_KIND_CADENCE) return CADENCE_SR_TXFULL
    return kind == UART_KIND_IMX ? IMX_UTS_TXFULL : UARTFR_TXFF
  }

  export function value(kind: u32): u32 {
    return kind == UART_KIND_MINI ? MINI_LSR_TRANSMITTER_EMPTY : 0
  }
}

/** The write after which no interrupt comes. */
export namespace Silence {
  export function offset(kind: u32): u32 {
    if (kind == UART_KIND_MINI) return MINI_IER
    if (kind == UART_KIND_CADENCE) return CADENCE_IDR
    return kind == UART_KIND_IMX ? IMX_UCR1 : UARTIMSC
  }

  export function value(kind: u32): u32 {
    if (kind == UART_KIND_CADENCE) return CADENCE_INT_ALL
    return kind == UART_KIND_IMX ? IMX_UCR1_UARTEN : 0
  }
}

/** Where a byte is written. */
export function dataOffset(kind: u32): u32 {
  if (kind == UART_KIND_MINI) return MINI_IO
  if (kind == UART_KIND_CADENCE) return CADENCE_FIFO
  return kind == UART_KIND_IMX ? IMX_UTXD : UARTDR
}
