/** host's compartment, the service that has the console: begun at boot, and begun anew after a fault in it. A call that fails says
 * all ones: nothing typed, no deadline, byte taken, room for all. Everything here is under host.lock. */
import { UART_KIND_NONE } from '../abi/compartment'
import { EXTENSION_CONTROL, LITERALS_HOST } from '../abi/extension'
import { PAGE_SIZE } from '../abi/layout'
import * as hw from '../hw'
import { hasExtension, layLiterals } from './extension'
import * as host from './host'
import { hostInstantiate, hostMemorySize } from './link'
import { uartKind, uartPa, wireKind, wirePa } from './machine'
import { baseOf, HOST, Service, serviceAt, wipe } from './service'
import { NAME_SIZE, nameOf, vmAt, vmCount } from './vm'

function self(): Service {
  return serviceAt(HOST)
}

/** It drives the console. */
export function isUp(): bool {
  return self().isUp
}

export function isBroken(): bool {
  return self().isBroken
}

/** Over memory that is zero. False: it failed at that already. */
export function begin(): bool {
  const service = self()
  service.isBroken = false
  hostInstantiate()
  host.init(uartKind, <u32>uartPa & (PAGE_SIZE - 1), <u32>hw.cntfrq_el0())
  attach()
  for (let i: u32 = 0; i < vmCount; i++) tellName(i)
  service.isUp = !service.isBroken
  return service.isUp
}

/** What the bundle brought for it: at boot that is known only when it has begun. */
export function attach(): void {
  layLiterals(LITERALS_HOST, baseOf(HOST))
  if (!hasExtension(EXTENSION_CONTROL)) return
  host.attach(<u32>hw.cntfrq_el0())
  attachWire()
}

/** The control line's own UART, if it has one: its page is behind the console's. */
export function attachWire(): void {
  if (wireKind !== UART_KIND_NONE) host.openWire(wireKind, PAGE_SIZE + (<u32>wirePa & (PAGE_SIZE - 1)))
}

/** After a fault, as at boot: what it held of the guests' output, and what was typed, is lost. */
export function beginAnew(): bool {
  wipe(HOST, hostMemorySize())
  return begin()
}

/** Nobody asks it for anything any more. */
export function leave(): void {
  self().isUp = false
}

export function tellName(vm: u32): void {
  const name = nameOf(vmAt(vm))
  for (let i: u32 = 0; i < NAME_SIZE && load<u8>(name + i); i++) host.setName(vm, i, load<u8>(name + i))
}
