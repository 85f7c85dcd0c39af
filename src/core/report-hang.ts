/** What a person reads of a VM that hangs: its watchdog or its missing heart-beat ends it, or halts it for its debugger. */
import { EXTENSION_CONTROL } from '../abi/extension'
import { HANG_WATCHDOG } from '../abi/life'
import { hasExtension } from './extension'
import * as log from './log'
import { reportVcpu } from './report-fault'
import { recordFault } from './report-record'
import { vmName } from './report-word'
import { Vcpu } from './vcpu'
import { Vm } from './vm'

/** `why`: HANG_*. */
export function reportHang(vm: Vm, vcpu: Vcpu, why: u32): void {
  log.begin()
  vmName(vm)
  if (why === HANG_WATCHDOG) log.text(' hangs: its watchdog got to zero twice, and nobody reloaded it')
  else log.text(' hangs: no sign of life in time, neither a reload of its watchdog nor a call')
  if (vm.isDebugged) log.text('; its debugger has it')
  log.end()
  // The exit that ESR_EL2 tells of may be any that was before.
  reportVcpu(vcpu, false)
  if (hasExtension(EXTENSION_CONTROL)) recordFault(vcpu, why === HANG_WATCHDOG ? 'watchdog' : 'heartbeat', false)
}
