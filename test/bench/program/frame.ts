/** A frame of 1,500 bytes behind its header, and where guests that send such have it: above the program. */
import { write64 } from '../../../src/guest/hw'
import { FRAME_AT } from '../../../src/guest/virtio/net'

/** Frames that are sent at once, and how often. */
export const WINDOW: u32 = 32
export const ROUNDS: u32 = 20
export const SIZE: u32 = 1514
/** The network device's interrupt: it is the VM's only one. */
export const INTID: u32 = 48
/** The queues, buffers to receive into, a frame to send. */
export const QUEUES: u64 = 0x4018_0000
export const RECEIVED: u64 = 0x4019_0000
export const OUTGOING: u64 = 0x401c_0000

/** Destination, source, and a type for experiments (IEEE 802, "Local Experimental EtherType"). */
export function address(own: u64, other: u64): void {
  write64(OUTGOING + (FRAME_AT as u64), other | (own << 48))
  write64(OUTGOING + (FRAME_AT as u64) + 8, (own >> 16) | 0xb588_0000_0000)
}
