/**
 * A virtio network card as the board's: one queue each way, one buffer for each frame, no offloads, so that what it hands over is
 * finished. What it says that cannot be is this service's fault: it begins anew, and the card is reset. Virtio 1.2, "Network Device".
 */
import { WINDOW_DMA } from '../abi/layout'
import { UPLINK_BUFFER, UPLINK_CONTROL, UPLINK_RECEIVE, UPLINK_TRANSMIT, UPLINK_TRANSMIT_AT } from '../abi/uplink'
import * as mmio from '../arch/virtio-mmio'
import { HEADER_SIZE } from '../arch/virtio-net'
import { F_WRITE } from '../arch/virtqueue'
import { fromDevice, toDevice } from '../drive/dma'
import * as queues from '../drive/queue'
import { BROKEN, NONE, QUEUE_MEMORY, QUEUE_RECORD, Queue } from '../drive/queue'
import * as device from '../drive/virtio'

const RECEIVE: u32 = 0
const TRANSMIT: u32 = 1
const SIZE: u32 = UPLINK_BUFFER
const RECEIVE_AT: usize = WINDOW_DMA + UPLINK_CONTROL
const SENT_AT: usize = WINDOW_DMA + UPLINK_TRANSMIT_AT
if (QUEUE_MEMORY > <u32>UPLINK_CONTROL / 2) ERROR('the rings need more memory')
if (UPLINK_CONTROL + UPLINK_RECEIVE * UPLINK_BUFFER > UPLINK_TRANSMIT_AT) ERROR('buffers overlap')
const NOBODY: u32 = u32.MAX_VALUE
const NOTHING: u64 = u64.MAX_VALUE

const incoming = changetype<Queue>(memory.data(QUEUE_RECORD, 8))
const outgoing = changetype<Queue>(memory.data(QUEUE_RECORD, 8))

/** The buffer that core looks at. */
let held: u32 = NOBODY

/** False: the card does not work, or has no queue of one buffer for each way. */
export function begin(): bool {
  held = NOBODY
  if (!device.reset() || !device.negotiate(0)) return false
  const count = queues.openQueue(incoming, RECEIVE, UPLINK_RECEIVE, WINDOW_DMA)
  // core has so many frames on their way at most.
  if (!count || queues.openQueue(outgoing, TRANSMIT, UPLINK_TRANSMIT, WINDOW_DMA + QUEUE_MEMORY) < <u32>UPLINK_TRANSMIT)
    return false
  queues.suppress(outgoing) // core looks when it sends
  for (let i: u32 = 0; i < count; i++) offer(i)
  device.goLive()
  queues.notify(incoming)
  return true
}

function receiveBuffer(i: u32): usize {
  return RECEIVE_AT + i * SIZE
}

/** An empty buffer for a frame that comes. */
function offer(i: u32): void {
  toDevice(receiveBuffer(i), SIZE)
  queues.describe(incoming, i, receiveBuffer(i), SIZE, F_WRITE, 0)
  queues.offer(incoming, i, 1, SIZE)
}

/** It interrupted. */
export function interrupt(): void {
  const why = device.takeInterrupt()
  if (why & mmio.CONFIGURATION_CHANGE && device.needsReset()) unreachable()
}

/** The next frame: where it begins in the shared memory, and its bytes from bit 32 on, 0 if it is none; all ones: none has come. It is
 * core's until the next call. */
export function receive(): u64 {
  if (held != NOBODY) offer(held)
  held = NOBODY
  const answer = queues.takeUsed(incoming)
  if (answer == NONE) return NOTHING
  if (answer == BROKEN) unreachable()
  held = <u32>answer
  const written = <u32>(answer >> 32)
  const at = receiveBuffer(held)
  fromDevice(at, written)
  const size: u32 = written > HEADER_SIZE ? written - HEADER_SIZE : 0
  return <u64>(at + HEADER_SIZE - WINDOW_DMA) | ((<u64>size) << 32)
}

/** The card hears of the buffers that it has again. */
export function refill(): void {
  queues.notify(incoming)
}

/** The frame in buffer `i`, `size` bytes with the virtio_net_hdr before it; the card sees it after `send`, or before. */
export function transmit(i: u32, size: u32): void {
  if (i >= <u32>UPLINK_TRANSMIT || size > SIZE || size < HEADER_SIZE) unreachable()
  const at = SENT_AT + i * SIZE
  // What its sender wrote there speaks of offloads; the frame is finished. "Packet Transmission": num_buffers is zero.
  memory.fill(at, 0, HEADER_SIZE)
  toDevice(at, size)
  queues.describe(outgoing, i, at, size, 0, 0)
  queues.offer(outgoing, i, 1, 0)
}

export function send(): void {
  queues.notify(outgoing)
}

/** A buffer whose frame the card has sent; all ones: there is none. */
export function reclaim(): u32 {
  const answer = queues.takeUsed(outgoing)
  if (answer == NONE) return NOBODY
  if (answer == BROKEN) unreachable()
  return <u32>answer
}
