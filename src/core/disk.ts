/**
 * Disks of VMs: an image of the bundle, which several may share, under pages of a VM's own. A cluster of 4 KiB lies in the base
 * until its first write, which copies it into the VM's pool; a disk without an image begins as zeroes. What was written lasts
 * until the board is switched off, over restarts of its VM too.
 */
import { PAGE_SHIFT, PAGE_SIZE } from '../abi/layout'
import * as hw from '../hw'
import { directVa } from './address'
import { allocate } from './pages'
import { diskAt, ramHolds, ramVa, Vm } from './vm'
import { Disk } from './vm-part'
import { canWrite, sizeOfVolume } from './volume'

/** One call copies no more: what a CPU does at EL2 without a look at its interrupts. */
export const DISK_PIECE: u64 = 0x1_0000

const CLUSTER: u64 = PAGE_SIZE
const ENTRY_SHIFT: u64 = 3

/** Memory for a disk that can be written: its map, zeroed, and its pool. False: there is not enough. Boot only. */
export function createDisk(disk: Disk): bool {
  if (!disk.poolCount) return true
  const map = (((disk.size >> PAGE_SHIFT) << ENTRY_SHIFT) + PAGE_SIZE - 1) & ~(<u64>(PAGE_SIZE - 1))
  const pa = allocate(map + (disk.poolCount << PAGE_SHIFT), PAGE_SIZE)
  if (!pa) return false
  disk.mapVa = directVa(pa)
  disk.poolVa = disk.mapVa + map
  hw.scrub(disk.mapVa, map)
  return true
}

/** Bytes of the VM's disk `index`, 0 if there is none. */
export function sizeOf(vm: Vm, index: u32): u64 {
  if (index >= vm.diskCount) return 0
  const disk = diskAt(vm, index)
  return disk.isVolume ? sizeOfVolume(vm.index, index) : disk.size
}

export function isWritable(vm: Vm, index: u32): bool {
  return index < vm.diskCount && diskAt(vm, index).mapVa != 0
}

export function isVolume(vm: Vm, index: u32): bool {
  return index < vm.diskCount && diskAt(vm, index).isVolume !== 0
}

export function isWritableVolume(vm: Vm, index: u32): bool {
  return isVolume(vm, index) && canWrite(vm.index, index)
}

/** Up to DISK_PIECE bytes at byte `at` of the disk into the VM's RAM. False: not all of that is there. */
export function readDisk(vm: Vm, index: u32, at: u64, ipa: u64, length: u64): bool {
  if (index >= vm.diskCount) return false
  const disk = diskAt(vm, index)
  if (!isWithin(disk, at, length) || !ramHolds(vm, ipa, length)) return false
  let to = ramVa(vm, ipa)
  let place = at
  let left = length
  while (true) {
    const part = partOf(place, left)
    const from = sourceOf(disk, place)
    if (from) hw.copy(to, from, part)
    else hw.zero(to, part)
    left -= part
    if (!left) return true
    to += part
    place += part
  }
}

/** The same in the other direction. False also: read-only, or the pool is used up; then a part may have been written. */
export function writeDisk(vm: Vm, index: u32, at: u64, ipa: u64, length: u64): bool {
  if (!isWritable(vm, index)) return false
  const disk = diskAt(vm, index)
  if (!isWithin(disk, at, length) || !ramHolds(vm, ipa, length)) return false
  let from = ramVa(vm, ipa)
  for (let done: u64 = 0; done < length; ) {
    const part = partOf(at + done, length - done)
    const to = ownPage(disk, at + done, part == CLUSTER)
    if (!to) return false
    hw.copy(to, from, part)
    from += part
    done += part
  }
  return true
}

/** Up to DISK_PIECE bytes become zeroes. */
export function zeroDisk(vm: Vm, index: u32, at: u64, length: u64): bool {
  if (!isWritable(vm, index)) return false
  const disk = diskAt(vm, index)
  if (!isWithin(disk, at, length)) return false
  for (let done: u64 = 0; done < length; ) {
    const part = partOf(at + done, length - done)
    if (part == CLUSTER && !disk.baseVa) giveBack(disk, at + done)
    else {
      const to = ownPage(disk, at + done, part == CLUSTER)
      if (!to) return false
      hw.zero(to, part)
    }
    done += part
  }
  return true
}

/** Whole clusters in this range need not keep what was written to them: the pool has their pages again. */
export function discardDisk(vm: Vm, index: u32, at: u64, length: u64): bool {
  if (!isWritable(vm, index)) return false
  const disk = diskAt(vm, index)
  if (!isWithin(disk, at, length)) return false
  for (let done: u64 = 0; done < length; ) {
    const part = partOf(at + done, length - done)
    if (part == CLUSTER) giveBack(disk, at + done)
    done += part
  }
  return true
}

function isWithin(disk: Disk, at: u64, length: u64): bool {
  return length <= DISK_PIECE && length <= disk.size && at <= disk.size - length
}

/** As much as lies in one cluster. */
function partOf(at: u64, left: u64): u64 {
  return min(left, CLUSTER - (at & (CLUSTER - 1)))
}

function entryVa(disk: Disk, at: u64): u64 {
  return disk.mapVa + ((at >> PAGE_SHIFT) << ENTRY_SHIFT)
}

function poolVa(disk: Disk, page: u64): u64 {
  return disk.poolVa + (page << PAGE_SHIFT)
}

/** Where byte `at` is read; 0 for a cluster of zeroes. */
function sourceOf(disk: Disk, at: u64): u64 {
  const entry: u64 = disk.mapVa ? hw.load64(entryVa(disk, at)) : 0
  if (entry) return poolVa(disk, entry - 1) + (at & (CLUSTER - 1))
  return disk.baseVa ? disk.baseVa + at : 0
}

/** Where byte `at` is written: a page of the VM's own, which begins as the cluster was unless all of it is to be written. 0: the
 * pool is used up. */
function ownPage(disk: Disk, at: u64, isWhole: bool): u64 {
  const entryAt = entryVa(disk, at)
  const entry = hw.load64(entryAt)
  if (entry) return poolVa(disk, entry - 1) + (at & (CLUSTER - 1))
  const page = takePage(disk)
  if (page == NO_PAGE) return 0
  const va = poolVa(disk, page)
  if (!isWhole) {
    if (disk.baseVa) hw.copy(va, disk.baseVa + (at & ~(CLUSTER - 1)), CLUSTER)
    else hw.zero(va, CLUSTER)
  }
  hw.store64(entryAt, page + 1)
  return va + (at & (CLUSTER - 1))
}

const NO_PAGE: u64 = u64.MAX_VALUE

function takePage(disk: Disk): u64 {
  if (disk.poolFree) {
    const page = disk.poolFree - 1
    disk.poolFree = hw.load64(poolVa(disk, page))
    return page
  }
  return disk.poolUsed < disk.poolCount ? disk.poolUsed++ : NO_PAGE
}

function giveBack(disk: Disk, at: u64): void {
  const entryAt = entryVa(disk, at)
  const entry = hw.load64(entryAt)
  if (!entry) return
  hw.store64(entryAt, 0)
  hw.store64(poolVa(disk, entry - 1), disk.poolFree)
  disk.poolFree = entry
}
