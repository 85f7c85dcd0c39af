/** EL2's own translation: what core, the compartments and the device windows see. Entries go from invalid
 * to valid and back, never from one mapping to another, so break-before-make (DDI 0487, "Using break-before-make") never arises. */
import {
  BOOT_TABLES,
  CPU_AT,
  DIRECT_VA,
  PAGE_SHIFT,
  PAGE_SIZE,
  STACK_SIZE,
  STACK_STRIDE,
  STACK_VA,
  TABLES_AT_ENTRY,
} from '../abi/layout'
import { ADDRESS, EL2_DATA, EL2_DEVICE, EL2_READ_ONLY, shiftOf, TABLE, VALID } from '../arch/descriptor'
import * as hw from '../hw'
import { deviceVa, directMapStands, directVa, hasDirectMap, imageEnd, imagePaAt } from './address'
import { fill, levelFor } from './leaf'
import { bundlePa, bundleSize } from './machine'
import { allocateOwn, rangeCount, rangeEnd, rangeStart, reachAll, reachLargest } from './pages'

/** Next table in the image's pool. Boot only. */
let bootTable: u32 = TABLES_AT_ENTRY

/** Maps `size` bytes from `va` to `pa` with the largest blocks that fit; all are multiples of 4 KiB. False: no page left, or
 * something is mapped there. */
export function map(va: u64, pa: u64, size: u64, attributes: u64): bool {
  let done: u64 = 0
  while (done < size) {
    const level = levelFor((va + done) | (pa + done), size - done, 1)
    const entry = entryFor(va + done, level)
    if (!entry) return false
    const filled = fill(entry, pa + done, size - done, attributes, level)
    if (!filled) return false
    done += filled
  }
  hw.dsb_ish()
  hw.isb()
  return true
}

/** Maps fresh zeroed pages. */
export function mapFresh(va: u64, size: u64): bool {
  for (let at = va; at < va + size; at += PAGE_SIZE) {
    const page = allocateOwn()
    if (!page || !map(at, page, PAGE_SIZE, EL2_DATA)) return false
  }
  return true
}

export function mapDevice(pa: u64, size: u64): bool {
  const first = pa & ~(<u64>(PAGE_SIZE - 1))
  const last = (pa + size + PAGE_SIZE - 1) & ~(<u64>(PAGE_SIZE - 1))
  return map(deviceVa(first), first, last - first, EL2_DEVICE)
}

/** Takes back blocks or pages that `map` gave. */
export function unmap(va: u64, size: u64): void {
  let at = va
  while (at < va + size) {
    const level = leafLevel(at)
    const entry = entryOf(at, level)
    if (entry) hw.store64(entry, 0)
    hw.tlbi_el2(at)
    at += (<u64>1) << shiftOf(level)
  }
}

/** Free RAM and the bundle at DIRECT_VA. False: no page is left for its tables; the console may have the image's again. */
export function openDirectMap(): bool {
  const before = bootTable
  if (mapDirectly()) return true
  directMapStands(false)
  const root = imagePaAt(hw.tables_offset())
  for (let va: u64 = DIRECT_VA; va < 2 * DIRECT_VA; va += (<u64>1) << shiftOf(0)) hw.store64(slot(root, va, 0), 0)
  bootTable = before
  return false
}

/** The image's own tables reach the image's data and the largest piece of RAM; what more it takes comes out of that piece. Not
 * the image's text and constants: they must have no writable alias. */
function mapDirectly(): bool {
  const data = imagePaAt(hw.data_offset())
  reachLargest()
  if (!map(DIRECT_VA + data, data, imageEnd() - data, EL2_DATA) || !mapRange(0)) return false
  directMapStands(true)
  for (let i: u32 = 1; i < rangeCount(); i++) if (!mapRange(i)) return false
  reachAll()
  const bundle = bundlePa & ~(<u64>PAGE_SIZE - 1)
  const bundleEnd = (bundlePa + bundleSize + PAGE_SIZE - 1) & ~(<u64>PAGE_SIZE - 1)
  return map(DIRECT_VA + bundle, bundle, bundleEnd - bundle, EL2_READ_ONLY)
}

function mapRange(i: u32): bool {
  return map(DIRECT_VA + rangeStart(i), rangeStart(i), rangeEnd(i) - rangeStart(i), EL2_DATA)
}

/** Stack and page of a further CPU. */
export function mapCpu(cpu: u32): bool {
  const stack = STACK_VA + <u64>STACK_STRIDE * <u64>(cpu + 1) - STACK_SIZE
  return mapFresh(stack, STACK_SIZE) && mapFresh(CPU_AT + ((<u64>cpu) << PAGE_SHIFT), PAGE_SIZE)
}

/** Address of the entry for `va` at `level`, with the tables above it made where they lack; 0 if that cannot be. */
function entryFor(va: u64, level: u32): u64 {
  let table = imagePaAt(hw.tables_offset())
  for (let at: u32 = 0; at < level; at++) {
    const entry = slot(table, va, at)
    let descriptor = hw.load64(entry)
    if (!(descriptor & VALID)) {
      const page = newTable()
      if (!page) return 0
      hw.dsb_ish() // the table's zeroes before the table
      descriptor = page | TABLE
      hw.store64(entry, descriptor)
    } else if ((descriptor & TABLE) != TABLE) return 0
    table = descriptor & ADDRESS
  }
  return slot(table, va, level)
}

function leafLevel(va: u64): u32 {
  let table = imagePaAt(hw.tables_offset())
  for (let level: u32 = 0; level < 3; level++) {
    const descriptor = hw.load64(slot(table, va, level))
    if ((descriptor & TABLE) != TABLE) return level
    table = descriptor & ADDRESS
  }
  return 3
}

function entryOf(va: u64, level: u32): u64 {
  let table = imagePaAt(hw.tables_offset())
  for (let at: u32 = 0; at < level; at++) table = hw.load64(slot(table, va, at)) & ADDRESS
  return slot(table, va, level)
}

function slot(table: u64, va: u64, level: u32): u64 {
  return directVa(table) + (((va >> shiftOf(level)) & 511) << 3)
}

function newTable(): u64 {
  // Until the direct map stands a table from RAM could not be reached.
  if (bootTable === <u32>BOOT_TABLES) return hasDirectMap() ? allocateOwn() : 0
  const page = imagePaAt(hw.tables_offset() + ((<u64>bootTable) << PAGE_SHIFT))
  bootTable++
  hw.scrub(directVa(page), PAGE_SIZE)
  return page
}
