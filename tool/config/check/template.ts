/** Templates: what VMs of run time can be made of, and that the board can tell by itself whether it keeps what that promises. */
import type { Problem } from '../../ui/failure.ts'
import { isStored, type SlotDevice } from '../device.ts'
import type { Machine, Vm } from '../system.ts'
import { checkRam } from './memory.ts'
import { checkShares } from './share.ts'

export function isTemplate({ life }: Vm): boolean {
  return life.template
}

export function checkTemplates(vms: readonly Vm[], machine?: Machine): Problem[] {
  const templates = vms.filter(isTemplate)
  if (vms.length > 0 && templates.length === vms.length) {
    const remedy = 'drop template: true from one, or add a VM'
    return [{ path: 'vms', reason: 'all of them are templates: the board would have nothing to run', remedy }]
  }
  return templates.flatMap((template) => [
    ...checkWhatStays(template),
    ...checkPriorities(template, vms),
    // Each by itself: how many there may be at once is the board's to tell.
    ...checkShares([template]),
    ...checkRam([template], machine),
  ])
}

function checkWhatStays(vm: Vm): Problem[] {
  const at = (field: string) => `vms[${vm.index}].${field}`
  const found: Problem[] = []
  if (!vm.cores) {
    const remedy = 'name them: cores: [1]'
    found.push({ path: at('cores'), reason: 'which cores its VMs are to have is not said', remedy })
  }
  if (vm.passthrough.length > 0) {
    const remedy = 'give them to a VM that boot makes'
    found.push({ path: at('passthrough'), reason: "a template's VMs come and go, the board's devices do not", remedy })
  }
  found.push(...vm.virtio.flatMap((device, slot) => checkDevice(device, at(`devices[${vm.places[slot]}]`))))
  if (vm.life.after.length > 0) {
    found.push({ path: at('after'), reason: 'boot starts none of its VMs', remedy: 'leave it out' })
  }
  return found
}

/** Networks forget whoever goes; these do not. */
function checkDevice(device: SlotDevice, path: string): Problem[] {
  if (device.virtio === 'socket') {
    const reason = "a template's VMs come and go, and whoever is joined with a socket keeps its peers"
    return [{ path, reason, remedy: 'join them by virtio.net, or give the socket to a VM that boot makes' }]
  }
  if (isStored(device)) {
    const reason = "a template's VMs come and go, and what is on the board's disk stays"
    return [{ path, reason, remedy: 'give it an image or a size, which is a disk in RAM' }]
  }
  return []
}

/** The board admits by sums, which is all there is to it where nobody goes before others (doc/why/admission.md). */
function checkPriorities(template: Vm, vms: readonly Vm[]): Problem[] {
  const { server } = template
  if (!server) return []
  const other = vms.find(
    (vm) =>
      vm.server && vm.server.priority !== server.priority && vm.cores?.some((core) => template.cores?.includes(core)),
  )
  if (!other) return []
  const reason = `it shares a core with '${other.name}', whose priority is ${other.server!.priority}`
  return [{ path: `vms[${template.index}].cpu.priority`, reason, remedy: 'give both one priority' }]
}
