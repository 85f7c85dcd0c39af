/**
 * Who goes next to the board's storage: one request of each disk in turn, as many at once as the device takes; and the life of the
 * service that drives it. A request that was with the service when that failed goes there again, after the device was reset, and
 * from then on alone: whichever it fails at is found, and no other is given up with it.
 */
import { DRIVER_VIRTIO, VOLUME_TICKETS } from '../abi/storage'
import * as hw from '../hw'
import { acquire, LOCK_SIZE, release } from '../lib/lock'
import { enter, setOpen } from './grant'
import { storageInstantiate, storageMemorySize } from './link'
import { reportService } from './report'
import { remindOfFrames } from './request'
import { Service, STORAGE, serviceAt, takeNews, wipe } from './service'
import * as storage from './storage'
import { setState, stateOf, Ticket, TicketState, ticketAt, ticketCount, volumeAt, volumeCount } from './volume'

/** Ticket lock: every call into the service, its Service, and the fields below. */
const lock = memory.data(LOCK_SIZE, 8)
/** A request is tried so often before it fails; a service that fails so often in a row is left for good. */
const FAILURES_MOST: u32 = 3
const FAULTS_MOST: u32 = 8
const TICKETS: u32 = <u32>VOLUME_TICKETS

// storage.lock:
let driver: u32 = DRIVER_VIRTIO
let clocks: u64 = 0
/** Requests that the device takes at once, and has. */
let depth: u32 = 0
let submitted: u32 = 0
/** The volume whose request went last; the number of the last request that came. */
let last: u32 = 0
let order: u32 = 0
/** Faults since a request was last done. */
let faults: u32 = 0
/** Requests that the service failed with may wait: each goes alone. */
let hasSuspects = false
/** Volumes whose compartments are to look, a bit each. */
let news: u32 = 0

function self(): Service {
  return serviceAt(STORAGE)
}

export function lockStorage(): void {
  acquire(lock)
  enter(STORAGE)
}

/** Lets a service that failed begin anew, gives the lock back, and tells who has news. */
export function unlockStorage(): void {
  if (self().isBroken) mend()
  const toTell = news
  news = 0
  const isNews = takeNews(self())
  release(lock)
  for (let left = toTell; left; left &= left - 1) remindOfFrames(volumeAt(ctz(left)).vm)
  if (isNews) reportService(STORAGE, 'the storage', '; every request to it fails')
}

/** Over memory that is zero. `hertz`: an SD host's clocks. False: the device does not work, or the service fails at once. */
export function begin(kind: u32, hertz: u64): bool {
  const service = self()
  driver = kind
  clocks = hertz
  service.isBroken = false
  storageInstantiate()
  const slots = storage.init(driver, hw.cntfrq_el0(), clocks)
  submitted = 0 // whatever it said meanwhile of requests that it does not have
  service.isUp = !service.isBroken && slots !== 0
  depth = service.isUp ? slots : 0
  setOpen(STORAGE, service.isUp)
  return service.isUp
}

/** The service failed: what it had goes to the next one, or fails. Only once that has reset the device, which may write to a request's
 * buffer before. Boot aside, under storage.lock. */
function mend(): void {
  while (self().isBroken) {
    setOpen(STORAGE, false)
    self().isUp = false
    wipe(STORAGE, storageMemorySize())
    const isBack = ++faults <= FAULTS_MOST && begin(driver, clocks)
    for (let i: u32 = 0; i < ticketCount(); i++) takeBack(i)
    if (!isBack) break
    dispatch()
  }
  self().isBroken = false
  if (!self().isUp) failAll()
}

function takeBack(index: u32): void {
  const ticket = ticketAt(index)
  if (stateOf(ticket) === TicketState.Orphan) settle(index, 0)
  if (stateOf(ticket) !== TicketState.Submitted) return
  if (++ticket.failures >= FAILURES_MOST) settle(index, 0)
  else {
    setState(ticket, TicketState.Waiting)
    hasSuspects = true
  }
}

function failAll(): void {
  for (let i: u32 = 0; i < ticketCount(); i++) if (stateOf(ticketAt(i)) === TicketState.Waiting) settle(i, 0)
}

/** A request is over. */
function settle(index: u32, result: u32): void {
  const ticket = ticketAt(index)
  const volume = volumeAt(index / TICKETS)
  if (stateOf(ticket) === TicketState.Orphan) {
    setState(ticket, TicketState.Free)
    if (--volume.orphans) return
  } else {
    ticket.result = result
    setState(ticket, TicketState.Done)
  }
  news |= 1 << (index / TICKETS)
}

/** A claimed request waits from now on. Under storage.lock. */
export function queue(index: u32): void {
  const ticket = ticketAt(index)
  ticket.order = order++
  ticket.failures = 0
  setState(ticket, TicketState.Waiting)
  if (self().isUp) dispatch()
  else settle(index, 0)
}

/** As many requests to the service as the device takes. */
function dispatch(): void {
  while (submitted < depth && !self().isBroken) {
    if (hasSuspects && submitted) return
    const index = next()
    if (index < 0) return
    const ticket = ticketAt(index)
    submitted++
    setState(ticket, TicketState.Submitted)
    storage.submit(<u32>index | (ticket.request << 16), ticket.sector, ticket.count)
  }
}

/** A request that the service failed with; the oldest request of the next volume that has any; -1: nobody has. */
function next(): i32 {
  for (let i: u32 = 0; hasSuspects && i < ticketCount(); i++) {
    if (stateOf(ticketAt(i)) === TicketState.Waiting && ticketAt(i).failures) return i
  }
  hasSuspects = false
  for (let i: u32 = 1; i <= volumeCount; i++) {
    const volume = (last + i) % volumeCount
    let found: i32 = -1
    for (let j = volume * TICKETS; j < (volume + 1) * TICKETS; j++) {
      const ticket = ticketAt(j)
      if (stateOf(ticket) !== TicketState.Waiting) continue
      if (found < 0 || <i32>(ticket.order - ticketAt(found).order) < 0) found = <i32>j
    }
    if (found < 0) continue
    last = volume
    return found
  }
  return -1
}

/** From the service: the device has done what request `index` wanted, or not. */
export function requestDone(index: u32, isDone: u32): void {
  if (index >= ticketCount()) return
  const state = stateOf(ticketAt(index))
  if (state !== TicketState.Submitted && state !== TicketState.Orphan) return
  submitted--
  faults = 0
  settle(index, isDone ? 1 : 0)
}

/** The device's interrupt. */
export function interrupt(): void {
  lockStorage()
  if (self().isUp) {
    storage.interrupt()
    dispatch()
  }
  unlockStorage()
}

/** The VM's compartment forgets a volume: nothing that is still on its way has a meaning any more. Under storage.lock. */
export function forget(volume: u32): void {
  for (let i = volume * TICKETS; i < (volume + 1) * TICKETS; i++) {
    const ticket: Ticket = ticketAt(i)
    if (stateOf(ticket) === TicketState.Submitted) {
      setState(ticket, TicketState.Orphan)
      volumeAt(volume).orphans++
    } else if (stateOf(ticket) !== TicketState.Orphan) setState(ticket, TicketState.Free)
  }
}
