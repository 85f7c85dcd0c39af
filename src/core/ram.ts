/** The board's RAM as its DTB describes it, and what of it belongs to others. Boot only. */
import { PAGE_SIZE } from '../abi/layout'
import * as fdt from '../lib/fdt'
import * as way from '../lib/fdt-way'
import { cpuCount } from './cpu'
import { addRam, reserve } from './pages'
import { releaseOf } from './topology'

/** Where a spin table's word is, its loop is too, at most a page further (Linux, Documentation/arch/arm64/booting.rst). */
const SPIN_SIZE: u64 = 2 * PAGE_SIZE

/** Ranges of RAM found; one more than we keep shows as `tooMany`. */
let found: u32 = 0
let tooMany: bool = false

export function hasMemory(): bool {
  return found !== 0
}

/** A `/memory` node, at which the way stands. */
export function readRam(node: usize): void {
  const count = way.regCount(node)
  for (let i: u32 = 0; i < count; i++) {
    if (!addRam(way.address(node, i), way.length(node, i))) tooMany = true
    found++
  }
}

/** Whether any of a range is RAM, whoever has it. */
export function overlaps(dtb: usize, start: u64, size: u64): bool {
  for (let node = way.begin(dtb); node; node = fdt.nextSibling(dtb, node)) {
    const count = fdt.isNamed(node, 'memory') ? way.regCount(node) : 0
    for (let i: u32 = 0; i < count; i++) {
      const from = way.address(node, i)
      if (start < from + way.length(node, i) && from < start + size) return true
    }
  }
  return false
}

/** Takes from the RAM what the firmware, the tree and waiting CPUs hold. False: it is in too many pieces. */
export function keepReserved(dtb: usize, reserved: usize): bool {
  return !tooMany && reserveListed(dtb) && reserveNodes(dtb, reserved) && reserveSpinTables()
}

/** The header's memory reservation block, ended by a pair of zeroes. */
function reserveListed(dtb: usize): bool {
  const last = fdt.word(dtb + 4) - 16
  for (let at = fdt.word(dtb + 16); at <= last; at += 16) {
    const size = fdt.cells(dtb + at + 8, 2)
    if (size == 0) break
    if (!reserve(fdt.cells(dtb + at, 2), size)) return false
  }
  return true
}

/** The children of `/reserved-memory` that have a place; those without are Linux's to place. */
function reserveNodes(dtb: usize, reserved: usize): bool {
  if (!reserved) return true
  way.begin(dtb)
  for (let node = way.enter(reserved); node; node = fdt.nextSibling(dtb, node)) {
    const count = way.regCount(node)
    for (let i: u32 = 0; i < count; i++) if (!reserve(way.address(node, i), way.length(node, i))) return false
  }
  return true
}

/** Whether or not the firmware lists them: a CPU that waits there may be started late, or never. */
function reserveSpinTables(): bool {
  for (let i: u32 = 0; i < cpuCount; i++) {
    const release = releaseOf(i)
    if (release && !reserve(release & ~(<u64>(PAGE_SIZE - 1)), SPIN_SIZE)) return false
  }
  return true
}
