/** Services: compartments that drive what is the board's, or work for several VMs: host, and what extensions bring. A call that
 * fails in one returns all ones (boot/guard.S), and whoever called lets the service begin anew. Each one's state is under its
 * caller's lock. */
import { TRAP_MEMORY } from '../abi/compartment'
import { HOST_SLOT, INSTANCE_BELOW, PAGE_SIZE, SERVICE_SLOT, SLOT_SHIFT } from '../abi/layout'
import * as hw from '../hw'
import { mapFresh } from './stage1'

/** Their numbers: of slots, and of modules from MODULE_SERVICE on (tool/compile/model.ts). */
export const HOST: u32 = 0
export const NET: u32 = 1
export const STORAGE: u32 = 2
export const UPLINK: u32 = 3
export const SERVICES: u32 = 4
export const MODULE_SERVICE: u32 = 3

@unmanaged
export class Service {
  /** Calls into it make sense. */
  isUp: bool
  /** A call into it failed, and it has not begun anew since. */
  isBroken: bool
  /** Its faults so far, those that were told of, and the last: a trap's file and line, or the address that the MMU refused. */
  faults: u32
  faultsTold: u32
  faultCode: u32
  faultLine: u32
  faultFile: u64
  faultPc: u64
  faultAddress: u64
}

const SHIFT: usize = 6
const services = memory.data(256, 8)
if (offsetof<Service>() > 1 << SHIFT || (<usize>SERVICES) << SHIFT > 256) ERROR('services need more memory')

export function serviceAt(number: u32): Service {
  return changetype<Service>(services + ((<usize>number) << SHIFT))
}

/** Of a module's number; -1: it is none. */
export function serviceOfModule(module: u32): i32 {
  return module - MODULE_SERVICE < SERVICES ? <i32>(module - MODULE_SERVICE) : -1
}

/** The service whose window or instance holds EL2 address `va`; -1: none. */
export function serviceAtVa(va: u64): i32 {
  const slot = (va + INSTANCE_BELOW) >> SLOT_SHIFT
  if (slot === HOST_SLOT) return HOST
  return slot > <u64>SERVICE_SLOT && slot < <u64>SERVICE_SLOT + SERVICES ? <i32>(slot - SERVICE_SLOT) : -1
}

export function baseOf(service: u32): u64 {
  return (<u64>(service === HOST ? HOST_SLOT : SERVICE_SLOT + service)) << SLOT_SHIFT
}

/** Memory for its instance and `size` bytes of its window, as its module says. Boot only. */
export function mapService(service: u32, size: u32): bool {
  const base = baseOf(service)
  return mapFresh(base - INSTANCE_BELOW, PAGE_SIZE) && mapFresh(base + PAGE_SIZE, <u64>size - PAGE_SIZE)
}

/** Its memory as it was before it first began; the caller instantiates it then. */
export function wipe(service: u32, size: u32): void {
  const base = baseOf(service)
  hw.scrub(base - INSTANCE_BELOW, PAGE_SIZE)
  hw.scrub(base + PAGE_SIZE, <u64>size - PAGE_SIZE)
}

/** It failed since this was last asked. */
export function takeNews(service: Service): bool {
  const isNews = service.faultsTold !== service.faults
  service.faultsTold = service.faults
  return isNews
}

export function noteTrap(service: Service, code: u32, file: u64, line: u32, pc: u64): void {
  note(service, code, pc)
  service.faultFile = file
  service.faultLine = line
}

export function noteFault(service: Service, pc: u64, far: u64): void {
  note(service, TRAP_MEMORY, pc)
  service.faultFile = 0
  service.faultAddress = far
}

function note(service: Service, code: u32, pc: u64): void {
  service.isBroken = true
  service.faults++
  service.faultCode = code
  service.faultPc = pc
}
