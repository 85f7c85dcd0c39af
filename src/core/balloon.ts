/**
 * RAM that a VM has given back through its balloon: out of its stage 2, and zeroes when it comes back. The pages stay the VM's: it
 * gets the same ones again, when it asks for them or touches them, and never another's. Its stage 2 has blocks of 2 MiB at most,
 * and a table for each of them in reserve. Under vm.lock.
 *
 * DDI 0487, "Using break-before-make when updating translation table entries", "TLB maintenance instructions" (what a change of
 * stage 2 takes).
 */
import { BLOCK_SIZE, PAGE_SHIFT, PAGE_SIZE } from '../abi/layout'
import { ADDRESS, PAGE, S2_RAM, TABLE, VALID } from '../arch/descriptor'
import * as hw from '../hw'
import { directVa } from './address'
import { allocate } from './pages'
import { entryAt } from './stage2'
import { ramHolds, Vm } from './vm'

/** The level of blocks; that of pages is the next one. */
const BLOCKS: u32 = 2
const ENTRIES: u64 = 512
/** Pages that a touch brings back, where all of them are away: 64 KiB. */
const PIECE: u64 = 16
/** From so many pages on all of the VM's TLB entries go. */
const FLUSH_MOST: u64 = 64

/** The tables in reserve, for a VM that has a balloon and whole blocks of RAM. False: there is not enough RAM. Boot only. */
export function createBalloon(vm: Vm): bool {
  vm.tablesPa = allocate(blocksOf(vm) << PAGE_SHIFT, PAGE_SIZE)
  vm.tablesFresh = vm.tablesPa
  return vm.tablesPa != 0
}

export function hasWholeBlocks(vm: Vm): bool {
  return ((vm.ramIpa | vm.ramPa | vm.ramSize) & (BLOCK_SIZE - 1)) === 0
}

function blocksOf(vm: Vm): u64 {
  return vm.ramSize / BLOCK_SIZE
}

/** Takes `count` pages from `ipa` on out of the VM's reach, if they are its RAM. Up to one block in each call. */
export function takeOut(vm: Vm, ipa: u64, count: u64): void {
  if (!isOurs(vm, ipa, count)) return
  const room = ENTRIES - ((ipa >> PAGE_SHIFT) & (ENTRIES - 1))
  takeFromBlock(vm, ipa, min(count, room))
  if (count > room) takeFromBlock(vm, ipa + (room << PAGE_SHIFT), count - room)
}

function isOurs(vm: Vm, ipa: u64, count: u64): bool {
  if (!vm.tablesPa || ipa & (PAGE_SIZE - 1) || count - 1 >= ENTRIES) return false
  return ramHolds(vm, ipa, count << PAGE_SHIFT)
}

/** Pages of one block. */
function takeFromBlock(vm: Vm, ipa: u64, count: u64): void {
  const block = blockEntry(vm, ipa)
  const descriptor = hw.load64(block)
  if (!(descriptor & VALID)) return
  const isTable = (descriptor & TABLE) === TABLE
  if (count === ENTRIES) {
    vm.pagesOut += isTable ? presentIn(descriptor & ADDRESS) : ENTRIES
    hw.store64(block, 0)
    flush(ipa, isTable ? ENTRIES : 1)
    if (isTable) giveTable(vm, descriptor & ADDRESS)
    return
  }
  const table = isTable ? descriptor & ADDRESS : split(vm, block, ipa, descriptor)
  if (!table) return
  for (let i: u64 = 0; i < count; i++) {
    const entry = pageEntry(table, ipa + (i << PAGE_SHIFT))
    vm.pagesOut += hw.load64(entry) & VALID
    hw.store64(entry, 0)
  }
  flush(ipa, count)
}

/** A table in the place of a block: the same addresses, page by page. 0: no table is left. */
function split(vm: Vm, block: u64, ipa: u64, descriptor: u64): u64 {
  const table = takeTable(vm)
  if (!table) return 0
  const pa = descriptor & ADDRESS
  for (let i: u64 = 0; i < ENTRIES; i++)
    hw.store64(directVa(table) + (i << 3), (pa + (i << PAGE_SHIFT)) | S2_RAM | PAGE)
  hw.store64(block, 0)
  flush(ipa, 1)
  // A vCPU that touches the block meanwhile faults, and finds the table once it has vm.lock.
  hw.store64(block, table | TABLE)
  hw.dsb_ish()
  return table
}

