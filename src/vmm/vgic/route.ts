/** GICD_IROUTER<n> of GICv3: the affinity of the vCPU that SPI n goes to. vCPU n has affinity 0.0.0.n. */

import { bankAt, bitOf, FIRST_SHARED, pinOfShared } from './bank'
import { machine, readyOf } from './machine'
import { NO_VCPU, setRoute } from './pin'
import { changed } from './settle'

/** Aff2, Aff1, Aff0. Aff3 and the 1-of-N mode do not exist (GICD_TYPER.A3V and No1N). */
const AFFINITY: u32 = 0x00ff_ffff
const routers = memory.data(256 * 4, 64)

export function readRouter(intid: u32): u32 {
  return load<u32>(at(intid))
}

export function writeRouter(vcpu: u32, intid: u32, value: u32): void {
  const affinity = value & AFFINITY
  store<u32>(at(intid), affinity)
  const pin = pinOfShared(intid)
  setRoute(pin, affinity < machine().vcpuCount ? affinity : NO_VCPU)
  const bank = bankAt(pin >> 5)
  if ((readyOf(bank) | bank.held) & bitOf(pin)) changed(vcpu, pin >> 5, bitOf(pin))
}

function at(intid: u32): usize {
  return routers + ((pinOfShared(intid) - FIRST_SHARED) << 2)
}
