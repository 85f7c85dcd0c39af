/** What core does for host: the other half of src/host/core.ts. */
import * as hw from '../hw'
import { stateOf } from './life'
import { vmAt, vmCount } from './vm'

export function ticks(): u64 {
  return hw.cntpct_el0()
}

export function vmState(vm: u32): u32 {
  return vm < vmCount ? stateOf(vmAt(vm)) : 0
}