/** No TLB holds what entries said that are invalid now: those of `count` pages, or of one block. The VM is the current one. */
function flush(ipa: u64, count: u64): void {
  if (count > FLUSH_MOST) {
    hw.tlbi_guest()
    return
  }
  hw.dsb_ishst() // the entries before what makes TLBs read them again
  for (let i: u64 = 0; i < count; i++) hw.tlbi_ipas2e1is(ipa + (i << PAGE_SHIFT))
  hw.tlbi_stage1()
}

/** `count` pages from `ipa` on are the VM's again, as zeroes; those that never left are as they were. */
export function putBack(vm: Vm, ipa: u64, count: u64): void {
  if (!isOurs(vm, ipa, count)) return
  for (let i: u64 = 0; i < count; i++) {
    const at = ipa + (i << PAGE_SHIFT)
    const table = tableOf(vm, at)
    if (table) putPage(vm, table, at)
  }
  hw.dsb_ish() // tables before whoever walks them
}

/** The page at `ipa` was touched and is not there. False: not because it was given back. */
export function fetchBack(vm: Vm, ipa: u64): bool {
  if (!vm.tablesPa || !ramHolds(vm, ipa, 1)) return false
  const first = ipa & ~(PIECE * PAGE_SIZE - 1)
  const table = tableOf(vm, ipa)
  let here: u64 = 0
  for (let i: u64 = 0; table && i < PIECE; i++) here += hw.load64(pageEntry(table, first + (i << PAGE_SHIFT))) & VALID
  if (here) putBack(vm, ipa & ~(<u64>PAGE_SIZE - 1), 1)
  else putBack(vm, first, PIECE)
  return true
}

/** All of the VM's RAM is there again, for its next life: it does not run, and its RAM is about to be scrubbed. */
export function restoreAll(vm: Vm): void {
  if (vm.tablesFresh === vm.tablesPa && !vm.pagesOut) return
  for (let i: u64 = 0; i < blocksOf(vm); i++) hw.store64(blockEntry(vm, vm.ramIpa + i * BLOCK_SIZE), 0)
  hw.tlbi_vm(vm.vttbr)
  for (let i: u64 = 0; i < blocksOf(vm); i++) {
    const done = i * BLOCK_SIZE
    hw.store64(blockEntry(vm, vm.ramIpa + done), (vm.ramPa + done) | S2_RAM | VALID)
  }
  hw.dsb_ish()
  vm.tablesFresh = vm.tablesPa
  vm.tablesFree = vm.pagesOut = 0
}

function blockEntry(vm: Vm, ipa: u64): u64 {
  return entryAt(vm.vttbr & ADDRESS, ipa, BLOCKS)
}

/** The table of the block at `ipa`, where some of its pages may be away; 0: all of them are there. */
function tableOf(vm: Vm, ipa: u64): u64 {
  const block = blockEntry(vm, ipa)
  const descriptor = hw.load64(block)
  if (descriptor & VALID) return (descriptor & TABLE) === TABLE ? descriptor & ADDRESS : 0
  const table = takeTable(vm)
  if (!table) return 0
  hw.scrub(directVa(table), PAGE_SIZE)
  hw.store64(block, table | TABLE)
  return table
}

function putPage(vm: Vm, table: u64, ipa: u64): void {
  const entry = pageEntry(table, ipa)
  if (hw.load64(entry) & VALID) return
  const pa = vm.ramPa + (ipa - vm.ramIpa)
  hw.scrub(directVa(pa), PAGE_SIZE)
  hw.store64(entry, pa | S2_RAM | PAGE)
  vm.pagesOut--
}

function pageEntry(table: u64, ipa: u64): u64 {
  return directVa(table) + (((ipa >> PAGE_SHIFT) & (ENTRIES - 1)) << 3)
}

function presentIn(table: u64): u64 {
  let count: u64 = 0
  for (let i: u64 = 0; i < ENTRIES; i++) count += hw.load64(directVa(table) + (i << 3)) & VALID
  return count
}

/** A table of the reserve, whatever it holds; 0: there is none, which cannot be as long as there is one for each block. */
function takeTable(vm: Vm): u64 {
  const free = vm.tablesFree
  if (free) {
    vm.tablesFree = hw.load64(directVa(free))
    return free
  }
  if (vm.tablesFresh === vm.tablesPa + (blocksOf(vm) << PAGE_SHIFT)) return 0
  const fresh = vm.tablesFresh
  vm.tablesFresh = fresh + PAGE_SIZE
  return fresh
}

/** Nobody walks it any more. */
function giveTable(vm: Vm, table: u64): void {
  hw.store64(directVa(table), vm.tablesFree)
  vm.tablesFree = table
}
