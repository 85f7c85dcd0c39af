/**
 * Seeds for a guest's own random numbers and addresses: rng-seed and kaslr-seed in its DTB's /chosen (Devicetree Specification,
 * "/chosen Node"), anew at each start. The bundle's DTB has FDT_NOP in their places (doc/bundle.md), and that is what a guest
 * finds where there is no source of chance: a guest trusts what it reads there.
 */
import { VIRTIO_ENTROPY } from '../arch/virtio'
import * as hw from '../hw'
import { BLOCK_HEADER, drawBlock, hasEntropySource, wipe } from './entropy'
import { hasSlot, loadAt, ramVa, Vm } from './vm'
import { Load } from './vm-part'

/** Bytes, with the property's head. */
export const RNG_SEED_SIZE: u32 = <u32>BLOCK_HEADER + 32
export const KASLR_SEED_SIZE: u32 = <u32>BLOCK_HEADER + 8
const FDT_PROP: u32 = 3

/** Once the image stands in the VM's RAM. */
export function plantSeeds(vm: Vm, load: Load): void {
  if (!hasEntropySource()) return
  if (load.rngSeed) plant(vm, load, load.rngSeed, RNG_SEED_SIZE)
  if (load.kaslrSeed) plant(vm, load, load.kaslrSeed, KASLR_SEED_SIZE)
}

/** Whether the VM's DTB or its entropy device asks for random numbers. */
export function wantsEntropy(vm: Vm): bool {
  for (let i: u32 = 0; i < vm.loadCount; i++) if (loadAt(vm, i).rngSeed) return true
  return hasSlot(vm, VIRTIO_ENTROPY)
}

/** `spot`: where in the image, in bits 63:32, and the name's offset in the DTB's strings. */
function plant(vm: Vm, load: Load, spot: u64, size: u32): void {
  const property = drawBlock(vm) - BLOCK_HEADER
  store<u32>(property, bswap<u32>(FDT_PROP))
  store<u32>(property, bswap<u32>(size - <u32>BLOCK_HEADER), 4)
  store<u32>(property, bswap<u32>(<u32>spot), 8)
  hw.load(ramVa(vm, load.ipa + (spot >> 32)), <u64>property, <u64>size)
  wipe(vm)
}
