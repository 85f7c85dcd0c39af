/**
 * Entropy device: random bytes for whoever asks. The virtio device to copy for a new one: its queues and features for `plug`, a
 * `serve` that answers chains as long as there are some and its turn lasts, and its name in `device.ts`. Virtio 1.2, "Entropy
 * Device".
 */

import { CHACHA_BLOCK, chachaBlock } from '../../lib/chacha20'
import * as core from '../core'
import { admits, charge, isLimited } from './limit'
import { answer, chain, cost, fill, next, signal, TURN } from './queue'
import { queueOf, Slot } from './slot'
import { postpone } from './turn'

export const QUEUES: u32 = 1
export const FEATURES: u64 = 0

/** Making a chain's bytes takes as long as so many descriptors. */
const BYTES_COST: u32 = 32
/** Bytes for one chain: a device may give fewer than there is room for. */
const MOST: u32 = 192
const KEY_SIZE: u32 = 32
/** A key makes this many chains' bytes before core's pool is asked again. */
const RESEED: u32 = 4096

/** One key for all of the VM's entropy devices; behind it the block in the making. */
const key = memory.data(32, 64)
const output = memory.data(64 * 4, 64)
/** Chains until the next seed. */
const left = memory.data(4, 4)

/** Answers what the driver asks for. */
export function serve(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, 0)
  const limited = isLimited(slot.index)
  let turn: u32 = 0
  while (turn < TURN && next(vcpu, slot, queue)) {
    if (limited && !admits(slot.index)) break
    const size = <u32>min(chain().writableSize, <u64>MOST)
    generate(size)
    answer(queue, fill(output + KEY_SIZE, size))
    turn += cost() + BYTES_COST
    if (limited) charge(slot.index, 1, size)
  }
  signal(vcpu, queue)
  if (turn >= TURN) postpone(slot.index)
}

/**
 * `size` random bytes behind the first KEY_SIZE of `output`, which become the next key at once: who reads this memory later
 * does not learn what was given out before. D. J. Bernstein, "Fast-key-erasure random-number generators".
 */
function generate(size: u32): void {
  if (load<u32>(left) == 0) seed()
  store<u32>(left, load<u32>(left) - 1)
  const blocks = (KEY_SIZE + size + CHACHA_BLOCK - 1) / CHACHA_BLOCK
  for (let i: u32 = 0; i < blocks; i++) chachaBlock(output + i * CHACHA_BLOCK, key, i)
  memory.copy(key, output, KEY_SIZE)
  memory.fill(output, 0, KEY_SIZE)
}

function seed(): void {
  for (let i: u32 = 0; i < KEY_SIZE; i += 8) store<u64>(key + i, load<u64>(key + i) ^ core.entropy())
  store<u32>(left, RESEED)
}
