/** GICD_ITARGETSR of GICv2: a byte for each INTID, a bit for each vCPU. IHI 0048 "GICD_ITARGETSRn". */

import { bankAt, INTIDS, pinOfShared } from './bank'
import { everyVcpu, machine, readyOf } from './machine'
import { NO_VCPU, setRoute } from './pin'
import { changed } from './settle'

const targets = memory.data(256, 64)

/** Four bytes from `intid` on. Those of a uniprocessor are zero; private interrupts say whose they are. */
export function readTargets(vcpu: u32, intid: u32): u32 {
  if (machine().vcpuCount == 1 || intid >= INTIDS) return 0
  return intid < 32 ? 0x0101_0101 << vcpu : load<u32>(targets + intid - 32)
}

/** Deviation: an SPI with several targets goes to the lowest of them, as the 1-of-N model allows. */
export function writeTargets(vcpu: u32, intid: u32, size: u32, value: u32): void {
  if (machine().vcpuCount == 1 || intid < 32 || intid >= INTIDS) return
  const pin = pinOfShared(intid)
  for (let n: u32 = 0; n < size; n++) {
    const mask = (value >> (n << 3)) & everyVcpu() & 0xff
    store<u8>(targets + intid - 32 + n, <u8>mask)
    setRoute(pin + n, mask ? ctz(mask) : NO_VCPU)
  }
  const bank = bankAt(pin >> 5)
  const due = (((1 << size) - 1) << (pin & 31)) & (readyOf(bank) | bank.held)
  if (due) changed(vcpu, pin >> 5, due)
}
