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

/** Takes one interrupt, if one is there. The vCPU's own stay active until the guest has handled them. */
export function handleInterrupt(cpu: Cpu): void {
  const iar = gic.acknowledge()
  const intid = iar & INTID
  if (intid == TIMER_VIRTUAL_INTID || intid == TIMER_PHYSICAL_INTID) {
    gic.dropPriority(iar)
    if (cpu.vcpu) compartment.interrupt(changetype<Vcpu>(cpu.vcpu), intid)
    else gic.deactivate(iar)
    return
  }
  if ((intid & INTID_V2) >= gic.SPECIAL) return
  gic.dropPriority(iar)
  if ((intid & INTID_V2) < FIRST_PPI) cpu.work |= takeRequests(cpu)
  else if (intid == maintenanceIntid) {
    if (cpu.vcpu) compartment.maintenance(changetype<Vcpu>(cpu.vcpu))
  } else if (intid == uartIntid) serveUart(cpu)
  gic.deactivate(iar)
}
