/** A VM's stage-2 tables: its RAM, and on GICv2 the virtual CPU interface; nothing else is mapped. Built once, before the VM
 * first runs; a restart finds the same memory at the same place. What a VM gives back of it is balloon.ts's. */
import { PAGE_SIZE } from '../abi/layout'
import {
  ADDRESS,
  S2_DEVICE,
  S2_RAM,
  S2_READ_ONLY,
  S2_SHARED,
  S2_SHARED_READ_ONLY,
  shiftOf,
  TABLE,
  VALID,
} from '../arch/descriptor'
import * as hw from '../hw'
import { directVa } from './address'
import { fill, levelFor } from './leaf'
import { allocatePage } from './pages'

/** 39-bit IPA from level 1, so that one page is the root; 4 KiB; write-back walks; VTCR_EL2, DDI 0487. Bit 31 RES1. */
const IPA_BITS: u64 = 39
export const IPA_LIMIT: u64 = (<u64>1) << IPA_BITS
const VTCR: u64 = (1 << 31) | (3 << 12) | (1 << 10) | (1 << 8) | (1 << 6) | (64 - IPA_BITS)
const PARANGE_MAX: u64 = 5

export function vtcr(): u64 {
  const range = hw.id_aa64mmfr0_el1() & 15
  return VTCR | ((range < PARANGE_MAX ? range : PARANGE_MAX) << 16)
}

/** A new root, 0 if no page is left. */
export function create(): u64 {
  return allocatePage()
}

/** In blocks of `level` at most: 1 for 1 GiB, 2 for 2 MiB. */
export function mapRam(root: u64, ipa: u64, pa: u64, size: u64, level: u32): bool {
  return map(root, ipa, pa, size, S2_RAM, level)
}

/** What core writes and the guest reads. */
export function mapReadOnly(root: u64, ipa: u64, pa: u64, size: u64): bool {
  return map(root, ipa, pa, size, S2_READ_ONLY, 1)
}

export function mapDevice(root: u64, ipa: u64, pa: u64, size: u64): bool {
  return map(root, ipa, pa, size, S2_DEVICE, 1)
}

/** What several VMs have. */
export function mapShared(root: u64, ipa: u64, pa: u64, size: u64, isWritable: bool): bool {
  return map(root, ipa, pa, size, isWritable ? S2_SHARED : S2_SHARED_READ_ONLY, 2)
}

/** The largest block that alignment and size allow at each step. False: no page left, or something is mapped there. */
function map(root: u64, ipa: u64, pa: u64, size: u64, attributes: u64, largest: u32): bool {
  if (size == 0 || (ipa | pa | size) & (PAGE_SIZE - 1)) return false
  if (ipa + size < ipa || ipa + size > IPA_LIMIT) return false
  let done: u64 = 0
  while (done < size) {
    const level = levelFor((ipa + done) | (pa + done), size - done, largest)
    const entry = entryFor(root, ipa + done, level)
    const filled = entry ? fill(entry, pa + done, size - done, attributes, level) : 0
    if (!filled) return false
    done += filled
  }
  hw.dsb_ish() // tables before the VM that walks them
  return true
}

/** EL2's address of the entry of `level` for `ipa`, in tables that go so far. */
export function entryAt(root: u64, ipa: u64, level: u32): u64 {
  let table = root
  for (let at: u32 = 1; at < level; at++) table = hw.load64(slot(table, ipa, at)) & ADDRESS
  return slot(table, ipa, level)
}

function entryFor(root: u64, ipa: u64, level: u32): u64 {
  let table = root
  for (let at: u32 = 1; at < level; at++) {
    const entry = slot(table, ipa, at)
    let descriptor = hw.load64(entry)
    if (!(descriptor & VALID)) {
      const page = allocatePage()
      if (!page) return 0
      descriptor = page | TABLE
      hw.store64(entry, descriptor)
    } else if ((descriptor & TABLE) != TABLE) return 0
    table = descriptor & ADDRESS
  }
  return slot(table, ipa, level)
}

function slot(table: u64, ipa: u64, level: u32): u64 {
  return directVa(table) + (((ipa >> shiftOf(level)) & 511) << 3)
}
