/** Entropy device: random bytes, as many as the device gives for each request. Virtio 1.2, "Entropy Device". */

import { F_EVENT_IDX, F_VERSION_1, VIRTIO_ENTROPY } from '../../arch/virtio'
import { F_WRITE } from '../../arch/virtqueue'
import { hint_yield } from '../hw'
import { findDevice, goLive, negotiate } from './device'
import { addBuffer, lastWritten, notify, offer, openQueue, Queue, takeAnswers } from './queue'

/** Brings up device `index` in QUEUE_MEMORY bytes of zeroes at `at`. False: there is none, or it does not want us. */
export function openEntropy(queue: Queue, index: u32, at: u64): boolean {
  const device = findDevice(VIRTIO_ENTROPY, index)
  if (device === 0 || !negotiate(device, F_VERSION_1 | F_EVENT_IDX)) return false
  openQueue(queue, device, 0, at)
  goLive(device)
  return true
}

/** Waits for up to `size` random bytes at `ipa`; returns how many have come. */
export function random(queue: Queue, ipa: u64, size: u32): u32 {
  offer(queue, addBuffer(queue, ipa, size, F_WRITE))
  notify(queue)
  while (takeAnswers(queue) === 0) hint_yield()
  return lastWritten(queue)
}
