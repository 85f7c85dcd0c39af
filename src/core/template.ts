/** Templates: what VMs of run time are made of. Their names, and the CPUs that they will want, are noted at boot. */
import { MAX_VMS } from '../abi/layout'
import * as fdt from '../lib/fdt'
import { lengthWithin } from '../lib/text'
import { coreOf, isListed, isTemplate, nodeAt, tree } from './bundle'
import { drawBlock, fillPool, wipe } from './entropy'
import { NO_MEMORY } from './pages'
import { openCpu } from './secondary'
import { NAME_SIZE, poolOf, Vm, vmAt, vmCount } from './vm'

const POOL_SIZE: usize = 32
/** By their places in the bundle; empty for those of VMs. Boot only. */
const names = memory.data(MAX_VMS * 32, 8)
/** What the pools of VMs to come are drawn from. */
const mother = memory.data(32, 8)

if (NAME_SIZE != 32) ERROR('template: a name has 32 bytes')

/** Boot: the template `index` of the bundle. What is wrong, or ''. */
export function noteTemplate(index: u32): string {
  const node = nodeAt(index)
  const name = fdt.nodeName(node)
  const length = lengthWithin(name, name + NAME_SIZE)
  if (length <= 0) return 'a VM of the bundle has no name or too long a one'
  memory.copy(nameAt(index), name, length)
  const count = fdt.cell(tree, node, 'vcpus', 0, 0)
  for (let i: u32 = 0; i < count; i++) {
    const core = coreOf(index, i)
    if (core < 0) return 'a VM wants a core that the board lacks'
    if (!openCpu(core)) return NO_MEMORY
  }
  return ''
}

export function nameAt(index: u32): usize {
  return names + index * NAME_SIZE
}

export function isKnown(index: u32): bool {
  return index < <u32>MAX_VMS && load<u8>(nameAt(index)) !== 0
}

/** Byte `i` of a template's name, 0 behind the last. */
export function templateNameByte(index: u32, i: u32): u32 {
  return isKnown(index) && i < NAME_SIZE ? load<u8>(nameAt(index) + i) : 0
}

/** Boot, while the machine's tree can be read: chance for pools of VMs to come, out of a VM's own, which then moves on. */
export function seedTemplates(): void {
  let any = false
  for (let i: u32 = 0; isListed(i); i++) if (isTemplate(i)) any = true
  for (let i: u32 = 0; any && i < vmCount; i++) {
    const vm = vmAt(i)
    if (!vm.vcpuCount) continue
    fillPool(vm)
    memory.copy(mother, drawBlock(vm), POOL_SIZE)
    wipe(vm)
    return
  }
}

/** A pool of its own for a VM that was just made. */
export function seedPool(vm: Vm): void {
  memory.copy(poolOf(vm), mother, POOL_SIZE)
  const block = drawBlock(vm)
  memory.copy(mother, poolOf(vm), POOL_SIZE)
  memory.copy(poolOf(vm), block, POOL_SIZE)
  wipe(vm)
}
