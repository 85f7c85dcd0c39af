/** What an operator asks of VMs, by way of host: checked here. Under host.lock, so one request at a time; nothing is printed. */
import { EXTENSION_LIFE } from '../abi/extension'
import {
  CONTROL_DESTROY,
  CONTROL_DESTROY_FORCED,
  CONTROL_DONE,
  CONTROL_FIXED,
  CONTROL_LACKS_CPU,
  CONTROL_PAUSE,
  CONTROL_RESTART,
  CONTROL_START,
  CONTROL_STOP,
  CONTROL_UNKNOWN,
  CONTROL_UNKNOWN_TEMPLATE,
  CONTROL_UNKNOWN_VM,
  CONTROL_WRONG_STATE,
  STATE_ABSENT,
  STATE_LEAVING,
} from '../abi/life'
import { Cpu, thisCpu } from './cpu'
import { hasExtension } from './extension'
import { askAll, startOn, stopVm } from './life'
import { makeVm, unmakeVm } from './make'
import { pause, resume } from './pause'
import { stateOf } from './state'
import { templateNameByte } from './template'
import { Stop, Vm, vmAt, vmCount } from './vm'

/** CONTROL_* in, CONTROL_* out. What was asked begins at once and ends when the VM's CPUs have seen it. */
export function control(what: u32, index: u32): u32 {
  if (index >= vmCount) return CONTROL_UNKNOWN_VM
  if (what < <u32>CONTROL_START || what > <u32>CONTROL_DESTROY_FORCED) return CONTROL_UNKNOWN
  const vm = vmAt(index)
  const state = stateOf(vm)
  if (state === STATE_ABSENT || state === STATE_LEAVING) return CONTROL_UNKNOWN_VM
  if (what >= <u32>CONTROL_DESTROY) {
    return hasExtension(EXTENSION_LIFE) ? unmakeVm(thisCpu(), vm, what === CONTROL_DESTROY_FORCED) : CONTROL_FIXED
  }
  if (vm.lacksPart) return CONTROL_LACKS_CPU
  return act(thisCpu(), vm, what) ? CONTROL_DONE : CONTROL_WRONG_STATE
}

/** A VM of a template: src/core/make.ts. */
export function vmCreate(template: u32, name0: u64, name1: u64, name2: u64, name3: u64): u32 {
  return hasExtension(EXTENSION_LIFE) ? makeVm(template, name0, name1, name2, name3) : CONTROL_UNKNOWN_TEMPLATE
}

/** Byte `i` of a template's name; 0 behind the last, and of what is no template. */
export function templateByte(template: u32, i: u32): u32 {
  return hasExtension(EXTENSION_LIFE) ? templateNameByte(template, i) : 0
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
