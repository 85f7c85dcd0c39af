/** What core does for host: the other half of src/host/core.ts. Under host.lock, so nothing here prints or waits. */
import * as hw from '../hw'
import { freeBytes } from './pages'
import { stateOf } from './state'
import { vmAt, vmCount } from './vm'

export { challengeWord, keyed, offerWord, proofWord, unlock, unlockWait } from './authenticate'
export { boardByte } from './board-name'
export { control, templateByte, vmCreate } from './control'
export { explain } from './explain'
export { vmFigure } from './figure'
export { balloon, consolePort, consoleSize } from './retarget'

/** Bytes of RAM that nobody has. */
export function freeMemory(): u64 {
  return freeBytes()
}

export function ticks(): u64 {
  return hw.cntpct_el0()
}

export function vmState(vm: u32): u32 {
  return vm < vmCount ? stateOf(vmAt(vm)) : 0
}
