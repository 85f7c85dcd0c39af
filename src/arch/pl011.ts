/** PL011 UART registers. DDI 0183 "Programmers Model". */

export const UARTDR = 0x000
/** Read: receive status; write: error clear. */
export const UARTRSR = 0x004
export const UARTFR = 0x018
export const UARTILPR = 0x020
export const UARTIBRD = 0x024
export const UARTFBRD = 0x028
export const UARTLCR_H = 0x02c
export const UARTCR = 0x030
export const UARTIFLS = 0x034
export const UARTIMSC = 0x038
export const UARTRIS = 0x03c
export const UARTMIS = 0x040
export const UARTICR = 0x044
export const UARTDMACR = 0x048
export const UARTPeriphID0 = 0xfe0
export const UARTPCellID3 = 0xffc

export const UARTDR_OE = 1 << 11
export const UARTRSR_OE = 1 << 3

export const UARTFR_CTS = 1 << 0
export const UARTFR_DSR = 1 << 1
export const UARTFR_DCD = 1 << 2
export const UARTFR_BUSY = 1 << 3
export const UARTFR_RXFE = 1 << 4
export const UARTFR_TXFF = 1 << 5
export const UARTFR_RXFF = 1 << 6
export const UARTFR_TXFE = 1 << 7
export const UARTFR_RI = 1 << 8

export const UARTLCR_H_FEN = 1 << 4

export const UARTCR_LBE = 1 << 7
export const UARTCR_TXE = 1 << 8
export const UARTCR_RXE = 1 << 9
export const UARTCR_DTR = 1 << 10
export const UARTCR_RTS = 1 << 11
export const UARTCR_OUT1 = 1 << 12
export const UARTCR_OUT2 = 1 << 13

/** Bits of IMSC, RIS, MIS and ICR. */
export const UARTINT_RX = 1 << 4
export const UARTINT_TX = 1 << 5
export const UARTINT_RT = 1 << 6
export const UARTINT_OE = 1 << 10

/** Writable bits. */
export const UARTILPR_MASK = 0xff
export const UARTIBRD_MASK = 0xffff
export const UARTFBRD_MASK = 0x3f
export const UARTLCR_H_MASK = 0xff
export const UARTCR_MASK = 0xff87
export const UARTIFLS_MASK = 0x3f
export const UARTINT_MASK = 0x7ff
export const UARTDMACR_MASK = 0x7

export const UARTCR_RESET = 0x300
export const UARTIFLS_RESET = 0x12
