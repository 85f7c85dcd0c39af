/** The socket device's features, configuration space and packet header. Virtio 1.2, "Socket Device". */

export const F_STREAM: u64 = 1 << 0

/** struct virtio_vsock_config: guest_cid, 64 bits whose upper 32 are zero. */
export const GUEST_CID: u32 = 0

/** struct virtio_vsock_hdr, packed: src_cid, dst_cid, src_port and dst_port, then len, type and op, flags and buf_alloc, fwd_cnt. */
export const HEADER_SIZE: u32 = 44
export const SRC_CID: u32 = 0
export const DST_CID: u32 = 8
export const PORTS: u32 = 16
export const KIND: u32 = 24
export const CREDIT: u32 = 32
export const FWD_CNT: u32 = 40

export const TYPE_STREAM: u32 = 1

/** enum virtio_vsock_op. */
export const OP_REQUEST: u32 = 1
export const OP_RESPONSE: u32 = 2
export const OP_RST: u32 = 3
export const OP_SHUTDOWN: u32 = 4
export const OP_RW: u32 = 5
export const OP_CREDIT_UPDATE: u32 = 6
export const OP_CREDIT_REQUEST: u32 = 7

/** CIDs below are nobody's, reserved, and the host's. "Addressing". */
export const CID_FIRST: u64 = 3
