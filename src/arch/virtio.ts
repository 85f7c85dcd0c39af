/** Virtio 1.2: device types, the status field, and the feature bits that are not one device's own. */

/** "Device Types". */
export const VIRTIO_NETWORK: u32 = 1
export const VIRTIO_BLOCK: u32 = 2
export const VIRTIO_CONSOLE: u32 = 3
export const VIRTIO_ENTROPY: u32 = 4
export const VIRTIO_BALLOON: u32 = 5
export const VIRTIO_SOCKET: u32 = 19
export const VIRTIO_GPIO: u32 = 41

/** The control line of a VM that holds `control`: a console of its own kind. What a driver sees of a type is TYPE. */
export const VIRTIO_CONTROL: u32 = 0x40 | VIRTIO_CONSOLE
export const TYPE: u32 = 0x3f

/** "Device Status Field". */
export const ACKNOWLEDGE: u32 = 1
export const DRIVER: u32 = 2
export const DRIVER_OK: u32 = 4
export const FEATURES_OK: u32 = 8
export const DEVICE_NEEDS_RESET: u32 = 64
export const FAILED: u32 = 128

/** "Reserved Feature Bits". */
export const F_INDIRECT_DESC: u64 = 1 << 28
export const F_EVENT_IDX: u64 = 1 << 29
export const F_VERSION_1: u64 = 1 << 32
export const F_RING_RESET: u64 = 1 << 40
