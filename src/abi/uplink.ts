/** The memory that the service `uplink`, its network card and core share: the driver's own part, then buffers for frames. */

/** Rings of both queues. */
export const UPLINK_CONTROL = 0x4000
/** Each holds virtio_net_hdr and a frame of 1500 bytes behind its Ethernet header. */
export const UPLINK_BUFFER = 0x800
/** Buffers for frames that come, then those for frames that go. */
export const UPLINK_RECEIVE = 64
export const UPLINK_TRANSMIT = 128
export const UPLINK_TRANSMIT_AT = 0x2_4000
export const UPLINK_MEMORY = 0x6_4000
/** What the networks behind it may carry. */
export const UPLINK_MTU = 1500
