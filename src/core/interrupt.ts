/** Physical interrupts: the vCPU's timers, kicks between CPUs, list register maintenance, the board's console. */
import { EXTENSION_BOARD } from '../abi/extension'
import { TIMER_PHYSICAL_INTID, TIMER_VIRTUAL_INTID } from '../abi/guest-machine'
import * as hw from '../hw'
import * as boardLife from './board-life'
import * as compartment from './compartment'
import { serveUart } from './console'
import { Cpu, WORK_TIMER } from './cpu'
import { hasExtension } from './extension'
import * as gic from './gic'
import { maintenanceIntid, SCHEDULER_INTID, uartIntid, wireIntid } from './machine'
import { takeRequests } from './request'
import { wake } from './server'
import { Run, Vcpu } from './vcpu'

const FIRST_PPI: u32 = 16
const FIRST_SPI: u32 = 32

/** A timer of the vCPU's: it stays active until the guest has handled it, so that it comes once. */
export function isTimer(iar: u32): bool {
  return iar === TIMER_VIRTUAL_INTID || iar === TIMER_PHYSICAL_INTID
}

/** A software generated interrupt: another CPU asks. */
export function isKick(iar: u32): bool {
  return (iar & gic.INTID) < FIRST_PPI
}

/** Handles an interrupt that `gic.take` returned; none, where that is spurious. */
export function handleInterrupt(cpu: Cpu, iar: u32): void {
  const intid = iar & gic.INTID
  if (intid >= gic.SPECIAL) return
  if (isTimer(iar)) {
    takeTimer(cpu, iar)
    return
  }
  if (intid >= FIRST_SPI && hasExtension(EXTENSION_BOARD) && boardLife.take(cpu, iar)) return
  gic.deactivate(iar) // first: a compartment that fails does not come back here, and a line that stays high comes again
  if (isKick(iar)) cpu.work |= takeRequests(cpu)
  else if (intid === SCHEDULER_INTID) {
    hw.set_cnthp_ctl_el2(0)
    cpu.isArmed = 0
    cpu.work |= WORK_TIMER
  } else if (intid == maintenanceIntid) {
    if (cpu.isLoaded) compartment.maintenance(changetype<Vcpu>(cpu.vcpu))
  } else if (intid == uartIntid || intid == wireIntid) serveUart(cpu)
}

/** A timer while EL2 had the CPU: of the vCPU in WFI that the CPU still holds, or of one that has just left. */
function takeTimer(cpu: Cpu, intid: u32): void {
  if (!cpu.isLoaded) {
    gic.deactivate(intid)
    return
  }
  const vcpu = changetype<Vcpu>(cpu.vcpu)
  compartment.interrupt(vcpu, intid)
  if (vcpu.run === Run.Blocked) wake(vcpu, hw.cntpct_el0())
}
