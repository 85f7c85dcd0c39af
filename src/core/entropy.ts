/**
 * Random numbers for VMs, a pool of its own for each: SHA-256's chaining value over what the board has to offer. FEAT_RNG's RNDR
 * (DDI 0487, "Random Number Generator") where the CPU has it, the boot loader's /chosen/rng-seed (Devicetree Specification,
 * "/chosen Node"), and in any case how long this CPU takes for things; where that last is all there is, boot says so.
 */
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { SHA256_BLOCK, SHA256_WORK, sha256Begin, sha256Update } from '../lib/sha256'
import * as machine from './machine'
import { SCRATCH_AT, vcpuAt } from './vcpu'
import { poolOf, Vm } from './vm'

const POOL_SIZE: usize = 32
const WORK_SIZE: usize = SHA256_WORK + <usize>SHA256_BLOCK
/** A property's head in a DTB goes before its value. */
export const BLOCK_HEADER: usize = 12
/** ID_AA64ISAR0_EL1.RNDR. */
const RNDR_SHIFT: u64 = 60
/** Looks at the counter, each after a hash of the ones before; where there is a better source, one block is enough. */
const JITTER_BLOCKS: u32 = 8
const JITTER_SAMPLES: u32 = 8
/** What a block is for, so that no two uses of a pool hash the same. */
const FOR_SEED: u64 = 1
const FOR_OUTPUT: u64 = 2
const FOR_NEXT: u64 = 3

/** Whether there is more than jitter. Boot only. */
let hasSource: bool = false

export function hasEntropySource(): bool {
  return hasSource
}

/** The VM's first pool, while the machine's tree can be read. Boot only. */
export function fillPool(vm: Vm): void {
  const work = scratch(vm)
  sha256Begin(work)
  const seed = machine.rngSeed()
  const size: u32 = seed ? fdt.propertySize(seed) : 0
  for (let done: u32 = 0; done < size; done += <u32>SHA256_BLOCK) {
    const part = min(size - done, <u32>SHA256_BLOCK)
    memory.copy(newBlock(work), fdt.propertyData(seed) + done, part)
    absorb(work)
  }
  hasSource = size != 0 || hasRndr()
  for (let i: u32 = hasSource ? JITTER_BLOCKS - 1 : 0; i < JITTER_BLOCKS; i++) {
    const block = newBlock(work)
    for (let j: u32 = 0; j < JITTER_SAMPLES; j++) store<u64>(block + (j << 3), (hw.cntpct_el0() << 8) ^ random())
    absorb(work)
  }
  hash(vm, work, FOR_SEED)
  memory.copy(poolOf(vm), work, POOL_SIZE)
  wipe(vm)
}

/** 64 bits out of the VM's pool, under its lock. */
export function draw(vm: Vm): u64 {
  const output = load<u64>(drawBlock(vm))
  wipe(vm)
  return output
}

/** 256 bits out of the VM's pool, which moves on, so that nobody finds them out from it later. Where they stand until `wipe`:
 * BLOCK_HEADER bytes before them are the caller's. Under the VM's lock, or before it runs. */
export function drawBlock(vm: Vm): usize {
  const work = scratch(vm)
  const output = work + WORK_SIZE + BLOCK_HEADER
  memory.copy(work, poolOf(vm), POOL_SIZE)
  hash(vm, work, FOR_OUTPUT)
  memory.copy(output, work, POOL_SIZE)
  memory.copy(work, poolOf(vm), POOL_SIZE)
  hash(vm, work, FOR_NEXT)
  memory.copy(poolOf(vm), work, POOL_SIZE)
  return output
}

export function wipe(vm: Vm): void {
  memory.fill(scratch(vm), 0, WORK_SIZE + BLOCK_HEADER + POOL_SIZE)
}

function hasRndr(): bool {
  return hw.id_register(6, 0) >> RNDR_SHIFT != 0
}

/** 0 where the CPU has nothing to say. */
export function random(): u64 {
  return hasRndr() ? hw.rndr() : 0
}

/** Room to hash in, and for one block behind it: nobody else uses this part of the first vCPU's page while its VM lives. */
function scratch(vm: Vm): usize {
  return changetype<usize>(vcpuAt(vm.firstVcpu)) + SCRATCH_AT
}

function newBlock(work: usize): usize {
  memory.fill(work + SHA256_WORK, 0, <usize>SHA256_BLOCK)
  return work + SHA256_WORK
}

function absorb(work: usize): void {
  sha256Update(work, <u64>(work + SHA256_WORK), SHA256_BLOCK)
}

/** A block of purpose, VM, time and, if there is such a thing, chance. */
function hash(vm: Vm, work: usize, purpose: u64): void {
  const block = newBlock(work)
  store<u64>(block, purpose)
  store<u64>(block, <u64>vm.index, 8)
  store<u64>(block, hw.cntpct_el0(), 16)
  store<u64>(block, random(), 24)
  absorb(work)
}
