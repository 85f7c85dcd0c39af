/** The board's RAM holds every VM's RAM, the bundle and the hypervisor. */
import { BLOCK_SIZE } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import { alignUp, sizeText } from '../../ui/number.ts'
import { sizeLiteral } from '../size.ts'
import type { Machine, Vm } from '../system.ts'

/** The hypervisor's own image, tables and stacks, and the machine's DTB: a 2 MiB block each. */
const RESERVE = 2 * BLOCK_SIZE

/** `bundleSize` is 0 where the bundle is not known yet. */
export function checkRam(vms: readonly Vm[], machine?: Machine, bundleSize = 0): Problem[] {
  if (!machine) return []
  const { board, ramSize } = machine
  const taken = RESERVE + alignUp(bundleSize, BLOCK_SIZE)
  const left = ramSize - taken
  const has = `${board.name} has ${sizeText(ramSize)}, and ${sizeText(taken)} of that go to Bulkhead${bundleSize ? ' and the bundle' : ''}`
  const tooLarge = vms.filter((vm) => vm.memory > left)
  if (tooLarge.length > 0) {
    return tooLarge.map((vm) => ({
      path: `vms[${vm.index}].memory`,
      reason: `${sizeText(vm.memory)} are more than the board can give: ${has}`,
      remedy: remedy(machine, vm.memory + taken),
    }))
  }
  const total = vms.reduce((sum, vm) => sum + vm.memory, 0)
  if (total <= left) return []
  const reason = `the VMs want ${sizeText(total)} in all: ${has}`
  return [{ path: 'vms', reason, remedy: remedy(machine, total + taken) }]
}

function remedy({ board }: Machine, needed: number): string {
  const step = 64 * 2 ** 20
  const enough = alignUp(needed, step)
  if (enough > board.ram.most) return 'give the VMs less'
  return `give the VMs less, or the board { memory: ${sizeLiteral(enough)} }`
}
