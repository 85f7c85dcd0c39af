/** What an operator asks of VMs, by way of host: checked here. Under host.lock, so one request at a time; nothing is printed. */
import {
  CONTROL_DONE,
  CONTROL_LACKS_CPU,
  CONTROL_PAUSE,
  CONTROL_RESTART,
  CONTROL_RESUME,
  CONTROL_START,
  CONTROL_STOP,
  CONTROL_UNKNOWN,
  CONTROL_UNKNOWN_VM,
  CONTROL_WRONG_STATE,
} from '../abi/life'
import { Cpu, thisCpu } from './cpu'
import { askAll, startOn, stopVm } from './life'
import { pause, resume } from './pause'
import { Stop, Vm, vmAt, vmCount } from './vm'

/** CONTROL_* in, CONTROL_* out. What was asked begins at once and ends when the VM's CPUs have seen it. */
export function control(what: u32, index: u32): u32 {
  if (index >= vmCount) return CONTROL_UNKNOWN_VM
  if (what < <u32>CONTROL_START || what > <u32>CONTROL_RESUME) return CONTROL_UNKNOWN
  const vm = vmAt(index)
  if (vm.lacksPart) return CONTROL_LACKS_CPU
  return act(thisCpu(), vm, what) ? CONTROL_DONE : CONTROL_WRONG_STATE
}

function act(cpu: Cpu, vm: Vm, what: u32): bool {
  switch (what) {
    case CONTROL_START:
      return startOn(cpu, vm)
    case CONTROL_STOP:
      return stopVm(cpu, vm.index, Stop.Asked)
    case CONTROL_RESTART:
      return startOn(cpu, vm) || stopVm(cpu, vm.index, Stop.Again)
    case CONTROL_PAUSE:
      if (!pause(vm)) return false
      break
    default:
      if (!resume(vm)) return false
  }
  askAll(cpu, vm)
  return true
}
