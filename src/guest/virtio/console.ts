/** Console, port 0: whole lines for one notification, and what is typed. Virtio 1.2, "Console Device". */

import { F_EVENT_IDX, F_VERSION_1, VIRTIO_CONSOLE } from '../../arch/virtio'
import { F_WRITE } from '../../arch/virtqueue'
import { hint_yield, write8 } from '../hw'
import { findDevice, goLive, negotiate } from './device'
import { addBuffer, lastWritten, notify, offer, openQueue, QUEUE_MEMORY, Queue, takeAnswers } from './queue'

const RECEIVE: u32 = 0
const TRANSMIT: u32 = 1
/** Bytes of one line, and of one piece of what is typed. */
const LINE: u32 = 1024
/** Two queues, then a buffer for each. */
export const CONSOLE_MEMORY: u64 = 2 * QUEUE_MEMORY + 2 * 1024

/** The two queues are the caller's; which memory is whose follows from where it gave us CONSOLE_MEMORY bytes of zeroes, at `at`. False:
 * there is no console, or it does not want us. */
export function openConsole(receive: Queue, transmit: Queue, at: u64): boolean {
  const device = findDevice(VIRTIO_CONSOLE, 0)
  if (device === 0 || !negotiate(device, F_VERSION_1 | F_EVENT_IDX)) return false
  openQueue(receive, device, RECEIVE, at)
  openQueue(transmit, device, TRANSMIT, at + QUEUE_MEMORY)
  goLive(device)
  listen(receive)
  return true
}

/** Up to 1,024 bytes of ASCII with one notification; waits until the device has read them. `\n` stays as it is. */
export function write(transmit: Queue, text: string): void {
  prepareLine(transmit, text)
  notify(transmit)
  while (takeAnswers(transmit) === 0) hint_yield()
}

/** The same, to be notified. */
export function prepareLine(transmit: Queue, text: string): void {
  const buffer = transmit.table + QUEUE_MEMORY
  const size = min<u32>(text.length, LINE)
  for (let i: u32 = 0; i < size; i++) write8(buffer + (i as u64), text.charCodeAt(i))
  offer(transmit, addBuffer(transmit, buffer, size, 0))
}

/** Offers the buffer for what is typed next. */
export function listen(receive: Queue): void {
  offer(receive, addBuffer(receive, typedAt(receive), LINE, F_WRITE))
  notify(receive)
}

/** Bytes at `typedAt` that were typed since `listen`, which is to be called again when they are read; 0: none yet. */
export function typed(receive: Queue): u32 {
  return takeAnswers(receive) === 0 ? 0 : lastWritten(receive)
}

export function typedAt(receive: Queue): u64 {
  return receive.table + 2 * QUEUE_MEMORY + (LINE as u64)
}
