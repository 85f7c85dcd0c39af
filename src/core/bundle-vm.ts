/** A VM as the bundle has it (doc/bundle.md). Boot, and where one is made of a template. Returns what is wrong, or '' if nothing is. */
import { DEVICE_SIGNS, DEVICE_WATCHDOG } from '../abi/compartment'
import { EXTENSION_BOARD, EXTENSION_LIFE, EXTENSION_NETWORK, EXTENSION_VIRTIO } from '../abi/extension'
import { RAM_IPA, VIRTIO_SLOTS } from '../abi/guest-machine'
import { MAX_VM_VCPUS, PAGE_SIZE } from '../abi/layout'
import { MAX_SETTINGS } from '../abi/setting'
import { VIRTIO_GPIO, VIRTIO_NETWORK, VIRTIO_SOCKET } from '../arch/virtio'
import * as fdt from '../lib/fdt'
import { isEmpty } from '../lib/literal'
import { lengthWithin } from '../lib/text'
import { NO_EXTENSION, pair, readImage, tree, vmNode } from './bundle'
import { readDisk } from './bundle-disk'
import { readLife } from './bundle-life'
import { hasExtension } from './extension'
import { gicVersion } from './machine'
import { KASLR_SEED_SIZE, RNG_SEED_SIZE } from './seed'
import { IPA_LIMIT } from './stage2'
import { loadAt, NAME_SIZE, nameOf, ramHolds, settingAt, slotsOf, Vm, vmAt } from './vm'
import { Load } from './vm-part'

/** Below, a VM's machine has its devices (src/abi/guest-machine.ts). */
const IDENTITY_LOWEST: u64 = 0x1000_0000

/** Fills the record of VM `index`, whose page is mapped, as the bundle has it at `place`. */
export function readVm(index: u32, place: u32): string {
  const vm = vmAt(index)
  vm.node = place
  const node = vmNode(index)
  const name = fdt.nodeName(node)
  const length = lengthWithin(name, name + NAME_SIZE)
  if (length <= 0) return 'a VM of the bundle has no name or too long a one'
  memory.copy(nameOf(vm), name, length)
  vm.index = index
  vm.vcpuCount = fdt.cell(tree, node, 'vcpus', 0, 0)
  if (vm.vcpuCount == 0 || vm.vcpuCount > <u32>MAX_VM_VCPUS) return 'a VM has no vCPU or too many'
  vm.ramIpa = pair(node, 'memory', 0)
  vm.ramSize = pair(node, 'memory', 1)
  readLife(tree, node, vm)
  vm.isIdentity = fdt.property(tree, node, 'identity') ? 1 : 0
  if (vm.isCritical | vm.isIdentity && !hasExtension(EXTENSION_BOARD)) return NO_EXTENSION
  if (
    vm.ramIpa < (vm.isIdentity ? IDENTITY_LOWEST : <u64>RAM_IPA) ||
    !vm.ramSize ||
    (vm.ramIpa | vm.ramSize) & (PAGE_SIZE - 1)
  )
    return "a VM's memory is wrong"
  if (vm.ramIpa + vm.ramSize < vm.ramIpa || vm.ramIpa + vm.ramSize > IPA_LIMIT) return "a VM's memory is wrong"
  vm.entry = pair(node, 'entry', 0)
  vm.x0 = pair(node, 'x0', 0)
  vm.devices = fdt.cell(tree, node, 'devices', 0, 0)
  const needsLife = (vm.devices & (DEVICE_WATCHDOG | DEVICE_SIGNS)) | vm.awaits
  if (needsLife && !hasExtension(EXTENSION_LIFE)) return NO_EXTENSION
  if (!readSlots(vm, node)) return NO_EXTENSION
  if (!readSettings(vm, node)) return 'a VM has too many settings'
  return readLoads(vm, node)
}

/** Device types that the VM's compartment does not know leave their slots empty. False: nobody here knows any. */
function readSlots(vm: Vm, node: usize): bool {
  let any: u32 = 0
  const property = fdt.property(tree, node, 'virtio')
  const count = property ? min<u32>(fdt.propertySize(property) >> 2, VIRTIO_SLOTS) : 0
  for (let i: u32 = 0; i < count; i++) {
    const type = fdt.cell(tree, node, 'virtio', i, 0)
    store<u8>(slotsOf(vm) + i, <u8>type)
    any |= type
    if (type == VIRTIO_GPIO && !hasExtension(EXTENSION_BOARD)) return false
    if (type == VIRTIO_NETWORK || type == VIRTIO_SOCKET) vm.portCount++
  }
  return (!any || hasExtension(EXTENSION_VIRTIO)) && (!vm.portCount || hasExtension(EXTENSION_NETWORK))
}

function readSettings(vm: Vm, node: usize): bool {
  const settings = fdt.property(tree, node, 'settings')
  vm.settingCount = settings ? fdt.propertySize(settings) >> 3 : 0
  if (vm.settingCount > <u32>MAX_SETTINGS) return false
  for (let i: u32 = 0; i < vm.settingCount; i++) store<u64>(settingAt(vm, i), pair(node, 'settings', i))
  return true
}

function readLoads(vm: Vm, node: usize): string {
  const images = fdt.child(tree, fdt.root(tree), 'images')
  if (!images) return 'the bundle has no images'
  for (let at = fdt.firstChild(tree, node); at; at = fdt.nextSibling(tree, at)) {
    const forGic = fdt.cell(tree, at, 'gic', 0, gicVersion)
    if (forGic != gicVersion) continue
    if (fdt.property(tree, at, 'device')) {
      if (!hasExtension(EXTENSION_BOARD)) return NO_EXTENSION
      vm.hasDevices = 1 // src/core/bundle-device.ts
      continue
    }
    const isDisk = fdt.property(tree, at, 'pool') != 0
    if (isDisk && !hasExtension(EXTENSION_VIRTIO)) return NO_EXTENSION
    const problem = isDisk ? readDisk(vm, at, images) : readLoad(vm, at, images)
    if (!isEmpty(problem)) return problem
  }
  return ''
}

/** An image that is copied into RAM. */
function readLoad(vm: Vm, node: usize, images: usize): string {
  const problem = readImage(vm, node, images)
  if (!isEmpty(problem)) return problem
  const load = loadAt(vm, vm.loadCount - 1)
  load.ipa = pair(node, 'address', 0)
  const size = pair(node, 'size', 0)
  load.rngSeed = pair(node, 'rng-seed', 0)
  load.kaslrSeed = pair(node, 'kaslr-seed', 0)
  if (!holdsSeed(load, load.rngSeed, RNG_SEED_SIZE) || !holdsSeed(load, load.kaslrSeed, KASLR_SEED_SIZE))
    return 'a seed has no room in its image'
  return ramHolds(vm, load.ipa, size > load.length ? size : load.length) ? '' : "an image does not fit its VM's RAM"
}

function holdsSeed(load: Load, spot: u64, size: u32): bool {
  return !spot || (spot >> 32) + <u64>size <= load.length
}
