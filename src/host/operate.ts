/** What an operator asks for goes to core; what begins at once is told to whoever follows the VMs' lives. */

import { CAUSE_RESTART, CAUSE_RESUME, CAUSE_START } from '../abi/control'
import {
  CONTROL_DONE,
  CONTROL_RESTART,
  CONTROL_RESUME,
  CONTROL_START,
  STATE_RUNNING,
  STATE_STARTING,
} from '../abi/life'
import { hasSession } from './attachment'
import { tellState } from './control/event'
import { control, vmState } from './core'

/** CONTROL_* in, CONTROL_* out. */
export function operate(what: u32, vm: u32): u32 {
  const code = control(what, vm)
  if (code !== CONTROL_DONE || !hasSession()) return code
  if (what === CONTROL_START) tellState(vm, STATE_STARTING, CAUSE_START)
  else if (what === CONTROL_RESUME) tellState(vm, STATE_RUNNING, CAUSE_RESUME)
  // A VM that rested; the end of one that ran is core's to tell.
  else if (what === CONTROL_RESTART && vmState(vm) === STATE_STARTING) tellState(vm, STATE_STARTING, CAUSE_RESTART)
  return code
}
