/** Every vCPU has a core: one of its own, or one that it shares with others who share it. */
import { MAX_VCPUS } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import { assignCores } from '../core.ts'
import type { Machine, Vm } from '../system.ts'

export function checkCores(vms: readonly Vm[], machine?: Machine): Problem[] {
  const found = vms.flatMap((vm) => checkList(vm, machine))
  const made = vms.filter(({ life }) => !life.template)
  found.push(...takenCores(made))
  if (found.length > 0 || !machine) return found
  const wanted = made.reduce((sum, vm) => sum + vm.cpus, 0)
  if (wanted > MAX_VCPUS) {
    return [{ path: 'vms', reason: `the VMs have ${wanted} vCPUs`, remedy: `have at most ${MAX_VCPUS} in all` }]
  }
  const late = assignCores(machine, vms).findIndex((cores, i) => !cores && !vms[i]!.life.template)
  return late < 0 ? [] : [noCoreLeft(made, vms[late]!, machine)]
}

function noCoreLeft(vms: readonly Vm[], vm: Vm, { board, cores }: Machine): Problem {
  const owned = vms.reduce((sum, { server, cpus }) => sum + (server ? 0 : cpus), 0)
  const shared = new Set(vms.flatMap((each) => (each.server ? each.cores! : []))).size
  const wanted = owned + shared
  const wish = shared ? `${owned} cores of their own` : `${owned} vCPUs`
  const rest = shared ? `, ${shared} of them shared` : ''
  return {
    path: `vms[${vm.index}].cpus`,
    reason: `no core is left: the VMs want ${wish}, ${board.name} has ${cores} cores${rest}`,
    remedy: `give the VMs fewer vCPUs${wanted <= board.cores.most ? `, or the board { cpus: ${wanted} }` : ''}, or let VMs share cores: share: 50, cores: [0]`,
  }
}

function coresPath({ index, server }: Vm): string {
  return `vms[${index}].${server && server.share === undefined ? 'cpu.cores' : 'cores'}`
}

function checkList(vm: Vm, machine?: Machine): Problem[] {
  if (!vm.cores) return []
  const path = coresPath(vm)
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
    } else if (!vm.server && vm.cores!.indexOf(core) < i) {
      found.push({ path: `${path}[${i}]`, reason: `core ${core} is named twice`, remedy: 'name each core once' })
    }
  })
  return found
}

function takenCores(vms: readonly Vm[]): Problem[] {
  const first = new Map<number, Vm>()
  return vms.flatMap((vm) =>
    (vm.cores ?? []).flatMap((core, i): Problem[] => {
      const other = first.get(core) ?? vm
      first.set(core, other)
      if (other === vm || (other.server && vm.server)) return []
      return [{ path: `${coresPath(vm)}[${i}]`, ...conflict(core, other, vm) }]
    }),
  )
}

function conflict(core: number, other: Vm, vm: Vm): Omit<Problem, 'path'> {
  const owned = `core ${core} belongs to VM '${other.name}' already`
  if (vm.server) return { reason: owned, remedy: `name another, or give '${other.name}' a share of it too` }
  if (!other.server) return { reason: owned, remedy: 'name a core of its own, or give both a share of it' }
  const reason = `core ${core} is shared by VM '${other.name}', and this VM wants it alone`
  return { reason, remedy: 'name a core of its own, or add its share, such as share: 20' }
}
