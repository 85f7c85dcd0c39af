/** What a CPU runs: its own work first, then the vCPU that `choose` names, then nothing. */
import { STOLEN_STRIDE } from '../abi/guest-machine'
import * as hw from '../hw'
import { directVa } from './address'
import { ring } from './alarm'
import * as boardLife from './board-life'
import { choose } from './choose'
import * as compartment from './compartment'
import { feed, serveUart } from './console'
import {
  Cpu,
  WORK_CONSOLE,
  WORK_DEBUG,
  WORK_DUE,
  WORK_EXPLAIN,
  WORK_HALT,
  WORK_RESCHEDULE,
  WORK_SUSPEND,
  WORK_UNLINK,
} from './cpu'
import { look, pass } from './debug'
import { explainOwn } from './explain'
import * as gic from './gic'
import { handleInterrupt } from './interrupt'
import { isPreparing, prepareSome, reap } from './life'
import { sleep } from './panic'
import * as passthrough from './passthrough'
import { settlePauses } from './pause'
import { isDue, takeDue } from './request'
import { wake } from './server'
import { suspend } from './suspend'
import { unlinkOwn } from './unmake'
import { DUE_CONSOLE, DUE_DELIVER, DUE_DEVICE, DUE_FRAMES, Run, Vcpu } from './vcpu'
import { vmAt } from './vm'
import * as world from './world'

const NANOSECONDS: u64 = 1_000_000_000
/** CNTHP_CTL_EL2.ENABLE. */
const ENABLE: u64 = 1

/** Until the CPU has no work left but to run a guest: the vCPU to enter. Interrupts are masked at EL2, and WFI ends on a
 * pending one, so that nothing is missed between looking and sleeping. */
export function settle(cpu: Cpu): usize {
  // A compartment is told once: one that asks itself for more, when told, would never let the CPU go.
  let told: usize = 0
  let since = hw.cntpct_el0()
  while (true) {
    const work = cpu.work
    cpu.work = 0
    if (work & WORK_HALT) return sleep()
    if (work & WORK_EXPLAIN) explainOwn(cpu)
    if (work & WORK_DEBUG) look(cpu)
    if (work & WORK_RESCHEDULE) reap(cpu)
    if (work & WORK_UNLINK) unlinkOwn(cpu)
    // A vCPU that has just ended waits for nothing.
    if (work & WORK_SUSPEND && cpu.isLoaded) since = suspend(cpu, changetype<Vcpu>(cpu.vcpu), work)
    if (work & WORK_RESCHEDULE) settlePauses(cpu)
    if (work & WORK_DUE) wakeDue(cpu)
    const now = hw.cntpct_el0()
    if (work & WORK_CONSOLE || now >= cpu.consoleAt) serveUart(cpu)
    if (now >= cpu.alarmAt) ring(cpu, now)
    if (now >= cpu.boardAt) boardLife.keep(cpu, now)
    const at = choose(cpu, now)
    arm(cpu)
    if (at) {
      const vcpu = changetype<Vcpu>(at)
      if (at !== cpu.vcpu || !cpu.isLoaded) become(cpu, vcpu)
      if (vcpu.stolen !== vcpu.stolenTold) tellStolen(vcpu)
      if (isPreparing(vcpu)) prepareSome(cpu, vcpu)
      else {
        const isTold = told === at
        // What an operator asked came in between; but its console may be due again and again.
        if (isTold && cpu.work & ~WORK_DUE) continue
        if (isTold && isDue(vcpu)) cpu.work |= WORK_DUE // at its next exit
        if (!isTold && isDue(vcpu)) tell(vcpu)
        if (isTold || !cpu.work) {
          note(vcpu, since)
          if (vcpu.steps | atomic.load<u32>(changetype<usize>(cpu), offsetof<Cpu>('isTraced'))) pass(cpu, vcpu)
          return at
        }
        told = at
        continue
      }
      note(vcpu, since)
    } else if (!cpu.work) hw.wfi()
    since = hw.cntpct_el0()
    handleInterrupt(cpu, gic.take())
    told = 0 // what came meanwhile is news
  }
}

/** Since then nobody looked at an interrupt, until now. */
function note(vcpu: Vcpu, since: u64): void {
  const length = hw.cntpct_el0() - since
  if (length > vcpu.longest) vcpu.longest = length
}

/** Brings `vcpu` onto the CPU in the place of who had it. */
function become(cpu: Cpu, vcpu: Vcpu): void {
  if (cpu.isLoaded && cpu.vcpu !== changetype<usize>(vcpu)) world.save(cpu, changetype<Vcpu>(cpu.vcpu))
  cpu.vcpu = changetype<usize>(vcpu)
  if (isPreparing(vcpu)) return
  const vm = vmAt(vcpu.vm)
  if (vcpu.fresh) {
    world.begin(cpu, vcpu, vm)
    vcpu.fresh = 0
    // What was typed while its VM was not there waits in host.
    let due = vcpu.index ? DUE_DELIVER : DUE_DELIVER | DUE_CONSOLE
    // What came while no vCPU was on, or was told to one that went, waits for whoever comes.
    if (vm.hasDevices) due |= DUE_DEVICE
    atomic.or<u32>(changetype<usize>(vcpu), due, offsetof<Vcpu>('due'))
  } else world.load(cpu, vcpu, vm)
}

/** DEN 0057A: revision 0, attributes 0, then nanoseconds; guests read the 64 bits at once. */
function tellStolen(vcpu: Vcpu): void {
  vcpu.stolenTold = vcpu.stolen
  const page = vmAt(vcpu.vm).stolenPa
  if (!page) return
  const frequency = hw.cntfrq_el0()
  const seconds = vcpu.stolen / frequency
  const rest = vcpu.stolen % frequency
  const at = directVa(page) + <u64>(vcpu.index * STOLEN_STRIDE + 8)
  hw.store64(at, seconds * NANOSECONDS + (rest * NANOSECONDS) / frequency)
}

/** What waits for the vCPU is told to its compartment, now that it has the CPU. */
export function tell(vcpu: Vcpu): void {
  const due = takeDue(vcpu)
  if (due & ~DUE_DELIVER) tellMore(vcpu, due)
  if (due & DUE_DELIVER) compartment.deliver(vcpu)
  if (due & DUE_DEVICE) passthrough.deliver(vcpu)
}

function tellMore(vcpu: Vcpu, due: u32): void {
  if (due & DUE_CONSOLE) feed(vcpu)
  if (due & DUE_FRAMES) compartment.frames(vcpu)
}

/** Whoever is due wants to run. */
function wakeDue(cpu: Cpu): void {
  const now = hw.cntpct_el0()
  for (let at = cpu.first; at; at = changetype<Vcpu>(at).next) {
    const vcpu = changetype<Vcpu>(at)
    if (vcpu.run === Run.Blocked && isDue(vcpu)) wake(vcpu, now)
  }
}

/** EL2's own timer runs only on CPUs that several vCPUs share, on the keeper while host holds a line back or a device of the
 * board's is to be looked after, and for alarms. */
function arm(cpu: Cpu): void {
  const event = min(min(cpu.nextEvent, cpu.consoleAt), min(cpu.alarmAt, cpu.boardAt))
  if (event === u64.MAX_VALUE) {
    if (cpu.isArmed) hw.set_cnthp_ctl_el2(0)
    cpu.isArmed = 0
    return
  }
  hw.set_cnthp_cval_el2(event)
  hw.set_cnthp_ctl_el2(ENABLE)
  cpu.isArmed = 1
}
