/** Virtio 1.2, "Console Device": feature bits, configuration space, and what its control queues carry. */

export const F_SIZE: u64 = 1 << 0
export const F_MULTIPORT: u64 = 1 << 1
export const F_EMERG_WRITE: u64 = 1 << 2

/** Columns, and rows in the upper half. */
export const SIZE: u32 = 0
export const MAX_NR_PORTS: u32 = 4
export const EMERG_WR: u32 = 8

/** "Virtqueues": of port 0, of the control messages, and from here on two of each further port. */
export const RECEIVE: u32 = 0
export const TRANSMIT: u32 = 1
export const CONTROL_RECEIVE: u32 = 2
export const CONTROL_TRANSMIT: u32 = 3
export const FURTHER: u32 = 4

/** struct virtio_console_control: le32 id, le16 event, le16 value. "Multiport Device Operation". */
export const MESSAGE_SIZE: u32 = 8
export const DEVICE_READY: u32 = 0
export const DEVICE_ADD: u32 = 1
export const PORT_READY: u32 = 3
export const CONSOLE_PORT: u32 = 4
export const RESIZE: u32 = 5
export const PORT_OPEN: u32 = 6
export const PORT_NAME: u32 = 7
