/** Virtio 1.2, "GPIO Device": features, configuration, messages; what a line is and when it interrupts. */

export const F_IRQ: u64 = 1

/** struct virtio_gpio_config: the number of lines, bytes of their names. */
export const NGPIO: u32 = 0
export const NAMES_SIZE: u32 = 4

/** struct virtio_gpio_request: type and line, 16 bits each, and a value of 32 bits. */
export const REQUEST_SIZE: u32 = 8
export const REQUEST_LINE: u32 = 2
export const REQUEST_VALUE: u32 = 4
export const MSG_GET_LINE_NAMES: u32 = 1
export const MSG_GET_DIRECTION: u32 = 2
export const MSG_SET_DIRECTION: u32 = 3
export const MSG_GET_VALUE: u32 = 4
export const MSG_SET_VALUE: u32 = 5
export const MSG_SET_IRQ_TYPE: u32 = 6

/** struct virtio_gpio_response: status and a value, 8 bits each. */
export const RESPONSE_SIZE: u32 = 2
export const STATUS_OK: u32 = 0
export const STATUS_ERR: u32 = 1

export const DIRECTION_NONE: u32 = 0
export const DIRECTION_OUT: u32 = 1
export const DIRECTION_IN: u32 = 2

/** Bits: rising and falling edge, high and low level; edges and levels exclude each other, and so do the levels. */
export const IRQ_NONE: u32 = 0
export const IRQ_EDGE_RISING: u32 = 1
export const IRQ_EDGE_FALLING: u32 = 2
export const IRQ_EDGES: u32 = 3
export const IRQ_LEVEL_HIGH: u32 = 4
export const IRQ_LEVEL_LOW: u32 = 8

/** struct virtio_gpio_irq_request is a line of 16 bits, its response a status of 8. */
export const IRQ_REQUEST_SIZE: u32 = 2
export const IRQ_STATUS_INVALID: u32 = 0
export const IRQ_STATUS_VALID: u32 = 1

export function isIrqType(type: u32): bool {
  return type <= IRQ_LEVEL_HIGH || type == IRQ_LEVEL_LOW
}
