/** The board's RAM holds every VM's RAM, each in one piece, beside the hypervisor and the bundle. */
import { BLOCK_SIZE, PAGE_SIZE } from '../../../src/abi/layout.ts'
import type { Problem } from '../../ui/failure.ts'
import { alignUp, sizeText } from '../../ui/number.ts'
import type { Range } from '../board.ts'
import { sizeLiteral } from '../size.ts'
import type { Machine, Vm } from '../system.ts'

/** The hypervisor's image with its tables, and the machine's DTB. */
const HYPERVISOR_RESERVE = 2 * BLOCK_SIZE
const DTB_RESERVE = BLOCK_SIZE
/** Between the sizes that a remedy tries. */
const STEP = 64 * 2 ** 20

/** `bundleSize` is 0 where the bundle is not known yet; `disks` are bytes of RAM for each disk, VM by VM. */
export function checkRam(vms: readonly Vm[], machine?: Machine, bundleSize = 0, disks: number[][] = []): Problem[] {
  if (!machine) return []
  const late = firstWithoutRoom(vms, machine, bundleSize, disks)
  if (!late) return []
  const { vm, size, isDisk, largest } = late
  const taken = `Bulkhead${bundleSize ? ', the bundle' : ''}${vms.length > 1 ? ' and the other VMs' : ''}`
  const reason = `${sizeText(size)} ${isDisk ? 'for a disk ' : ''}are more than the board can give: ${machine.board.name} has ${sizeText(machine.ramSize)} of RAM, and beside ${taken} the largest free piece is ${sizeText(largest)}`
  const field = isDisk ? 'devices' : 'memory'
  return [{ path: `vms[${vm.index}].${field}`, reason, remedy: remedy(vms, machine, bundleSize, disks) }]
}

/** Gives out RAM as core does: VM by VM, each one's disks behind its RAM, the smallest range that holds it (src/core/pages.ts). */
function firstWithoutRoom(vms: readonly Vm[], machine: Machine, bundleSize: number, disks: number[][]) {
  const fixed = vms.filter(({ trustedDma }) => trustedDma)
  const ranges = fixed.reduce(
    (free, { ramBase, memory }) => free.flatMap((range) => without(range, { start: ramBase, end: ramBase + memory })),
    freeRanges(machine, bundleSize),
  )
  for (const [i, vm] of vms.entries()) {
    for (const [piece, size] of [
      vm.trustedDma ? 0 : vm.memory,
      ...(disks[i] ?? []).filter((bytes) => bytes),
    ].entries()) {
      const isDisk = piece > 0
      const step = isDisk || size < BLOCK_SIZE ? PAGE_SIZE : BLOCK_SIZE
      const left = (range: Range) => range.end - alignUp(range.start, step) - size
      const fitting = ranges.filter((range) => left(range) >= 0).sort((a, b) => left(a) - left(b))
      const range = fitting[0]
      if (!range) return { vm, size, isDisk, largest: Math.max(0, ...ranges.map(({ start, end }) => end - start)) }
      range.start = alignUp(range.start, step) + size
    }
  }
  return undefined
}

/** The hypervisor is at the start of RAM; the boot loader puts the bundle further up, and the DTB behind it. */
function freeRanges({ board, ramSize }: Machine, bundleSize: number): Range[] {
  const ranges = board.ram.ranges(ramSize)
  const { start } = ranges[0]!
  const bundleAt = start + (bundleSize && board.qemu ? board.qemu.initrdOffset(ramSize) : HYPERVISOR_RESERVE)
  const bundleEnd = alignUp(bundleAt + bundleSize, BLOCK_SIZE) + (bundleSize ? DTB_RESERVE : 0)
  const taken = [
    { start, end: start + HYPERVISOR_RESERVE },
    { start: bundleAt, end: bundleEnd },
  ]
  return taken.reduce((free, range) => free.flatMap((piece) => without(piece, range)), ranges)
}

function without({ start, end }: Range, taken: Range): Range[] {
  return [
    { start, end: Math.min(end, taken.start) },
    { start: Math.max(start, taken.end), end },
  ].filter((piece) => piece.start < piece.end)
}

function remedy(vms: readonly Vm[], machine: Machine, bundleSize: number, disks: number[][]): string {
  for (const size of largerSizes(machine)) {
    if (firstWithoutRoom(vms, { ...machine, ramSize: size }, bundleSize, disks)) continue
    return `give the VMs less, or the board { memory: ${sizeLiteral(size)} }`
  }
  return 'give the VMs less'
}

function* largerSizes({ board, ramSize }: Machine): Generator<number> {
  const { most, sizes } = board.ram
  if (sizes) yield* sizes.filter((size) => size > ramSize)
  else for (let size = alignUp(ramSize + 1, STEP); size <= most; size += STEP) yield size
}
