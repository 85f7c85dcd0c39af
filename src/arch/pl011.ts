/** PL011 UART registers. DDI 0183 "Programmers Model". */

export const UARTDR: u32 = 0x000
/** Read: receive status; write: error clear. */
export const UARTRSR: u32 = 0x004
export const UARTFR: u32 = 0x018
export const UARTILPR: u32 = 0x020
export const UARTIBRD: u32 = 0x024
export const UARTFBRD: u32 = 0x028
export const UARTLCR_H: u32 = 0x02c
export const UARTCR: u32 = 0x030
export const UARTIFLS: u32 = 0x034
export const UARTIMSC: u32 = 0x038
export const UARTRIS: u32 = 0x03c
export const UARTMIS: u32 = 0x040
export const UARTICR: u32 = 0x044
export const UARTDMACR: u32 = 0x048
export const UARTPeriphID0: u32 = 0xfe0
export const UARTPCellID3: u32 = 0xffc

export const UARTDR_OE: u32 = 1 << 11
export const UARTRSR_OE: u32 = 1 << 3

export const UARTFR_CTS: u32 = 1 << 0
export const UARTFR_DSR: u32 = 1 << 1
export const UARTFR_DCD: u32 = 1 << 2
export const UARTFR_BUSY: u32 = 1 << 3
export const UARTFR_RXFE: u32 = 1 << 4
export const UARTFR_TXFF: u32 = 1 << 5
export const UARTFR_RXFF: u32 = 1 << 6
export const UARTFR_TXFE: u32 = 1 << 7
export const UARTFR_RI: u32 = 1 << 8

export const UARTLCR_H_FEN: u32 = 1 << 4

export const UARTCR_LBE: u32 = 1 << 7
export const UARTCR_TXE: u32 = 1 << 8
export const UARTCR_RXE: u32 = 1 << 9
export const UARTCR_DTR: u32 = 1 << 10
export const UARTCR_RTS: u32 = 1 << 11
export const UARTCR_OUT1: u32 = 1 << 12
export const UARTCR_OUT2: u32 = 1 << 13

/** Bits of IMSC, RIS, MIS and ICR. */
export const UARTINT_RX: u32 = 1 << 4
export const UARTINT_TX: u32 = 1 << 5
export const UARTINT_RT: u32 = 1 << 6
export const UARTINT_OE: u32 = 1 << 10

/** Writable bits. */
export const UARTILPR_MASK: u32 = 0xff
export const UARTIBRD_MASK: u32 = 0xffff
export const UARTFBRD_MASK: u32 = 0x3f
export const UARTLCR_H_MASK: u32 = 0xff
export const UARTCR_MASK: u32 = 0xff87
export const UARTIFLS_MASK: u32 = 0x3f
export const UARTINT_MASK: u32 = 0x7ff
export const UARTDMACR_MASK: u32 = 0x7

export const UARTCR_RESET: u32 = 0x300
export const UARTIFLS_RESET: u32 = 0x12
