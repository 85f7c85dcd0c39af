/** SD cards' commands and what they answer. SD Specifications Part 1, Physical Layer Simplified Specification, "Commands". */

export const GO_IDLE_STATE: u32 = 0
export const ALL_SEND_CID: u32 = 2
export const SEND_RELATIVE_ADDR: u32 = 3
export const SWITCH_FUNC: u32 = 6
export const SELECT_CARD: u32 = 7
export const SEND_IF_COND: u32 = 8
export const SEND_CSD: u32 = 9
export const STOP_TRANSMISSION: u32 = 12
export const SEND_STATUS: u32 = 13
export const SET_BLOCKLEN: u32 = 16
export const READ_SINGLE_BLOCK: u32 = 17
export const READ_MULTIPLE_BLOCK: u32 = 18
export const WRITE_BLOCK: u32 = 24
export const WRITE_MULTIPLE_BLOCK: u32 = 25
export const APP_CMD: u32 = 55
/** After APP_CMD. */
export const SET_BUS_WIDTH: u32 = 6
export const SD_SEND_OP_COND: u32 = 41

/** SEND_IF_COND: 2.7 to 3.6 V, and a pattern that comes back. */
export const IF_COND: u32 = 0x1aa
/** SD_SEND_OP_COND: the voltages of 3.2 to 3.4 V, that the host knows high capacity; in the answer that the card does, that it is
 * ready. */
export const OCR_3V3: u32 = 0x30_0000
export const OCR_HIGH_CAPACITY: u32 = 1 << 30
export const OCR_READY: u32 = 1 << 31
/** SET_BUS_WIDTH. */
export const FOUR_BITS: u32 = 2
/** SWITCH_FUNC: sets function 1 of group 1, high speed; the status' 64 bytes say in byte 16 what group 1 is now. */
export const SWITCH_HIGH_SPEED: u32 = 0x80ff_fff1
export const SWITCH_STATUS: u32 = 64
export const SWITCH_GROUP1: u32 = 16
/** SEND_STATUS: CURRENT_STATE is "tran", and READY_FOR_DATA; "Card Status". */
export const STATE_SHIFT: u32 = 9
export const STATE_TRANSFER: u32 = 4
export const READY_FOR_DATA: u32 = 1 << 8
/** OUT_OF_RANGE down to CC_ERROR, ERROR, without the bits that are no errors. */
export const STATUS_ERRORS: u32 = 0xfdf8_0000
