/** A guest's hypercall as a way to have its compartment do something, between two VMs that run side by side. */
import type { BundleOptions } from './bundle.ts'
import type { StubVmm } from './compartment.ts'
import type { Machine } from './machine.ts'
import { type Started, started } from './started.ts'
import { HVC } from './syndrome.ts'
import type { VcpuRecord } from './vcpu-record.ts'

/** restart in the bundle; action of core.vmStop; what core.vmState says. */
export const NEVER = 0
export const ON_CRASH = 1
export const ALWAYS = 2
export const OFF = 0
export const RESET = 1
export {
  STATE_CRASHED as CRASHED,
  STATE_DEFINED as DEFINED,
  STATE_PAUSED as PAUSED,
  STATE_RUNNING as RUNNING,
  STATE_STARTING as STARTING,
  STATE_STOPPED as STOPPED,
  STATE_STOPPING as STOPPING,
} from '../../src/abi/life.ts'

/** alpha on CPU 0, beta on CPU 1. */
export function pair(restart: number, limit = 5): Started {
  const vms: BundleOptions['vms'] = { alpha: { restart, limit }, beta: { cores: [1] } }
  return started({ vms })
}

export const stub = (machine: Machine, vm: number) => machine.joint.vmms[vm] as StubVmm
export const state = (machine: Machine, vm: number) => machine.core.vmState!(vm)
export const stop = (action: number) => (vmm: StubVmm) => void vmm.core.vmStop!(action)
/** What was said of how alpha ended. */
export const endings = (machine: Machine) =>
  machine.lines.filter((line) => line.includes("VM 'alpha'") && line.includes(';'))

/** The guest on a CPU has its compartment do something. */
export function ask(machine: Machine, action: (vmm: StubVmm) => void, cpu = 0): VcpuRecord | undefined {
  const vmm = stub(machine, machine.vcpuOn(cpu)!.vm)
  vmm.hypercall = () => {
    action(vmm)
    return 0n
  }
  return machine.sync(cpu, { esr: HVC })
}
