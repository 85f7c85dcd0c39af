/** The board's RAM holds every VM's RAM, each in one piece, beside the hypervisor and the bundle. */
import { BLOCK_SIZE, PAGE_SIZE } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import { alignUp, sizeText } from '../../ui/number.ts'
import { sizeLiteral } from '../size.ts'
import type { Machine, Vm } from '../system.ts'

/** The hypervisor's image with its tables, and the machine's DTB. */
const HYPERVISOR_RESERVE = 2 * BLOCK_SIZE
const DTB_RESERVE = BLOCK_SIZE

/** `bundleSize` is 0 where the bundle is not known yet. */
export function checkRam(vms: readonly Vm[], machine?: Machine, bundleSize = 0): Problem[] {
  if (!machine) return []
  const late = firstWithoutRoom(vms, machine, bundleSize)
  if (!late) return []
  const { vm, largest } = late
  const taken = `Bulkhead${bundleSize ? ', the bundle' : ''}${vms.length > 1 ? ' and the other VMs' : ''}`
  const reason = `${sizeText(vm.memory)} are more than the board can give: ${machine.board.name} has ${sizeText(machine.ramSize)} of RAM, and beside ${taken} the largest free piece is ${sizeText(largest)}`
  return [{ path: `vms[${vm.index}].memory`, reason, remedy: remedy(vms, machine, bundleSize) }]
}

/** Gives out RAM as core does: VM by VM the smallest range that holds it (src/core/pages.ts). */
function firstWithoutRoom(vms: readonly Vm[], machine: Machine, bundleSize: number) {
  const ranges = freeRanges(machine, bundleSize)
  for (const vm of vms) {
    const step = vm.memory < BLOCK_SIZE ? PAGE_SIZE : BLOCK_SIZE
    const left = (range: Range) => range.end - alignUp(range.start, step) - vm.memory
    const fitting = ranges.filter((range) => left(range) >= 0).sort((a, b) => left(a) - left(b))
    const range = fitting[0]
    if (!range) return { vm, largest: Math.max(0, ...ranges.map(({ start, end }) => end - start)) }
    range.start = alignUp(range.start, step) + vm.memory
  }
  return undefined
}

interface Range {
  start: number
  end: number
}

/** The boot loader puts the bundle into the middle of RAM, and the DTB behind it. */
function freeRanges({ board, ramSize }: Machine, bundleSize: number): Range[] {
  const bundleAt = bundleSize && board.qemu ? board.qemu.initrdOffset(ramSize) : HYPERVISOR_RESERVE
  const bundleEnd = alignUp(bundleAt + bundleSize, BLOCK_SIZE) + (bundleSize ? DTB_RESERVE : 0)
  return [
    { start: HYPERVISOR_RESERVE, end: bundleAt },
    { start: bundleEnd, end: ramSize },
  ]
}

function remedy(vms: readonly Vm[], machine: Machine, bundleSize: number): string {
  const { board, ramSize } = machine
  for (let size = alignUp(ramSize + 1, 64 * 2 ** 20); size <= board.ram.most; size += 64 * 2 ** 20) {
    if (firstWithoutRoom(vms, { ...machine, ramSize: size }, bundleSize)) continue
    return `give the VMs less, or the board { memory: ${sizeLiteral(size)} }`
  }
  return 'give the VMs less'
}
