/** Every vCPU has a core, and a core of its own. */
import { MAX_VCPUS } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import { assignCores } from '../core.ts'
import type { Machine, Vm } from '../system.ts'

export function checkCores(vms: readonly Vm[], machine?: Machine): Problem[] {
  const found = vms.flatMap((vm) => checkList(vm, machine))
  found.push(...sharedCores(vms))
  if (found.length > 0 || !machine) return found
  const wanted = vms.reduce((sum, vm) => sum + vm.cpus, 0)
  if (wanted > MAX_VCPUS) {
    return [{ path: 'vms', reason: `the VMs have ${wanted} vCPUs`, remedy: `have at most ${MAX_VCPUS} in all` }]
  }
  const late = assignCores(machine, vms).indexOf(undefined)
  if (late < 0) return found
  const vm = vms[late]!
  return [
    {
      path: `vms[${vm.index}].cpus`,
      reason: `no core is left: the VMs want ${wanted} vCPUs, ${machine.board.name} has ${machine.cores} cores`,
      remedy: `give the VMs fewer vCPUs${wanted <= machine.board.cores.most ? `, or the board { cpus: ${wanted} }` : ''}`,
    },
  ]
}

function checkList(vm: Vm, machine?: Machine): Problem[] {
  if (!vm.cores) return []
  const path = `vms[${vm.index}].cores`
  const found: Problem[] = []
  if (vm.cores.length !== vm.cpus) {
    found.push({
      path,
      reason: `${vm.cores.length} cores are named for ${vm.cpus} vCPUs`,
      remedy: `name one core for each vCPU, or set cpus: ${vm.cores.length}`,
    })
  }
  vm.cores.forEach((core, i) => {
    if (machine && core >= machine.cores) {
      const reason = `${machine.board.name} has no core ${core}`
      found.push({ path: `${path}[${i}]`, reason, remedy: `its cores are 0 to ${machine.cores - 1}` })
    } else if (vm.cores!.indexOf(core) < i) {
      found.push({ path: `${path}[${i}]`, reason: `core ${core} is named twice`, remedy: 'name each core once' })
    }
  })
  return found
}

function sharedCores(vms: readonly Vm[]): Problem[] {
  const owner = new Map<number, Vm>()
  return vms.flatMap((vm) =>
    (vm.cores ?? []).flatMap((core, i): Problem[] => {
      const first = owner.get(core) ?? vm
      owner.set(core, first)
      if (first === vm) return []
      const path = `vms[${vm.index}].cores[${i}]`
      return [{ path, reason: `core ${core} belongs to VM '${first.name}' already`, remedy: 'name a core of its own' }]
    }),
  )
}
