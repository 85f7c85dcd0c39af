/** VMs are told apart by their names, and there is room for so many. */
import { MAX_VMS } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import type { Vm } from '../system.ts'

export function checkNames(vms: readonly Vm[]): Problem[] {
  const first = new Map<string, Vm>()
  return vms.flatMap((vm): Problem[] => {
    const other = first.get(vm.name)
    if (!other) {
      first.set(vm.name, vm)
      return []
    }
    const reason = `'${vm.name}' is the name of vms[${other.index}] already`
    return [{ path: `vms[${vm.index}].name`, reason, remedy: `choose another, such as '${vm.name}-${vm.index}'` }]
  })
}

export function checkCount(count: number): Problem[] {
  if (count <= MAX_VMS) return []
  return [{ path: 'vms', reason: `${count} VMs are too many`, remedy: `have at most ${MAX_VMS}` }]
}
