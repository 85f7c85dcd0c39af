/** The switch's compartment: begun at boot, and begun anew after a fault in it, without what it had learnt. One CPU at a time asks
 * it. */
import * as hw from '../hw'
import { acquire, release } from '../lib/lock'
import { netInstantiate, netMemorySize } from './link'
import * as net from './net'
import { framePorts, portAt } from './port'
import { reportSwitchFault } from './report'
import { mapService, NET, serviceAt, takeNews, wipe } from './service'

/** Ticket lock: every call into the switch, and its Service. */
const lock = memory.data(8, 8)
/** What a call answers that failed. */
const FAILED: u32 = u32.MAX_VALUE

/** With the ports that the bundle has for networks, if any. False: there is no memory for it, or it fails as soon as it begins.
 * Boot only. */
export function startSwitch(): bool {
  if (!framePorts) return true
  return mapService(NET, netMemorySize()) && begin()
}

function begin(): bool {
  const service = serviceAt(NET)
  service.isBroken = false
  netInstantiate()
  net.init(hw.cntfrq_el0())
  for (let left = framePorts; left; left &= left - 1) {
    const port = portAt(ctz(left))
    net.addPort(port.index, port.mac, port.place)
  }
  service.isUp = !service.isBroken
  return service.isUp
}

/** The ports, a bit each, that get a frame from `port` whose first 14 bytes these are. */
export function forward(port: u32, head: u64, rest: u64): u32 {
  acquire(lock)
  const service = serviceAt(NET)
  let ports = service.isUp ? net.forward(port, head, rest) : 0
  // No frame goes to all ports: its own is among them.
  if (ports === FAILED) ports = 0
  const isBroken = service.isBroken
  if (isBroken) {
    wipe(NET, netMemorySize())
    begin()
  }
  const isNews = isBroken && takeNews(service)
  release(lock)
  if (isNews) reportSwitchFault()
  return ports
}
