/** Physical interrupts: the vCPU's timers, kicks between CPUs, list register maintenance, the board's console. */
import { TIMER_PHYSICAL_INTID, TIMER_VIRTUAL_INTID } from '../abi/guest-machine'
import * as compartment from './compartment'
import { serveUart } from './console'
import { Cpu } from './cpu'
import * as gic from './gic'
import { maintenanceIntid, uartIntid } from './machine'
import { takeRequests } from './request'
import { Vcpu } from './vcpu'

const INTID: u32 = 0xff_ffff
/** GICv2 puts an SGI's sender in bits 12:10. */
const INTID_V2: u32 = 0x3ff
const FIRST_PPI: u32 = 16

/** A timer of the vCPU's: it stays active until the guest has handled it, so that it comes once. */
export function isTimer(iar: u32): bool {
  return iar === TIMER_VIRTUAL_INTID || iar === TIMER_PHYSICAL_INTID
}

/** Handles an interrupt that was acknowledged as `iar`; none, where that is spurious. */
export function handleInterrupt(cpu: Cpu, iar: u32): void {
  const intid = iar & INTID
  if (isTimer(iar)) {
    gic.dropPriority(iar)
    gic.deactivate(iar) // of a vCPU that has just left
    return
  }
  if ((intid & INTID_V2) >= gic.SPECIAL) return
  gic.dropPriority(iar)
  gic.deactivate(iar) // first: a compartment that fails does not come back here, and a line that stays high comes again
  if ((intid & INTID_V2) < FIRST_PPI) cpu.work |= takeRequests(cpu)
  else if (intid == maintenanceIntid) {
    if (cpu.vcpu) compartment.maintenance(changetype<Vcpu>(cpu.vcpu))
  } else if (intid == uartIntid) serveUart(cpu)
}
