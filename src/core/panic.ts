/** The end: one clear line on the console, then nothing runs. For bad boot input and for the hypervisor's own faults. */
import * as hw from '../hw'
import * as host from './host'
import * as log from './log'

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

/** Nothing is left to do on this CPU. */
export function halt(): usize {
  if (log.isConsoleReady()) {
    log.breakHostLock()
    host.flush()
  }
  while (true) hw.wfi()
}
