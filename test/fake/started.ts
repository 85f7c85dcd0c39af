/** A machine whose VMs run, over compartments that the test controls. */
import { type BundleOptions, bundle } from './bundle.ts'
import { StubVmm } from './compartment.ts'
import { Machine, type MachineOptions } from './machine.ts'
import type { VcpuRecord } from './vcpu-record.ts'

export interface Started {
  machine: Machine
  /** VM 0's compartment, as last instantiated. */
  readonly vmm: StubVmm
  /** CPU 0's guest. */
  vcpu: VcpuRecord
}

export function started(options: MachineOptions & BundleOptions = {}): Started {
  const vmm = (machine: Machine) => new StubVmm(machine)
  const machine = new Machine({ vmm, ...options, initrd: options.initrd ?? bundle(options) })
  const vcpu = machine.boot()
  if (!vcpu) throw new Error(`no guest runs: ${machine.lines.join('\n')}`)
  const first = {
    machine,
    vcpu,
    get vmm() {
      return machine.joint.vmms[0] as StubVmm
    },
  }
  first.vmm.fresh()
  return first
}
