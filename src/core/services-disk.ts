/** What core does for block devices: the VM's disks by their number; everything asked is checked in disk.ts. */
import { thisCpu } from './cpu'
import { discardDisk, isVolume, isWritable, isWritableVolume, readDisk, sizeOf, writeDisk, zeroDisk } from './disk'
import { Vcpu } from './vcpu'
import { Vm, vmAt } from './vm'

function vm(): Vm {
  return vmAt(changetype<Vcpu>(thisCpu().vcpu).vm)
}

export function diskSize(index: u32): u64 {
  return sizeOf(vm(), index)
}

export function diskWritable(index: u32): u32 {
  return isWritable(vm(), index) || isWritableVolume(vm(), index) ? 1 : 0
}

/** 1: the disk is on the board's storage, and that extension is there to be asked for it. */
export function diskStored(index: u32): u32 {
  return isVolume(vm(), index) ? 1 : 0
}

export function diskRead(index: u32, at: u64, ipa: u64, length: u32): u32 {
  const own = vm()
  if (!readDisk(own, index, at, ipa, length)) return 0
  own.diskRead += length
  return 1
}

export function diskWrite(index: u32, at: u64, ipa: u64, length: u32): u32 {
  const own = vm()
  if (!writeDisk(own, index, at, ipa, length)) return 0
  own.diskWritten += length
  return 1
}

export function diskZero(index: u32, at: u64, length: u32): u32 {
  return zeroDisk(vm(), index, at, length) ? 1 : 0
}

export function diskDiscard(index: u32, at: u64, length: u32): u32 {
  return discardDisk(vm(), index, at, length) ? 1 : 0
}
