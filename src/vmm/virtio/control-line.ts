/**
 * The control line of a VM that holds `control`: to its driver a console of one port, whose bytes are requests to the hypervisor and
 * their answers (doc/control.md). What is written never waits, so that no driver hangs in it. Virtio 1.2, "Console Device".
 */

import * as core from '../core'
import { answer, chain, cost, fill, next, signal, TURN, take } from './queue'
import { isLive, queueOf, Slot, slotAt } from './slot'
import { postpone } from './turn'

export const QUEUES: u32 = 2
export const FEATURES: u64 = 0

const RECEIVE: u32 = 0
const TRANSMIT: u32 = 1

/** Bytes of one turn: requests of a few lines. */
const TURN_BYTES: u32 = 128
/** What a chain holds beyond this is lost. */
const CHAIN_MOST: u64 = 1 << 20
/** Making an answer's bytes takes as long as so many descriptors. */
const BYTES_COST: u32 = 64

/** On the way from RAM to host, and on the way back what the driver's last buffer had no room for. */
const sent = memory.data(128, 64)
const fetched = memory.data(256, 64)
const FETCHED_SIZE: u32 = 256
const COUNT_SHIFT: u64 = 56

@unmanaged
class Control {
  /** Its slot plus 1; 0 while there is none. */
  slot: u32
  /** Bytes in `fetched`. */
  held: u32
}

const at = memory.data(8, 8)
function own(): Control {
  return changetype<Control>(at)
}

/** One for each VM: the last one counts. */
export function attach(slot: u32): void {
  own().slot = slot + 1
  core.controlReset()
}

export function reset(): void {
  own().held = 0
  core.controlReset()
}

/** The driver offered buffers or requests. */
export function serve(vcpu: u32, slot: Slot): void {
  transmit(vcpu, slot)
  receive(vcpu, slot)
}

/** There may be events for the VM. */
export function look(vcpu: u32): void {
  const slot = own().slot
  if (slot && isLive(slotAt(slot - 1))) receive(vcpu, slotAt(slot - 1))
}

/** Requests, as far as a turn goes. */
function transmit(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, TRANSMIT)
  let budget = TURN_BYTES
  let turn: u32 = 0
  while (turn < TURN && budget && next(vcpu, slot, queue)) {
    const length = take(sent, queue.progress, budget)
    for (let done: u32 = 0; done < length; done += 8) core.controlWrite(load<u64>(sent + done), min(length - done, 8))
    queue.progress += length
    budget -= length
    turn += cost()
    if (<u64>queue.progress >= min(chain().readableSize, CHAIN_MOST)) answer(queue, 0)
  }
  signal(vcpu, queue)
  if (turn >= TURN || !budget) postpone(slot.index)
}

/** Answers and events into the driver's buffers, as many bytes in each as fit. */
function receive(vcpu: u32, slot: Slot): void {
  const c = own()
  const queue = queueOf(slot, RECEIVE)
  let turn: u32 = 0
  while (turn < TURN && fetch() && next(vcpu, slot, queue)) {
    const size = fill(fetched, c.held)
    answer(queue, size)
    c.held -= size
    memory.copy(fetched, fetched + size, c.held)
    turn += cost() + BYTES_COST
  }
  signal(vcpu, queue)
  if (turn >= TURN) postpone(slot.index)
}

/** False: there is nothing for the driver. */
function fetch(): bool {
  const c = own()
  while (c.held + 8 <= FETCHED_SIZE) {
    const bytes = core.controlRead()
    if (!bytes) break
    store<u64>(fetched + c.held, bytes) // the count is written over, or never looked at
    c.held += <u32>(bytes >> COUNT_SHIFT)
  }
  return c.held != 0
}
