/** Block device: requests of whole sectors, many at once. Virtio 1.2, "Block Device". */

import { F_EVENT_IDX, F_VERSION_1, VIRTIO_BLOCK } from '../../arch/virtio'
import { F_FLUSH, HEADER_SIZE, T_FLUSH, T_IN } from '../../arch/virtio-block'
import * as register from '../../arch/virtio-mmio'
import { F_NEXT, F_WRITE } from '../../arch/virtqueue'
import { read8, read32, write8, write32, write64 } from '../hw'
import { findDevice, goLive, negotiate } from './device'
import { addBuffer, offer, openQueue, QUEUE_MEMORY, Queue } from './queue'

/** Room for headers and status bytes behind the queue: one each for every descriptor. */
export const BLOCK_MEMORY: u64 = QUEUE_MEMORY + 0x1000
const SLOT: u64 = 32

/** Brings up disk `index` in BLOCK_MEMORY bytes of zeroes at `at`. False: there is none, or it does not want us. */
export function openBlock(queue: Queue, index: u32, at: u64): boolean {
  const device = findDevice(VIRTIO_BLOCK, index)
  if (device === 0 || !negotiate(device, F_VERSION_1 | F_EVENT_IDX | F_FLUSH)) return false
  openQueue(queue, device, 0, at)
  goLive(device)
  return true
}

/** Sectors of 512 bytes. */
export function capacity(queue: Queue): u64 {
  const low = read32(queue.device + register.Config) as u64
  return low | ((read32(queue.device + register.Config + 4) as u64) << 32)
}

/** Offers a request for `size` bytes at `ipa`, none for a flush, to be notified. Returns where its status byte will be; 0xff until it is
 * answered. */
export function request(queue: Queue, type: u32, sector: u64, ipa: u64, size: u32): u64 {
  const slot = queue.table + QUEUE_MEMORY + (queue.nextDescriptor as u64) * SLOT
  const status = slot + HEADER_SIZE
  write32(slot, type)
  write32(slot + 4, 0)
  write64(slot + 8, sector)
  write8(status, 0xff)
  const head = addBuffer(queue, slot, HEADER_SIZE, F_NEXT)
  if (type !== T_FLUSH) addBuffer(queue, ipa, size, type === T_IN ? F_NEXT | F_WRITE : F_NEXT)
  addBuffer(queue, status, 1, F_WRITE)
  offer(queue, head)
  return status
}

export function statusAt(status: u64): u32 {
  return read8(status)
}
