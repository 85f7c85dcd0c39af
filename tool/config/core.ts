/** Which core each vCPU runs on: those that the config names, then the lowest that nobody names. */
import type { Machine, Vm } from './system.ts'

/** Per VM its vCPUs' cores; undefined for a VM that finds no free core. */
export function assignCores(machine: Machine, vms: readonly Vm[]): (number[] | undefined)[] {
  const named = new Set(vms.flatMap((vm) => vm.cores ?? []))
  const free = Array.from({ length: machine.cores }, (_, core) => core).filter((core) => !named.has(core))
  return vms.map((vm) => {
    if (vm.cores) return vm.cores
    return free.length >= vm.cpus ? free.splice(0, vm.cpus) : undefined
  })
}
