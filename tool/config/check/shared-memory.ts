/** Memories are shared by VMs that there are, and lie where none of these has anything else. */
import { RAM_IPA } from '../../../src/abi/guest-machine.ts'
import type { Problem } from '../../ui/failure.ts'
import { suggestion } from '../../ui/suggest.ts'
import { pagesOf } from '../board-device.ts'
import { type SharedMemory, sharedSize } from '../shared-memory.ts'
import type { Machine, Vm } from '../system.ts'

export function checkShared(memories: readonly SharedMemory[], vms: readonly Vm[], machine?: Machine): Problem[] {
  const late = tooLarge(memories)
  return [
    ...memories.flatMap((memory) => strangers(memory, vms)),
    ...(late.length ? late : overlaps(memories, vms, machine)),
  ]
}

function strangers({ name, vms: names }: SharedMemory, vms: readonly Vm[]): Problem[] {
  const known = vms.map((vm) => vm.name)
  const templates = vms.filter(({ life }) => life.template).map((vm) => vm.name)
  return names.flatMap((vm, i): Problem[] => {
    const path = `sharedMemory.${name}.vms[${i}]`
    if (!known.includes(vm)) return [{ path, reason: `there is no VM '${vm}'`, remedy: suggestion(vm, known) }]
    if (!templates.includes(vm)) return []
    const remedy = 'share it between VMs that boot makes, and join this one by virtio.net'
    return [{ path, reason: `'${vm}' is a template, whose VMs come and go`, remedy }]
  })
}

/** All of them lie below the guests' RAM. */
function tooLarge(memories: readonly SharedMemory[]): Problem[] {
  const late = memories.find((memory) => memory.address + sharedSize(memory) > RAM_IPA)
  if (!late) return []
  return [
    {
      path: `sharedMemory.${late.name}`,
      reason: 'the shared memories together are too large',
      remedy: 'have 700M of them at most',
    },
  ]
}

function overlaps(memories: readonly SharedMemory[], vms: readonly Vm[], machine?: Machine): Problem[] {
  return memories.flatMap((memory) => {
    const end = memory.address + sharedSize(memory)
    return vms.flatMap((vm): Problem[] => {
      if (!memory.vms.includes(vm.name)) return []
      const devices = vm.passthrough.flatMap((name) => machine?.board.devices?.[name] ?? []).map(pagesOf)
      const taken = [{ start: vm.ramBase, end: vm.ramBase + vm.memory }, ...devices]
      if (!taken.some((range) => range.start < end && memory.address < range.end)) return []
      const reason = `it lies where VM '${vm.name}' has RAM or a device of the board's`
      return [{ path: `sharedMemory.${memory.name}`, reason, remedy: 'share it with VMs that have nothing there' }]
    })
  })
}
