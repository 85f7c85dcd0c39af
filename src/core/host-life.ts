/** host's compartment: begun at boot, and begun anew after a fault in it. A call that fails in it returns all ones
 * (boot/guard.S): nothing typed, no deadline, byte taken, room for all. Everything here is under host.lock. */
import { TRAP_MEMORY } from '../abi/compartment'
import { HOST_SLOT, INSTANCE_BELOW, PAGE_SIZE, SLOT_SHIFT } from '../abi/layout'
import * as hw from '../hw'
import * as host from './host'
import { hostInstantiate, hostMemorySize } from './link'
import { uartKind, uartPa } from './machine'
import { NAME_SIZE, nameOf, vmAt, vmCount } from './vm'

const BASE: u64 = (<u64>HOST_SLOT) << SLOT_SHIFT

/** It drives the console. */
export let isUp = false
/** A call into it failed and it has not begun anew since. */
export let isBroken = false

/** Its faults so far, those that were told of, and the last: a trap's file and line, or the address that the MMU refused. */
export let faults: u32 = 0
let faultsTold: u32 = 0
export let faultCode: u32 = 0
export let faultFile: u64 = 0
export let faultLine: u32 = 0
export let faultPc: u64 = 0
export let faultAddress: u64 = 0

/** Over memory that is zero. False: it failed at that already. */
export function begin(): bool {
  isBroken = false
  hostInstantiate()
  host.init(uartKind, <u32>uartPa & (PAGE_SIZE - 1), <u32>hw.cntfrq_el0())
  for (let i: u32 = 0; i < vmCount; i++) tellName(i)
  isUp = !isBroken
  return isUp
}

/** After a fault, as at boot: what it held of the guests' output, and what was typed, is lost. */
export function beginAnew(): bool {
  hw.scrub(BASE - INSTANCE_BELOW, PAGE_SIZE)
  hw.scrub(BASE + PAGE_SIZE, <u64>hostMemorySize() - PAGE_SIZE)
  return begin()
}

/** Nobody asks it for anything any more. */
export function leave(): void {
  isUp = false
}

export function tellName(vm: u32): void {
  const name = nameOf(vmAt(vm))
  for (let i: u32 = 0; i < NAME_SIZE && load<u8>(name + i); i++) host.setName(vm, i, load<u8>(name + i))
}

/** It failed since this was last asked. */
export function takeNews(): bool {
  const isNews = faultsTold !== faults
  faultsTold = faults
  return isNews
}

export function noteTrap(code: u32, file: u64, line: u32, pc: u64): void {
  note(code, pc)
  faultFile = file
  faultLine = line
}

export function noteFault(pc: u64, far: u64): void {
  note(TRAP_MEMORY, pc)
  faultFile = 0
  faultAddress = far
}

function note(code: u32, pc: u64): void {
  isBroken = true
  faults++
  faultCode = code
  faultPc = pc
}
