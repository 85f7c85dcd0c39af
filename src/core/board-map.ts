/**
 * Which device of the board lies where, for reports: a guest that was written for the bare board looks for devices that its VM was not
 * given. The records lie in the bundle, which nobody writes.
 */

import { MAP_END, MAP_NAME, MAP_NAME_SIZE, MAP_NOBODY, MAP_OWNER, MAP_RECORD } from '../abi/board-map'
import { GICD_IPA } from '../abi/guest-machine'
import { PAGE_SIZE } from '../abi/layout'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { isEmpty } from '../lib/literal'
import { directVa } from './address'
import { bulkhead, tree, treeSize } from './bundle'
import { findImage } from './bundle-image'
import { isIntact } from './integrity'
import { image, work } from './load-extension'
import * as log from './log'
import { giccPa, giccSize, gicdPa, gichPa, gicrPa, gicrSize, gicvPa, pmPa, uartPa } from './machine'
import { vmName } from './report-word'
import { Vm, vmAt, vmCount } from './vm'

/** A GIC's frame, at most. */
const FRAME: u64 = 0x1_0000

/** Of the records, 0 if there are none, and how many. Boot only. */
let va: u64 = 0
let count: u64 = 0

/** Boot, while the bundle's tree is mapped. What is damaged or missing costs names in reports, nothing else. */
export function openMap(): void {
  const node = fdt.child(tree, bulkhead, 'map')
  const images = fdt.child(tree, fdt.root(tree), 'images')
  if (!node || !images || !isEmpty(findImage(image, tree, treeSize, node, images)) || !isIntact(image, work)) return
  va = directVa(image.pa)
  count = image.length / MAP_RECORD
}

/** Behind an address at which the VM has nothing: whose it is on the board. False, and nothing is said, if it is nobody's. */
export function sayOwner(vm: Vm, ipa: u64): bool {
  const record = recordOf(ipa)
  if (!record && !isHypervisors(ipa)) return false
  log.text("the board's ")
  if (record) sayRecord(vm, record)
  else sayHypervisors(ipa)
  return true
}

/** Whether it is a device's of the board. */
export function isOfBoard(ipa: u64): bool {
  return recordOf(ipa) !== 0 || isHypervisors(ipa)
}

function recordOf(pa: u64): u64 {
  for (let i: u64 = 0; i < count; i++) {
    const at = va + i * MAP_RECORD
    if (pa >= hw.load64(at) && pa < hw.load64(at + MAP_END)) return at
  }
  return 0
}

function sayRecord(vm: Vm, record: u64): void {
  const owner = <u32>hw.load64(record + MAP_OWNER)
  log.bytesAt(record + MAP_NAME, MAP_NAME_SIZE)
  if (owner == MAP_NOBODY) {
    log.text(", which no VM has: passthrough: ['")
    log.bytesAt(record + MAP_NAME, MAP_NAME_SIZE)
    log.text("'] gives it")
  } else if (owner < vmCount && owner != vm.index) {
    log.text(', which only ')
    vmName(vmAt(owner))
    log.text(' has')
  }
}

function isHypervisors(pa: u64): bool {
  return isConsole(pa) || isPower(pa) || isGic(pa)
}

function sayHypervisors(pa: u64): void {
  if (isGic(pa)) {
    log.text("interrupt controller, which is the hypervisor's; the VM's own is at ")
    log.hex(GICD_IPA)
  } else log.text(isConsole(pa) ? "console, which is the hypervisor's" : "power manager, which is the hypervisor's")
}

function isConsole(pa: u64): bool {
  return lies(pa, uartPa & ~(<u64>PAGE_SIZE - 1), PAGE_SIZE)
}

function isPower(pa: u64): bool {
  return lies(pa, pmPa, PAGE_SIZE)
}

function isGic(pa: u64): bool {
  return (
    lies(pa, gicdPa, FRAME) ||
    lies(pa, gicrPa, gicrSize) ||
    lies(pa, giccPa, giccSize) ||
    lies(pa, gichPa, PAGE_SIZE) ||
    lies(pa, gicvPa, giccSize)
  )
}

function lies(pa: u64, at: u64, size: u64): bool {
  return at != 0 && pa - at < size
}
