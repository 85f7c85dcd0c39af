/** VMs that share CPU 0, and what their guests do there. */
import { STATE_RUNNING } from '../../src/abi/life.ts'
import { bundle, type FakeVm } from './bundle.ts'
import { StubVmm } from './compartment.ts'
import { Machine, type MachineOptions } from './machine.ts'
import { WFI } from './syndrome.ts'
import type { VcpuRecord } from './vcpu-record.ts'

/** Ticks. */
export const MICROSECOND = 62n
export const MILLISECOND = 62_500n
/** What the fake's counter moves while core reads it: more than a settled exit takes, less than anything to be told apart. */
export const SLACK = 400n
const TIMER_ON = 1n

/** A share of 20 %, 2 ms of 10 ms. */
export const FIFTH = [0, 2000, 10_000, 0]

export interface Sharing extends MachineOptions {
  vms: Record<string, FakeVm>
}

/** A machine whose VMs all run, whoever has the CPU just now. */
export function sharing({ vms, ...options }: Sharing): Machine {
  const machine = new Machine({ vmm: (machine) => new StubVmm(machine), ...options, initrd: bundle({ vms }) })
  machine.boot()
  const count = Object.keys(vms).length
  const running = () =>
    Array.from({ length: count }, (_, vm) => machine.core.vmState!(vm)).every((state) => state === STATE_RUNNING)
  for (let i = 0; i < 50 && !running(); i++) machine.elapse(10n * MILLISECOND)
  if (!running()) throw new Error(`not all VMs run: ${machine.lines.join('\n')}`)
  for (const vmm of machine.joint.vmms) (vmm as StubVmm).fresh()
  return machine
}

/** alpha and beta with one vCPU each, both on CPU 0. */
export function neighbours(alpha: number[], beta: number[], options: MachineOptions = {}): Machine {
  return sharing({ ...options, vms: { alpha: { servers: [alpha] }, beta: { cores: [0], servers: [beta] } } })
}

/** Who has the CPU, by VM. */
export const owner = (machine: Machine, cpu = 0) => machine.vcpuOn(cpu)?.vm

/** The guest on `cpu` executes WFI. */
export const wait = (machine: Machine, cpu = 0): VcpuRecord | undefined => machine.sync(cpu, { esr: WFI })

/** The guest on `cpu` sets its virtual timer `ticks` ahead. */
export function setTimer({ cpus, now }: Machine, ticks: bigint, cpu = 0): void {
  const { registers } = cpus[cpu]!
  registers.set('cntv_cval_el0', now - registers.get('cntvoff_el2')! + ticks)
  registers.set('cntv_ctl_el0', TIMER_ON)
}

/** Lets time pass until a VM has the CPU. */
export function until(machine: Machine, vm: number | undefined, cpu = 0): void {
  for (let i = 0; i < 2000 && owner(machine, cpu) !== vm; i++) machine.elapse(MILLISECOND / 20n)
  if (owner(machine, cpu) !== vm) throw new Error(`VM ${vm} does not get CPU ${cpu}`)
}

/** Parts of `ticks` that each VM had CPU 0, in percent, `undefined` for nobody; looked at every 20 us. */
export function shares(machine: Machine, ticks: bigint): Map<number | undefined, number> {
  const had = new Map<number | undefined, number>()
  const step = 20n * MICROSECOND
  const count = Number(ticks / step)
  for (let i = 0; i < count; i++) {
    machine.elapse(step)
    had.set(owner(machine), (had.get(owner(machine)) ?? 0) + 1)
  }
  for (const [vm, samples] of had) had.set(vm, (samples * 100) / count)
  return had
}
