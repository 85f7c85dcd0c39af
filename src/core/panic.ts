/** The end: one clear line on the console, then nothing runs. For bad boot input and for the hypervisor's own faults. */
import * as hw from '../hw'
import * as gic from './gic'
import * as log from './log'
import * as pm from './power-manager'

/** What x0 names is no DTB: found by its reader, or by the fault that reading it takes (fault.ts). */
export const NO_TREE = 'no device tree: x0 holds none'
export const TREE_REMEDY = 'let the boot loader pass the DTB as it does for Linux'

/** Boot cannot go on: `why` names what is wrong, `remedy` what to do about it. */
export function park(why: string, remedy: string): usize {
  log.begin()
  log.text('stop: ')
  log.text(why)
  log.text('; ')
  log.text(remedy)
  log.end()
  return halt()
}

/** Nothing is left to do but to let everything that was said out, and to boot the older system if this one is on trial. */
export function halt(): usize {
  if (pm.fallback) sayFallback('')
  log.flush()
  if (pm.fallback) pm.reset()
  return sleep()
}

/** Where the board goes on, behind `who` or what has failed. */
export function sayFallback(who: string): void {
  log.begin()
  log.text(who)
  log.text('the board starts again from partition ')
  log.decimal(pm.fallback)
  log.end()
}

/** Not even that. What a guest left behind must not end the wait. */
export function sleep(): usize {
  hw.set_cntv_ctl_el0(0)
  hw.set_cntp_ctl_el0(0)
  hw.set_cnthp_ctl_el2(0)
  gic.silence()
  while (true) hw.wfi()
}
