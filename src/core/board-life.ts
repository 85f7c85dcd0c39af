/** Devices of the board, VMs' own and those that services drive: what boot, interrupts and the ends of VMs have to do with them. */
import { EXTENSION_STORAGE, EXTENSION_UPLINK } from '../abi/extension'
import { Cpu } from './cpu'
import * as dispatch from './dispatch'
import { hasExtension } from './extension'
import * as gic from './gic'
import * as gpio from './gpio'
import * as grant from './grant'
import { resume, takeInterrupt } from './incoming'
import * as passthrough from './passthrough'
import { reportBoard } from './report-board'
import { STORAGE, UPLINK } from './service'
import { forgetVolumes } from './services-volume'
import { startStorage } from './storage-life'
import { startUplink } from './uplink-life'
import { Vm } from './vm'
import * as watchdog from './watchdog'

/** Boot: every VM is known, none runs; the bundle's tree is mapped. */
export function begin(): void {
  reportBoard()
  if (hasExtension(EXTENSION_STORAGE)) startStorage()
  if (hasExtension(EXTENSION_UPLINK)) startUplink()
}

/** Boot: every CPU is there that came; `keeper` takes the board's interrupts. */
export function open(from: Cpu, keeper: Cpu): void {
  passthrough.route()
  gpio.route(keeper)
  grant.route(keeper)
  watchdog.setKeeper(from, keeper)
}

/** A shared interrupt that this CPU took. False: it is nobody's here. */
export function take(cpu: Cpu, iar: u32): bool {
  const intid = iar & gic.INTID
  if (passthrough.take(cpu, intid)) return true // its guest ends it
  if (gpio.hasInterrupt(intid)) {
    gpio.take()
    gic.deactivate(iar) // last, too
    return true
  }
  const service = grant.ownerOf(intid)
  if (!service) return false
  gic.deactivate(iar) // first: a service that fails is closed, and with it its interrupt
  if (service === STORAGE) dispatch.interrupt()
  else if (service === UPLINK) takeInterrupt(cpu)
  return true
}

/** On the keeper, at `cpu.boardAt`. */
export function keep(cpu: Cpu, now: u64): void {
  cpu.boardAt = watchdog.feed(now)
  if (hasExtension(EXTENSION_UPLINK)) cpu.boardAt = min(cpu.boardAt, resume(now))
}

/** The VM's life is over. */
export function detach(vm: Vm): void {
  passthrough.detach(vm)
  if (hasExtension(EXTENSION_STORAGE)) forgetVolumes(vm)
}
