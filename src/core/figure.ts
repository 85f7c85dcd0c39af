/** What a VM has and what it has used, as operators see it: `FIGURE_*`. Under host.lock. */
import { EXTENSION_DEBUG } from '../abi/extension'
import { PAGE_SHIFT, PORT_AT, PORT_SHIFT } from '../abi/layout'
import {
  FIGURE_ACCESSES,
  FIGURE_AWAY,
  FIGURE_CORES,
  FIGURE_DEBUGGABLE,
  FIGURE_DISK_READ,
  FIGURE_DISK_WRITTEN,
  FIGURE_EXITS,
  FIGURE_HYPERCALLS,
  FIGURE_INTERRUPTS,
  FIGURE_MEMORY,
  FIGURE_MILLISECONDS,
  FIGURE_RECEIVED_BYTES,
  FIGURE_RECEIVED_FRAMES,
  FIGURE_RESTARTS,
  FIGURE_SENT_BYTES,
  FIGURE_SENT_FRAMES,
  FIGURE_STOLEN,
  FIGURE_TRACEABLE,
  FIGURE_TRAPS,
  FIGURE_VCPU_SHIFT,
  FIGURE_VCPUS,
  FIGURE_VCPUS_ON,
} from '../abi/life'
import * as hw from '../hw'
import { ranUpToNow } from './choose'
import { cpuAt } from './cpu'
import { hasExtension } from './extension'
import { accessesOf } from './history'
import { Port } from './port'
import { Power, powerOf, Vcpu, vcpuAt } from './vcpu'
import { Vm, vmAt, vmCount } from './vm'

const MILLISECONDS: u64 = 1000

/** Counts of other CPUs' vCPUs are a moment old. */
export function vmFigure(index: u32, which: u32): u64 {
  if (index >= vmCount) return 0
  const vm = vmAt(index)
  if (which === FIGURE_VCPUS) return vm.vcpuCount
  if (which === FIGURE_RESTARTS) return vm.restartCount
  if (which === FIGURE_MEMORY) return vm.ramSize
  if (which === FIGURE_DISK_READ) return vm.diskRead
  if (which === FIGURE_DISK_WRITTEN) return vm.diskWritten
  if (which >= <u32>FIGURE_SENT_FRAMES && which <= <u32>FIGURE_RECEIVED_BYTES) return ofPorts(vm, which)
  if (which === FIGURE_TRACEABLE) return hasExtension(EXTENSION_DEBUG) ? 1 : 0
  if (which === FIGURE_DEBUGGABLE) return vm.isDebuggable
  if (which === FIGURE_AWAY) return vm.pagesOut << PAGE_SHIFT
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

/** Of all its network devices; what senders write is a moment old. */
function ofPorts(vm: Vm, which: u32): u64 {
  let sum: u64 = 0
  for (let i = vm.firstPort; i < vm.firstPort + vm.portCount; i++) {
    const port = changetype<Port>(PORT_AT + ((<usize>i) << PORT_SHIFT))
    if (which === FIGURE_SENT_FRAMES) sum += port.sentFrames
    else if (which === FIGURE_SENT_BYTES) sum += port.sentBytes
    else if (which === FIGURE_RECEIVED_FRAMES) sum += port.receivedFrames
    else sum += port.receivedBytes
  }
  return sum
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
      return accessesOf(vcpu)
    case FIGURE_INTERRUPTS:
      return vcpu.interrupts
    case FIGURE_TRAPS:
      return vcpu.traps
    case FIGURE_EXITS:
      return vcpu.hypercalls + vcpu.exits
  }
  return 0
}
