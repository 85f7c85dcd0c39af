/** What a CPU runs next. One vCPU is pinned to a CPU, or none. */
import * as hw from '../hw'
import * as compartment from './compartment'
import { feed } from './console'
import { Cpu, WORK_CONSOLE, WORK_DELIVER, WORK_RESCHEDULE, WORK_SUSPEND } from './cpu'
import * as gic from './gic'
import { handleInterrupt } from './interrupt'
import { launch, launchable, leaveIfStopping } from './life'
import { suspend } from './suspend'
import { Vcpu } from './vcpu'

/** Does the CPU's work until none is left; the vCPU to enter. With nothing to run it sleeps until an interrupt brings
 * work: interrupts are masked at EL2, and WFI ends on a pending one. */
export function settle(cpu: Cpu): usize {
  while (true) {
    const work = cpu.work
    cpu.work = 0
    if (work & WORK_RESCHEDULE) leaveIfStopping(cpu)
    if (cpu.vcpu) {
      const vcpu = changetype<Vcpu>(cpu.vcpu)
      if (work & WORK_SUSPEND) suspend(vcpu, work)
      if (work & WORK_CONSOLE) feed(vcpu)
      if ((work | cpu.work) & WORK_DELIVER) compartment.deliver(vcpu)
      // The compartment has just been there; one that asks itself again would never let the CPU go.
      cpu.work &= ~(WORK_CONSOLE | WORK_DELIVER)
      if (!cpu.work) return cpu.vcpu
    } else if (launchable(cpu)) launch(cpu)
    else {
      hw.wfi()
      handleInterrupt(cpu, gic.acknowledge())
    }
  }
}
