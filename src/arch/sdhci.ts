/** The SD host's registers, each 32 bits wide as the Raspberry Pi's has to be accessed. SD Host Controller Simplified Specification,
 * "SD Host Standard Register". */

/** Block size; block count from bit 16 on. */
export const BLOCK: u32 = 0x04
export const ARGUMENT: u32 = 0x08
/** Transfer mode; the command from bit 16 on, whose upper byte sets it off. */
export const COMMAND: u32 = 0x0c
export const RESPONSE: u32 = 0x10
export const BUFFER: u32 = 0x20
export const PRESENT: u32 = 0x24
/** Host control 1; power from bit 8 on. */
export const CONTROL: u32 = 0x28
/** Clock control; time-out from bit 16, software reset from bit 24 on. */
export const CLOCK: u32 = 0x2c
/** Normal interrupts; errors from bit 16 on. */
export const STATUS: u32 = 0x30
export const STATUS_ENABLE: u32 = 0x34
export const SIGNAL_ENABLE: u32 = 0x38
export const CAPABILITIES: u32 = 0x40
/** Where ADMA2's table of descriptors begins, as the host calls it; 32 bits, with descriptors of 32-bit addresses. */
export const ADMA_ADDRESS: u32 = 0x58

/** "Transfer Mode Register". */
export const DMA_ENABLE: u32 = 1 << 0
export const COUNT_ENABLE: u32 = 1 << 1
export const AUTO_CMD12: u32 = 1 << 2
export const READ: u32 = 1 << 4
export const MULTIPLE: u32 = 1 << 5
/** "Command Register", from bit 16 on. */
export const NO_RESPONSE: u32 = 0
export const LONG: u32 = 1 << 16
export const SHORT: u32 = 2 << 16
export const SHORT_BUSY: u32 = 3 << 16
export const CHECK_CRC: u32 = 1 << 19
export const CHECK_INDEX: u32 = 1 << 20
export const HAS_DATA: u32 = 1 << 21
export const INDEX_SHIFT: u32 = 24
/** "Present State Register". */
export const INHIBIT_COMMAND: u32 = 1 << 0
export const INHIBIT_DATA: u32 = 1 << 1
/** "Host Control 1 Register", "Power Control Register". */
export const FOUR_BITS: u32 = 1 << 1
export const HIGH_SPEED: u32 = 1 << 2
/** DMA Select: ADMA2 by 32-bit addresses. */
export const ADMA2: u32 = 2 << 3
export const POWER_3V3: u32 = (0x0e | 1) << 8
/** "Clock Control Register", "Timeout Control Register", "Software Reset Register". */
export const INTERNAL_ENABLE: u32 = 1 << 0
export const INTERNAL_STABLE: u32 = 1 << 1
export const CARD_ENABLE: u32 = 1 << 2
export const DIVISOR_SHIFT: u32 = 8
export const DIVISOR_HIGH_SHIFT: u32 = 6
export const DIVISOR_MOST: u32 = 0x3ff
export const TIMEOUT_LONGEST: u32 = 0x0e << 16
export const RESET_ALL: u32 = 1 << 24
export const RESET_COMMAND: u32 = 1 << 25
export const RESET_DATA: u32 = 1 << 26
/** "Normal Interrupt Status Register", "Error Interrupt Status Register". */
export const COMMAND_COMPLETE: u32 = 1 << 0
export const TRANSFER_COMPLETE: u32 = 1 << 1
export const WRITE_READY: u32 = 1 << 4
export const READ_READY: u32 = 1 << 5
export const ERROR: u32 = 1 << 15
export const ERRORS: u32 = 0xffff_0000
/** "Capabilities Register": base clock in MHz, 0 if it does not say; ADMA2, HIGH_SPEED are supported. */
export const BASE_CLOCK_SHIFT: u32 = 8
export const CAN_ADMA2: u32 = 1 << 19
export const CAN_HIGH_SPEED: u32 = 1 << 21
/** "ADMA2 Descriptor Format": the first word's attributes; the length in bytes stands from bit 16 on, the address in the second. */
export const DESCRIPTOR_VALID: u32 = 1 << 0
export const DESCRIPTOR_END: u32 = 1 << 1
export const DESCRIPTOR_TRANSFER: u32 = 2 << 4
export const DESCRIPTOR_LENGTH_SHIFT: u32 = 16
export const DESCRIPTOR_SIZE: u32 = 8
