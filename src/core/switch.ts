/** The switch's compartment: begun at boot, and begun anew after a fault in it, without what it had learnt. One CPU at a time asks
 * it; and as long as it does, also writes down what senders need not ask again. */
import { MAX_PORTS } from '../abi/layout'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { acquire, release } from '../lib/lock'
import { isListed, isTemplate, nodeAt, tree } from './bundle'
import { netInstantiate, netMemorySize } from './link'
import * as net from './net'
import { Port, portAt } from './port'
import { reportSwitchFault } from './report'
import { mapService, NET, serviceAt, takeNews, wipe } from './service'

/** Ticket lock: every call into the switch, its Service, and the fields below. */
const lock = memory.data(8, 8)
/** What a call answers that failed. No frame goes to all ports: its own is among them. */
const FAILED: u32 = u32.MAX_VALUE
const MAC: u64 = 0xffff_ffff_ffff
const SOURCE_SHIFT: u64 = 48
if (MAX_PORTS > 32) ERROR('bitmaps of ports are u32')

/** Ports that the switch knows, a bit each. Under the lock, or at boot. */
let members: u32 = 0

/** With the ports that the bundle has for networks, if any. False: there is no memory for it, or it fails as soon as it begins.
 * Boot only, while the bundle's tree is mapped. */
export function startSwitch(): bool {
  if (!members && !hasTemplatePorts()) return true
  return mapService(NET, netMemorySize()) && begin()
}

function hasTemplatePorts(): bool {
  for (let i: u32 = 0; isListed(i); i++) if (isTemplate(i) && fdt.property(tree, nodeAt(i), 'ports')) return true
  return false
}

/** A port of the config's. Boot only. */
export function markMember(index: u32): void {
  members |= 1 << index
}

function begin(): bool {
  const service = serviceAt(NET)
  service.isBroken = false
  netInstantiate()
  net.init(hw.cntfrq_el0())
  for (let left = members; left; left &= left - 1) add(portAt(ctz(left)))
  service.isUp = !service.isBroken
  return service.isUp
}

function add(port: Port): void {
  net.addPort(port.index, port.mac, port.place)
}

/** The ports, a bit each, that get a frame from `port` whose first 14 bytes these are. */
export function forward(port: Port, head: u64, rest: u64): u32 {
  acquire(lock)
  let ports = serviceAt(NET).isUp ? net.forward(port.index, head, rest) : 0
  // A switch that is not itself may say ports that are none, or the sender's.
  ports = ports === FAILED ? 0 : ports & members & ~(1 << port.index)
  remember(port, head, rest, ports)
  leave()
  return ports
}

/** From a port's own address to another's the switch says the same as long as both exist: then it is not asked again. */
function remember(port: Port, head: u64, rest: u64, ports: u32): void {
  const source = (head >> SOURCE_SHIFT) | ((rest & 0xffff_ffff) << 16)
  if (popcnt(ports) !== 1 || source !== port.mac || portAt(ctz(ports)).mac !== (head & MAC)) return
  port.known0 = head
  port.known1 = rest
  port.knownPorts = ports
}

/** The port's VM sends and gets frames from now on, until `part`. */
export function join(port: Port): void {
  acquire(lock)
  const own: u32 = 1 << port.index
  if (!(members & own)) {
    members |= own
    if (serviceAt(NET).isUp) add(port)
  }
  leave()
}

/** The switch knows none of `gone`, a bit each, any more, and no sender remembers one: whoever asks from now on is told of others. */
export function part(gone: u32): void {
  acquire(lock)
  const left = members & gone
  members &= ~gone
  const service = serviceAt(NET)
  for (let all = left; all && service.isUp && !service.isBroken; all &= all - 1) net.removePort(ctz(all))
  for (let all = left ? members : 0; all; all &= all - 1) {
    const port = portAt(ctz(all))
    if (port.knownPorts & left) port.known0 = port.known1 = port.knownPorts = 0
  }
  leave()
}

/** Gives the lock back. */
function leave(): void {
  if (serviceAt(NET).isBroken) mend()
  else release(lock)
}

/** The same, once the switch that failed has begun anew. */
function mend(): void {
  const service = serviceAt(NET)
  wipe(NET, netMemorySize())
  begin()
  const isNews = takeNews(service)
  release(lock)
  if (isNews) reportSwitchFault()
}
