/** What must hold whenever a CPU enters a guest: the CPU is that vCPU and no other. */
import { CPU_AT, PAGE_SIZE, STACK_STRIDE, STACK_VA } from '../../src/abi/layout.ts'
import type { Machine } from './machine.ts'
import { VcpuRecord } from './vcpu-record.ts'

/** Of struct Cpu in src/core/cpu.ts. */
export const CPU_VCPU = 32
const CPU_WORK = 36
/** WORK_DUE: told to its compartment at its next exit; WORK_DEBUG: a step is looked at then. */
const MAY_WAIT = 1 | 512

export function checkEntered({ core, cpus, gic }: Machine, cpu: number, at: number): void {
  const vcpu = new VcpuRecord(core.memory, at)
  const { registers } = cpus[cpu]!
  const record = new DataView(core.memory.buffer, CPU_AT + cpu * PAGE_SIZE)
  const current = record.getUint32(CPU_VCPU, true)
  const found: [string, unknown, unknown][] = [
    ['current vCPU', current, at],
    ['work left', record.getUint32(CPU_WORK, true) & ~MAY_WAIT, 0],
    ["the vCPU's CPU", vcpu.cpu, cpu],
    ['VMID', registers.get('vttbr_el2')! >> 48n, BigInt(vcpu.vm + 1)],
    ['VMPIDR_EL2', registers.get('vmpidr_el2'), 0x8000_0000n | BigInt(vcpu.index)],
    ['stack', vcpu.stack, BigInt(STACK_VA + (cpu + 1) * STACK_STRIDE)],
    ['virtual CPU interface', gic.interfaces[cpu]!.control & 1, 1],
  ]
  for (const [what, is, wanted] of found) {
    if (is !== wanted) throw new Error(`vCPU ${vcpu.index} of VM ${vcpu.vm} enters with ${what} ${is}, not ${wanted}`)
  }
}
