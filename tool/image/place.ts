/** Where a guest's kernel, initrd and DTB go in its RAM; the hypervisor only copies. */
import { BLOCK_SIZE, PAGE_SIZE } from '../../src/abi/layout.ts'
import { sizeLiteral } from '../config/size.ts'
import type { Vm } from '../config/system.ts'
import type { Problem } from '../ui/failure.ts'
import { alignUp, hex, sizeText } from '../ui/number.ts'
import { checkDtbAddress, checkEntry, checkLoad, checkSegment } from './check-spot.ts'
import { GuestRam, type Spot } from './guest-ram.ts'
import type { Kernel } from './kernel.ts'

export interface Placement {
  entry: number
  /** What the guest finds in x0: its DTB's address, or 0. */
  x0: number
  /** One for an Image or flat binary, one for each segment of an ELF file. */
  kernel: Spot[]
  initrd?: Spot
  dtb?: Spot
}

/** Bytes of each part in the bundle. */
export interface PartSizes {
  kernel: number
  initrd?: number
  dtb?: number
}

interface Attempt {
  placement: Placement
  problems: Problem[]
  /** Something without a fixed address found no room. */
  isFull: boolean
}

const ENDLESS = 2 ** 48

/** Places everything, or says what does not go and where the config says so. */
export function place(vm: Vm, kernel: Kernel, sizes: PartSizes): { placement: Placement; problems: Problem[] } {
  const { placement, problems, isFull } = attempt(vm, kernel, sizes, vm.memory)
  if (!isFull) return { placement, problems }
  const ideal = attempt(vm, kernel, sizes, ENDLESS).placement
  const spots = [...ideal.kernel, ideal.initrd, ideal.dtb].filter((spot) => spot !== undefined)
  const needed = Math.max(...spots.map((spot) => spot.address + spot.size)) - vm.ramBase
  const enough = alignUp(needed, needed > BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE)
  const parts = spots.map((spot) => `${spot.name} (${sizeText(spot.size)} from ${hex(spot.address)})`)
  const problem = {
    path: `vms[${vm.index}].memory`,
    reason: `${sizeText(vm.memory)} do not hold ${parts.join(' and ')}`,
    remedy: `write ${sizeLiteral(enough)} or more`,
  }
  return { placement, problems: [...problems, problem] }
}

function attempt(vm: Vm, kernel: Kernel, sizes: PartSizes, memory: number): Attempt {
  const ram = new GuestRam(vm.ramBase, memory)
  const { spots, entry, problems, isFull } = placeKernel(vm, kernel, sizes.kernel, ram)
  const placement: Placement = { entry, x0: 0, kernel: spots }
  const missing = [isFull]
  const free = (name: string, size: number, from: number): Spot | undefined => {
    const spot = ram.find(name, size, from) ?? ram.find(name, size, vm.ramBase)
    missing.push(!spot)
    return spot && ram.take(spot)
  }
  if (sizes.dtb !== undefined && vm.dtb.address !== undefined) {
    const spot = { name: 'the DTB', address: vm.dtb.address, size: sizes.dtb }
    problems.push(...checkDtbAddress(`vms[${vm.index}].dtb.address`, spot, ram))
    placement.dtb = ram.take(spot)
  }
  if (sizes.initrd !== undefined) {
    const kernelEnd = Math.max(...spots.map((spot) => spot.address + spot.size))
    placement.initrd = free('the initrd', sizes.initrd, kernelEnd)
  }
  // Guests made for QEMU virt (U-Boot, lk) look at the start of RAM whatever x0 says.
  if (sizes.dtb !== undefined) placement.dtb ??= free('the DTB', sizes.dtb, vm.ramBase)
  placement.x0 = placement.dtb?.address ?? 0
  return { placement, problems, isFull: missing.includes(true) }
}

function placeKernel(vm: Vm, kernel: Kernel, fileSize: number, ram: GuestRam) {
  const path = `vms[${vm.index}].kernel`
  const wish = 'file' in vm.kernel ? vm.kernel : undefined
  const problems: Problem[] = []
  const spots: Spot[] = []
  let isFull = false
  if (kernel.kind === 'elf') {
    if (wish?.load !== undefined) {
      const reason = 'an ELF file says itself where it goes'
      problems.push({ path: `${path}.load`, reason, remedy: 'remove load, or make a flat binary of it with objcopy' })
    }
    for (const { address, memorySize } of kernel.segments) {
      const spot = { name: 'the kernel', address, size: memorySize }
      problems.push(...checkSegment(path, spot, ram))
      spots.push(ram.take(spot))
    }
  } else {
    const size = kernel.kind === 'image' ? kernel.memorySize : fileSize
    const spot = { name: 'the kernel', address: wish?.load ?? imageAddress(kernel, size, ram), size }
    if (wish?.load !== undefined) problems.push(...checkLoad(path, spot, ram))
    else isFull = !ram.holds(spot)
    spots.push(ram.take(spot))
  }
  const entry = wish?.entry ?? (kernel.kind === 'elf' ? kernel.entry : spots[0]!.address)
  problems.push(...checkEntry(path, entry, spots))
  return { spots, entry, problems, isFull }
}

/** text_offset above a 2 MiB boundary: the second one, which leaves the DTB its usual place, where RAM is large enough. */
function imageAddress(kernel: Kernel, size: number, ram: GuestRam): number {
  const offset = kernel.kind === 'image' ? kernel.textOffset : 0
  const usual = ram.base + BLOCK_SIZE + offset
  const lowest = ram.base + offset
  return usual + size > ram.end && lowest + size <= ram.end ? lowest : usual
}
