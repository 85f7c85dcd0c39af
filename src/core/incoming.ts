/**
 * Frames that come from the board's network card, on the keeper: from the buffers that the card wrote into those of VMs, copied once. A
 * flood takes no more of the keeper's time than the config's share, whoever runs there: doc/why/network.md.
 */
import { UPLINK_BUFFER, UPLINK_MEMORY } from '../abi/uplink'
import { HEADER_SIZE } from '../arch/virtio-net'
import * as hw from '../hw'
import { directVa } from './address'
import { Cpu, WORK_TIMER } from './cpu'
import { ETHERNET, sendWhole } from './frame'
import { mask } from './gic-spi'
import { grantAt, setOpen } from './grant'
import { lockUplink, noteLife, outsidePort, pump, unlockUplink } from './outside'
import { Port } from './port'
import { Service, serviceAt, UPLINK } from './service'
import { tellReceivers } from './tell'
import * as uplink from './uplink'

/** Frames in one go; then interrupts have their turn. */
const TURN: u32 = 64
const NOTHING: u64 = u64.MAX_VALUE
/** Of its time it may have saved up, in 1/s: a millisecond. */
const BURST: u64 = 1000
const PERCENT: u64 = 100
const NEVER: u64 = u64.MAX_VALUE

/** Of the keeper's time. Boot only writes. */
let share: u64 = PERCENT

// The keeper's own:
/** Count at which what came in so far is paid for; and at which to look again, NEVER: when the card interrupts. */
let paidUntil: u64 = 0
let resumeAt: u64 = NEVER

export function setShare(percent: u32): void {
  share = <u64>percent
}

function self(): Service {
  return serviceAt(UPLINK)
}

/** The card's interrupt. */
export function takeInterrupt(cpu: Cpu): void {
  look()
  if (resumeAt === NEVER) return
  cpu.boardAt = min(cpu.boardAt, resumeAt)
  cpu.work |= WORK_TIMER
}

function look(): void {
  lockUplink()
  if (self().isUp) {
    uplink.interrupt()
    takeIn()
  }
  unlockUplink()
  tellReceivers(outsidePort())
}

/** In the keeper's loop: looks again once it is time. The next count at which it is, NEVER: when the card interrupts. */
export function resume(now: u64): u64 {
  if (now < resumeAt) return resumeAt
  resumeAt = NEVER
  if (!self().isUp) return NEVER
  setOpen(UPLINK, true)
  look()
  return resumeAt
}

/** What has come, as far as a turn goes. If there may be more, or its time is spent, the card keeps silent until it is time again. */
function takeIn(): void {
  const began = hw.cntpct_el0()
  const port = outsidePort()
  const service = self()
  let left = TURN
  for (; left && !service.isBroken; left--) {
    const next = uplink.receive()
    if (next === NOTHING) break
    carry(port, <u32>next, <u32>(next >> 32))
  }
  if (!service.isBroken) uplink.refill()
  if (!service.isBroken) pump()
  const now = hw.cntpct_el0()
  const burst = hw.cntfrq_el0() / BURST
  // ITU-T I.371, "Equivalent versions of GCRA": it runs ahead of the clock by what its share has not paid yet.
  paidUntil = max(paidUntil, began) + ((now - began) * PERCENT) / share
  if (left && paidUntil <= now + burst) return
  // With half of it saved up again: who looked each time that a look is paid for would never rest.
  resumeAt = paidUntil <= now + burst ? now : paidUntil - burst / 2
  mask(grantAt(UPLINK).intid)
}

/** A frame of `size` bytes at `at` of the shared memory, which the service says and nobody has looked at. */
function carry(port: Port, at: u32, size: u32): void {
  noteLife()
  if (size < ETHERNET || size > <u32>UPLINK_BUFFER - HEADER_SIZE || at > <u32>UPLINK_MEMORY - size) return
  sendWhole(port, directVa(grantAt(UPLINK).dmaPa + <u64>at), size)
}
