/** What a VM has and what it has used, as operators see it: `FIGURE_*`. Under host.lock. */
import {
  FIGURE_ACCESSES,
  FIGURE_CORES,
  FIGURE_DEBUGGABLE,
  FIGURE_EXITS,
  FIGURE_HYPERCALLS,
  FIGURE_INTERRUPTS,
  FIGURE_MEMORY,
  FIGURE_MILLISECONDS,
  FIGURE_RESTARTS,
  FIGURE_STOLEN,
  FIGURE_TRAPS,
  FIGURE_VCPU_SHIFT,
  FIGURE_VCPUS,
  FIGURE_VCPUS_ON,
} from '../abi/life'
import * as hw from '../hw'
import { ranUpToNow } from './choose'
import { cpuAt } from './cpu'
import { Power, powerOf, Vcpu, vcpuAt } from './vcpu'
import { vmAt, vmCount } from './vm'

const MILLISECONDS: u64 = 1000

/** Counts of other CPUs' vCPUs are a moment old. */
export function vmFigure(index: u32, which: u32): u64 {
  if (index >= vmCount) return 0
  const vm = vmAt(index)
  if (which === FIGURE_VCPUS) return vm.vcpuCount
  if (which === FIGURE_RESTARTS) return vm.restartCount
  if (which === FIGURE_MEMORY) return vm.ramSize
  if (which === FIGURE_DEBUGGABLE) return vm.isDebuggable
  const one = which >> FIGURE_VCPU_SHIFT
  if (one) {
    if (one > vm.vcpuCount) return 0
    const figure = which & ((1 << FIGURE_VCPU_SHIFT) - 1)
    return scaled(ofVcpu(vcpuAt(vm.firstVcpu + one - 1), figure), figure)
  }
  let sum: u64 = 0
  for (let i: u32 = 0; i < vm.vcpuCount; i++) {
    const figure = ofVcpu(vcpuAt(vm.firstVcpu + i), which)
    sum = which === FIGURE_CORES ? sum | figure : sum + figure
  }
  return scaled(sum, which)
}

/** Ticks as milliseconds. */
function scaled(figure: u64, which: u32): u64 {
  return which === FIGURE_MILLISECONDS || which === FIGURE_STOLEN ? (figure * MILLISECONDS) / hw.cntfrq_el0() : figure
}

function ofVcpu(vcpu: Vcpu, which: u32): u64 {
  switch (which) {
    case FIGURE_VCPUS_ON:
      return powerOf(vcpu) === Power.Off ? 0 : 1
    case FIGURE_CORES:
      return (<u64>1) << vcpu.cpu
    case FIGURE_MILLISECONDS:
      return ranUpToNow(vcpu, cpuAt(vcpu.cpu), hw.cntpct_el0())
    case FIGURE_STOLEN:
      return vcpu.stolen
    case FIGURE_HYPERCALLS:
      return vcpu.hypercalls
    case FIGURE_ACCESSES:
      return vcpu.accesses
    case FIGURE_INTERRUPTS:
      return vcpu.interrupts
    case FIGURE_TRAPS:
      return vcpu.traps
    case FIGURE_EXITS:
      return vcpu.hypercalls + vcpu.accesses + vcpu.interrupts + vcpu.traps
  }
  return 0
}
