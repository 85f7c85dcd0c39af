/** What core, a VM's compartment and the service `storage` say to each other of disks on the board's storage. */

/** Drivers, as the bundle numbers them. */
export const DRIVER_VIRTIO = 1
export const DRIVER_SDHCI = 2

/** Requests. */
export const VOLUME_READ = 0
export const VOLUME_WRITE = 1
export const VOLUME_FLUSH = 2
export const VOLUME_DISCARD = 3
export const VOLUME_ZERO = 4

/** What the device can do, a bit each: `storage.abilities`, and `core.volumeAbilities`, which are those of VOLUME_ABILITIES. */
export const CAN_WRITE = 1
export const CAN_DISCARD = 2
export const CAN_ZERO = 4
export const VOLUME_ABILITIES = 7
/** It reads and writes memory by itself. */
export const HAS_DMA = 8

/** Requests of one disk that may be on their way, each with a buffer of so many bytes. */
export const VOLUME_TICKETS = 8
export const VOLUME_BUFFER = 0x4000
/** Bytes before the buffers of all disks in the memory that the device reaches: the driver's own. */
export const STORAGE_CONTROL = 0x4000
/** Sectors of 512 bytes that one request discards or zeroes. */
export const VOLUME_RANGE_MOST = 0x4_0000

/** `storage.partition*`: characters of a partition's name (UEFI, "GPT Partition Entry Array"). */
export const PARTITION_NAME_MOST = 36
/** `storage.findNamed`: no partition, or several, have that name. */
export const PARTITION_NONE = 0
export const PARTITION_TWICE = 0xffff_fffe
