/** The GIC's maintenance interrupt: something ended that wants a second look, or what waits may have room. */

import * as core from '../core'
import { cpuAt } from './cpu'
import { settle } from './settle'

/**
 * Where core does not link list registers to physical interrupts, a timer's end comes here, once for each tick. If that is all,
 * the physical timer is let go, and its list register stays ready for the next tick as `forward` left it.
 */
export function maintain(vcpu: u32): void {
  const cpu = cpuAt(vcpu)
  if (cpu.againIntid == 0 || cpu.control != 0 || core.lrEnded() != (<u32>1) << cpu.againLr) {
    settle(vcpu)
    return
  }
  core.lrWrite(cpu.againLr, 0)
  core.deactivate(cpu.againIntid)
}
