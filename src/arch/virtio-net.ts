/** The network device's features, configuration space and frame header. Virtio 1.2, "Network Device". */

export const F_CSUM: u64 = 1 << 0
export const F_GUEST_CSUM: u64 = 1 << 1
export const F_MTU: u64 = 1 << 3
export const F_MAC: u64 = 1 << 5
export const F_GUEST_TSO4: u64 = 1 << 7
export const F_GUEST_TSO6: u64 = 1 << 8
export const F_HOST_TSO4: u64 = 1 << 11
export const F_HOST_TSO6: u64 = 1 << 12
export const F_MRG_RXBUF: u64 = 1 << 15
export const F_STATUS: u64 = 1 << 16

/** Words of the configuration space: mac; its last two bytes and status; max_virtqueue_pairs and mtu. */
export const MAC_LOW: u32 = 0
export const MAC_HIGH_AND_STATUS: u32 = 4
export const PAIRS_AND_MTU: u32 = 8
export const S_LINK_UP: u32 = 1

/** virtio_net_hdr: flags, gso_type, then 16 bits each: hdr_len, gso_size, csum_start, csum_offset, num_buffers. */
export const HEADER_SIZE: u32 = 12
export const HEADER_NUM_BUFFERS: u32 = 10
export const NEEDS_CSUM: u32 = 1
export const GSO_NONE: u32 = 0
export const GSO_TCPV4: u32 = 1
export const GSO_TCPV6: u32 = 4
