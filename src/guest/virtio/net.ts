/** Network device: raw Ethernet frames. Virtio 1.2, "Network Device". A frame's buffer begins with FRAME_AT bytes for the device. */

import { F_EVENT_IDX, F_VERSION_1, VIRTIO_NETWORK } from '../../arch/virtio'
import * as register from '../../arch/virtio-mmio'
import { F_MAC, F_MRG_RXBUF, HEADER_SIZE } from '../../arch/virtio-net'
import { F_WRITE } from '../../arch/virtqueue'
import { read32 } from '../hw'
import { findDevice, goLive, negotiate } from './device'
import { addBuffer, offer, openQueue, QUEUE_MEMORY, Queue } from './queue'

/** For both queues. */
export const NET_MEMORY: u64 = QUEUE_MEMORY * 2
export const FRAME_AT: u32 = HEADER_SIZE
const RECEIVE: u32 = 0
const TRANSMIT: u32 = 1

/** Brings up network device `index` in NET_MEMORY bytes of zeroes at `at`. False: there is none, or it does not want us. */
export function openNet(receive: Queue, transmit: Queue, index: u32, at: u64): bool {
  const device = findDevice(VIRTIO_NETWORK, index)
  if (device === 0 || !negotiate(device, F_VERSION_1 | F_EVENT_IDX | F_MAC | F_MRG_RXBUF)) return false
  openQueue(receive, device, RECEIVE, at)
  openQueue(transmit, device, TRANSMIT, at + QUEUE_MEMORY)
  goLive(device)
  return true
}

/** The device's address, first byte lowest. */
export function macOf(queue: Queue): u64 {
  const low = read32(queue.device + register.Config) as u64
  return low | (((read32(queue.device + register.Config + 4) & 0xffff) as u64) << 32)
}

/** Offers an empty buffer of `size` bytes at `ipa`, to be notified. Returns the head by which it comes back. */
export function offerBuffer(receive: Queue, ipa: u64, size: u32): u32 {
  const head = addBuffer(receive, ipa, size, F_WRITE)
  offer(receive, head)
  return head
}

/** Offers a frame of `size` bytes behind FRAME_AT zeroes at `ipa`, to be notified; the buffer is free when it is answered. */
export function sendFrame(transmit: Queue, ipa: u64, size: u32): void {
  offer(transmit, addBuffer(transmit, ipa, FRAME_AT + size, 0))
}
