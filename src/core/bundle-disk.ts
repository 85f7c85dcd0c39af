/** A VM's disks as the bundle has them (doc/bundle.md): in RAM, over an image or without one; or a part of the board's storage. Boot
 * only; returns what is wrong, or '' if nothing is. */
import { EXTENSION_STORAGE } from '../abi/extension'
import { PAGE_SIZE } from '../abi/layout'
import * as fdt from '../lib/fdt'
import { isEmpty } from '../lib/literal'
import { directVa } from './address'
import { NO_EXTENSION, pair, readImage, tree } from './bundle'
import { hasExtension } from './extension'
import { Disk, diskAt, loadAt, MAX_DISKS, Vm } from './vm'
import { claimVolume, Volume } from './volume'

/** A cluster's number fits a word. */
const DISK_LIMIT: u64 = 1 << 40

export function readDisk(vm: Vm, node: usize, images: usize): string {
  if (vm.diskCount === MAX_DISKS) return 'a VM has too many disks'
  const disk = diskAt(vm, vm.diskCount++)
  if (fdt.property(tree, node, 'storage')) return readVolume(vm, disk, node)
  disk.size = pair(node, 'size', 0)
  disk.poolCount = fdt.cell(tree, node, 'pool', 0, 0)
  if (!disk.size || disk.size & (PAGE_SIZE - 1) || disk.size > DISK_LIMIT) return "a disk's size is wrong"
  if (!fdt.property(tree, node, 'image')) return ''
  const problem = readImage(vm, node, images)
  if (!isEmpty(problem)) return problem
  const load = loadAt(vm, vm.loadCount - 1)
  load.isDisk = 1
  disk.baseVa = directVa(load.pa)
  return load.length === disk.size ? '' : 'a disk is not as large as its image'
}

/** Where it is on the board's disk is found later: src/core/storage-life.ts. */
function readVolume(vm: Vm, disk: Disk, node: usize): string {
  if (!hasExtension(EXTENSION_STORAGE)) return NO_EXTENSION
  const at = claimVolume(vm.index, vm.diskCount - 1)
  if (!at) return 'the bundle has too many disks on the board'
  const volume = changetype<Volume>(at)
  volume.node = node
  volume.isReadOnly = fdt.property(tree, node, 'read-only') ? 1 : 0
  disk.isVolume = 1
  vm.hasDevices = 1
  return ''
}
