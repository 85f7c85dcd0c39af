/**
 * Networks' way out: the port at the switch whose buffers the board's network card sends from, and the life of the service that drives
 * the card. What comes in: src/core/incoming.ts.
 */
import { UPLINK_BUFFER, UPLINK_TRANSMIT, UPLINK_TRANSMIT_AT } from '../abi/uplink'
import * as hw from '../hw'
import { acquire, LOCK_SIZE, release } from '../lib/lock'
import { directVa } from './address'
import { mask } from './gic-spi'
import { enter, grantAt, setOpen } from './grant'
import { uplinkInstantiate, uplinkMemorySize } from './link'
import {
  close,
  filledAt,
  filledOf,
  lockPort,
  offeredAt,
  openOutside,
  Port,
  portAt,
  setOffered,
  unlockPort,
} from './port'
import { clear, letGo } from './port-share'
import { reportService } from './report'
import { Service, serviceAt, takeNews, UPLINK, wipe } from './service'
import * as uplink from './uplink'

/** Ticket lock: every call into the service, its Service, and the fields below. */
const lock = memory.data(LOCK_SIZE, 8)
const BUFFERS: u32 = UPLINK_TRANSMIT
/** Faults since a frame last came or went, after which the service is left for good. */
const FAULTS_MOST: u32 = 8
/** Boot only writes. */
let index: u32 = 0

// uplink.lock:
let faults: u32 = 0

function self(): Service {
  return serviceAt(UPLINK)
}

/** Its place at the switch. */
export function outsidePort(): Port {
  return portAt(index)
}

/** A frame came or went. */
export function noteLife(): void {
  faults = 0
}

/** Boot, with the service's memory and device in place: `port` is its place at the switch. False: the card does not work. */
export function beginOutside(port: u32): bool {
  index = port
  lockUplink()
  const isUp = begin()
  unlockUplink()
  return isUp
}

/** Over memory that is zero. */
function begin(): bool {
  const service = self()
  service.isBroken = false
  uplinkInstantiate()
  const isUp = uplink.init(hw.cntfrq_el0()) === 1
  service.isUp = isUp && !service.isBroken
  if (service.isUp) {
    openPort()
    setOpen(UPLINK, true)
  }
  return service.isUp
}

/** Its buffers are offered as a VM's would be. */
function openPort(): void {
  const port = portAt(index)
  close(port)
  clear()
  for (let i: u32 = 0; i < BUFFERS; i++) putBack(port, i)
  openOutside(port)
}

function putBack(port: Port, buffer: u32): void {
  const piece = offeredAt(port, port.offered)
  piece.va = directVa(grantAt(UPLINK).dmaPa + UPLINK_TRANSMIT_AT + <u64>(buffer * UPLINK_BUFFER))
  piece.size = UPLINK_BUFFER
  piece.head = <u16>buffer
  piece.isLast = 1
  setOffered(port, port.offered + 1)
}

export function lockUplink(): void {
  acquire(lock)
  enter(UPLINK)
}

/** Lets a service that failed begin anew; frames that it had are lost. */
export function unlockUplink(): void {
  const service = self()
  while (service.isBroken) {
    mask(grantAt(UPLINK).intid) // whoever is in its interrupt ends that
    close(portAt(index))
    service.isUp = false
    wipe(UPLINK, uplinkMemorySize())
    if (++faults > FAULTS_MOST) service.isBroken = false
    else begin()
  }
  const isNews = takeNews(service)
  release(lock)
  if (isNews) reportService(UPLINK, 'the uplink', '; networks reach nothing outside')
}

/** Frames that wait go to the card, and buffers of those that are sent come back. */
export function flush(): void {
  lockUplink()
  if (self().isUp) pump()
  unlockUplink()
}

/** The same, under uplink.lock, while the service is up. */
export function pump(): void {
  const port = portAt(index)
  const service = self()
  let isAny = false
  while (port.collected !== filledOf(port) && !service.isBroken) {
    const entry = filledAt(port, port.collected++)
    uplink.transmit(entry.head, entry.written)
    isAny = true
  }
  if (isAny && !service.isBroken) uplink.send()
  for (let i: u32 = 0; i < BUFFERS && !service.isBroken; i++) {
    const buffer = uplink.reclaim()
    if (buffer >= BUFFERS) break
    lockPort(port)
    if (letGo(buffer)) putBack(port, buffer)
    unlockPort(port)
    noteLife()
  }
}
