/**
 * Balloon: RAM that the guest gives back and gets again. `target` of the config, or an operator, says how much it is to keep. Pages that its driver
 * puts into the balloon, or reports as free, leave its stage 2 (src/core/balloon.ts); they come back as zeroes, from the balloon or
 * when they are touched, so that a driver need not ask first (MUST_TELL_HOST is not offered). Virtio 1.2, "Traditional Memory
 * Balloon Device".
 *
 * The standard numbers reporting_vq 4; Linux numbers the queues that it has, and so makes it 2. Here all from 2 on are that queue.
 */

import * as balloon from '../../arch/virtio-balloon'
import { CONFIGURATION_CHANGE } from '../../arch/virtio-mmio'
import * as core from '../core'
import { admits, charge, isLimited } from './limit'
import { answer, chain, cost, next, segmentIpa, segmentSize, signal, TURN, take } from './queue'
import { isLive, Queue, queueOf, Slot, setInterrupt, slotAt } from './slot'
import { postpone } from './turn'

export const QUEUES: u32 = 5
export const FEATURES: u64 = balloon.F_DEFLATE_ON_OOM | balloon.F_PAGE_REPORTING

/** Page numbers that one piece of a chain holds; each page takes as long as so many descriptors. */
const PFNS: u32 = 64
const PAGE_COST: u32 = 8
const PAGE_SHIFT: u64 = 12
/** core takes no more at once. */
const BLOCK_PAGES: u64 = 512

const pfns = memory.data(256, 64)
/** Pages that the config wants in the balloon, and those that the driver says are; its slot plus 1; what the driver last read. */
const state = memory.data(16, 4)

/** A VM has one balloon; the schema says so. */
export function attach(slot: u32): void {
  store<u32>(state, slot + 1, 8)
}

export function setTarget(pages: u32): void {
  store<u32>(state, pages)
}

/** An operator's word comes before the config's. */
function target(): u32 {
  const wish = core.balloonWish()
  return wish ? wish - 1 : load<u32>(state)
}

/** Tells the driver that there is another target. "Device Configuration Space": the generation changes with it. */
export function look(vcpu: u32): void {
  const slot = load<u32>(state, 8)
  if (!slot || target() == load<u32>(state, 12)) return
  const own = slotAt(slot - 1)
  if (!isLive(own)) return // it reads it when it comes up
  store<u32>(state, target(), 12)
  own.configGeneration++
  setInterrupt(vcpu, own, own.interruptStatus | CONFIGURATION_CHANGE)
}

export function readConfig(offset: u32): u32 {
  if (offset == balloon.NUM_PAGES) {
    store<u32>(state, target(), 12)
    return load<u32>(state, 12)
  }
  return offset == balloon.ACTUAL ? load<u32>(state, 4) : 0
}

export function writeConfig(offset: u32, size: u32, value: u32): void {
  if (offset == balloon.ACTUAL && size == 4) store<u32>(state, value, 4)
}

export function reset(): void {
  store<u32>(state, 0, 4)
}

export function serve(vcpu: u32, slot: Slot): void {
  let turn = exchange(vcpu, slot, queueOf(slot, balloon.DEFLATE), 0, false)
  turn = exchange(vcpu, slot, queueOf(slot, balloon.INFLATE), turn, true)
  for (let i = balloon.DEFLATE + 1; i < QUEUES; i++) turn = report(vcpu, slot, queueOf(slot, i), turn)
  if (turn >= TURN) postpone(slot.index)
}

/** Page numbers of one queue, until there are none, or the turn is over. What of it is used then. */
function exchange(vcpu: u32, slot: Slot, queue: Queue, used: u32, isOut: bool): u32 {
  const limited = isLimited(slot.index)
  let turn = used
  while (turn < TURN && next(vcpu, slot, queue)) {
    if (limited && !admits(slot.index)) break
    const count = take(pfns, queue.progress, PFNS * balloon.PFN_SIZE) / balloon.PFN_SIZE
    movePages(count, isOut)
    queue.progress += count * balloon.PFN_SIZE
    turn += cost() + count * PAGE_COST
    const isDone = count < PFNS || <u64>queue.progress >= chain().readableSize
    if (limited) charge(slot.index, isDone ? 1 : 0, count << (<u32>PAGE_SHIFT))
    if (isDone) answer(queue, 0)
  }
  signal(vcpu, queue)
  return turn
}

/** Neighbours together: they share what a change of stage 2 takes. */
function movePages(count: u32, isOut: bool): void {
  for (let i: u32 = 0; i < count; ) {
    const first = pfnAt(i)
    let run: u32 = 1
    while (i + run < count && pfnAt(i + run) == first + run) run++
    const ipa = (<u64>first) << balloon.PFN_SHIFT
    if (isOut) core.ramTakeOut(ipa, run)
    else core.ramPutBack(ipa, run)
    i += run
  }
}

function pfnAt(i: u32): u32 {
  return load<u32>(pfns + (i << 2))
}

/** Buffers that are free pages themselves: they are gone before the driver hears of it. */
function report(vcpu: u32, slot: Slot, queue: Queue, used: u32): u32 {
  let turn = used
  while (turn < TURN && next(vcpu, slot, queue)) {
    const found = chain()
    turn += cost()
    for (let i = found.readable; i < found.count; i++) turn += takeOut(segmentIpa(i), segmentSize(i))
    answer(queue, 0)
  }
  signal(vcpu, queue)
  return turn
}

/** Whole pages of a buffer. What that took of a turn. */
function takeOut(ipa: u64, size: u32): u32 {
  const end = (ipa + size) >> PAGE_SHIFT
  let page = (ipa + (1 << PAGE_SHIFT) - 1) >> PAGE_SHIFT
  let calls: u32 = 0
  while (page < end) {
    const count = min(end - page, BLOCK_PAGES)
    core.ramTakeOut(page << PAGE_SHIFT, <u32>count)
    page += count
    calls++
  }
  return calls * PAGE_COST
}
