/** An operator's requests to core, on a board of two VMs. */

import { ask, ON_CRASH } from './asking.ts'
import { RAM } from './bundle.ts'
import type { Machine } from './machine.ts'
import { started } from './started.ts'

/** The CPU that no VM has, which serves the console. */
export const KEEPER = 3
export const ENTRY = BigInt(RAM) + 0x4000n
export const MILLISECOND = 62_500n

/** alpha with vCPUs on CPUs 0 and 2, beta on CPU 1. */
export function board(restart = ON_CRASH, gic: 2 | 3 = 3, isSteered = false) {
  const { machine } = started({
    gic,
    control: isSteered,
    vms: { alpha: { cores: [0, 2], restart }, beta: { cores: [1], restart } },
  })
  return machine
}

/** What an operator asks, on the CPU that serves the console; the others have not looked yet. */
export function request(machine: Machine, what: number, vm = 0, cpu = KEEPER): number {
  const { current } = machine
  machine.current = cpu
  try {
    return Number(machine.core.control!(what, vm))
  } finally {
    machine.current = current
  }
}

export function control(machine: Machine, what: number, vm = 0): number {
  const answer = request(machine, what, vm)
  machine.pump()
  return answer
}

/** alpha's second vCPU. */
export function turnOn(machine: Machine) {
  ask(machine, ({ core }) => void core.vcpuOn!(1, ENTRY, 7n))
  machine.pump()
}

/** Guest's virtual count on a CPU. */
export const count = (machine: Machine, cpu: number) => machine.now - machine.cpus[cpu]!.registers.get('cntvoff_el2')!
