/** RAM of VMs whose devices master the bus: guest-physical and physical addresses are the same, and those devices reach it. */
import { BLOCK_SIZE } from '../../src/abi/layout.ts'
import type { Problem } from '../ui/failure.ts'
import { alignDown, hex, sizeText } from '../ui/number.ts'
import type { Range } from './board.ts'
import type { Machine, Vm } from './system.ts'

/** Below, a VM's machine has its devices; the bundle's reader asks the same (src/core/bundle.ts). */
const LOWEST = 0x1000_0000

/**
 * Gives each such VM the end of the first range of RAM that all its devices reach: the hypervisor, the bundle and other VMs begin
 * at the start of a range.
 */
export function placeIdentity(vms: readonly Vm[], machine: Machine): Problem[] {
  const { board, ramSize } = machine
  const free = board.ram.ranges(ramSize).map((range) => ({ ...range }))
  return vms.flatMap((vm): Problem[] => {
    const reach = reachOf(vm, machine)
    if (!vm.trustedDma || reach === undefined) return []
    const spot = free.map((range) => ({ range, start: startIn(range, vm.memory, reach) }))
    const found = spot.find(({ range, start }) => start >= Math.max(range.start, LOWEST))
    if (!found) {
      const reason = `${sizeText(vm.memory)} do not fit into the RAM that its devices reach, which ends at ${hex(reach)}`
      return [{ path: `vms[${vm.index}].memory`, reason, remedy: 'give it less' }]
    }
    vm.ramBase = found.start
    found.range.end = found.start
    return []
  })
}

function startIn({ end }: Range, size: number, reach: number): number {
  return alignDown(Math.min(end, reach) - size, BLOCK_SIZE)
}

/** The least of its devices', undefined if none masters the bus. */
function reachOf(vm: Vm, { board }: Machine): number | undefined {
  const reaches = vm.passthrough.flatMap((name) => board.devices?.[name]?.dma?.reach ?? [])
  return reaches.length > 0 ? Math.min(...reaches) : undefined
}
