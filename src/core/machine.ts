/** The board as its DTB describes it: read once, checked, kept as plain numbers. Boot only. */
import { UART_KIND_PL011 } from '../abi/compartment'

import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { equals } from '../lib/text'
import { setCpuCount } from './cpu'
import { addRam, reserve } from './pages'

const SPI_BASE: u32 = 32
const PPI_BASE: u32 = 16
/** MPIDR_EL1: Aff3 to Aff0. */
const AFFINITY: u64 = 0xff_00ff_ffff

/** Where the DTB lies in core's window. */
let dtb: usize = 0

export function setDtb(at: usize): void {
  dtb = at
}

export let uartPa: u64 = 0
export let uartKind: u32 = 0
export let uartIntid: u32 = 0

export let gicVersion: u32 = 0
export let gicdPa: u64 = 0
export let gicdSize: u64 = 0
/** GICv3: redistributors. */
export let gicrPa: u64 = 0
export let gicrSize: u64 = 0
/** GICv2: CPU interface, virtual interface control, virtual CPU interface. */
export let giccPa: u64 = 0
export let giccSize: u64 = 0
export let gichPa: u64 = 0
export let gicvPa: u64 = 0
export let maintenanceIntid: u32 = 25
/** CNTHP, EL2's physical timer: PPI 10 on every Cortex-A. */
export const SCHEDULER_INTID: u32 = 26

/** A PL031, or 0. */
export let rtcPa: u64 = 0

/** PSCI by SMC is there. */
export let hasPsci: bool = false
export let bundlePa: u64 = 0
export let bundleSize: u64 = 0

let addressCells: u32 = 2
let sizeCells: u32 = 1

/** CPUs are numbered as the DTB lists them; the MPIDRs wait here until their pages are mapped. */
const mpidrs = memory.data(16 * 8, 8)

export function mpidrOf(cpu: u32): u64 {
  return load<u64>(mpidrs + ((<usize>cpu) << 3))
}

/** Nodes below the root that other steps go back to; 0 where the tree has none. */
let chosen: usize = 0
let psci: usize = 0
let cpus: usize = 0
let reserved: usize = 0
/** Ranges of RAM found; one more than we keep shows as `tooMany`. */
let ramRanges: u32 = 0
let tooMany: bool = false

/** One walk along the root's children, which are most of the tree; finds the devices that core drives itself. */
export function survey(): void {
  const root = fdt.root(dtb)
  addressCells = fdt.cell(dtb, root, '#address-cells', 0, 2)
  sizeCells = fdt.cell(dtb, root, '#size-cells', 0, 1)
  if (addressCells < 1 || addressCells > 2) addressCells = 2
  if (sizeCells < 1 || sizeCells > 2) sizeCells = 1
  for (let node = fdt.firstChild(dtb, root); node; node = fdt.nextSibling(dtb, node)) {
    if (fdt.isNamed(node, 'chosen')) chosen = node
    else if (fdt.isNamed(node, 'psci')) psci = node
    else if (fdt.isNamed(node, 'cpus')) cpus = node
    else if (fdt.isNamed(node, 'reserved-memory')) reserved = node
    else if (fdt.isNamed(node, 'memory')) readRam(node)
    else if (fdt.isNamed(node, 'pl031')) rtcPa = address(node, 0)
    else if (fdt.isNamed(node, 'intc') || fdt.isNamed(node, 'interrupt-controller')) readGic(node)
  }
}

/** Reads what the console needs. False: no node that stdout-path names, or a UART that we do not drive. */
export function readConsole(): bool {
  const path = chosen ? fdt.property(dtb, chosen, 'stdout-path') : 0
  if (!path) return false
  const at = fdt.propertyData(path)
  let length: u32 = 0
  while (length < fdt.propertySize(path) && load<u8>(at + length) && load<u8>(at + length) !== 0x3a) length++
  const node = fdt.nodeAt(dtb, at, length)
  if (!node || !fdt.listHolds(dtb, node, 'compatible', 'arm,pl011')) return false
  uartPa = address(node, 0)
  uartKind = UART_KIND_PL011
  if (fdt.cell(dtb, node, 'interrupts', 0, 1) === 0) uartIntid = SPI_BASE + fdt.cell(dtb, node, 'interrupts', 1, 0)
  return uartPa !== 0
}

export function hasMemory(): bool {
  return ramRanges !== 0
}

/** Takes from the RAM what the firmware and the tree reserve. False: it is in too many pieces. */
export function keepReserved(): bool {
  return !tooMany && reserveListed() && reserveNodes()
}

/** The boot loader's random bytes, as a property; 0 if it left none. */
export function rngSeed(): usize {
  return chosen ? fdt.property(dtb, chosen, 'rng-seed') : 0
}

/** PSCI, CPUs and the initrd; what lacks shows as 0. */
export function readSystem(): void {
  const method = psci ? fdt.property(dtb, psci, 'method') : 0
  hasPsci = method !== 0 && equals(fdt.propertyData(method), fdt.propertyData(method) + fdt.propertySize(method), 'smc')
  readCpus()
  if (!chosen) return
  const start = number(chosen, 'linux,initrd-start')
  const end = number(chosen, 'linux,initrd-end')
  if (end > start) {
    bundlePa = start
    bundleSize = end - start
  }
}

/** Whether the board's root `compatible` lists the NUL-terminated name of `size` bytes. */
export function isBoard(name: usize, size: u32): bool {
  const list = fdt.property(dtb, fdt.root(dtb), 'compatible')
  if (!list || !size || load<u8>(name + size - 1)) return false
  const end = fdt.propertyData(list) + fdt.propertySize(list)
  for (let at = fdt.propertyData(list); at < end; at++) {
    let i: u32 = 0
    while (i < size && at + i < end && load<u8>(at + i) == load<u8>(name + i)) i++
    if (i == size) return true
    while (at < end && load<u8>(at)) at++
  }
  return false
}

function readRam(node: usize): void {
  const reg = fdt.property(dtb, node, 'reg')
  const ranges = reg ? fdt.propertySize(reg) / ((addressCells + sizeCells) << 2) : 0
  for (let i: u32 = 0; i < ranges; i++) {
    if (!addRam(address(node, i), length(node, i))) tooMany = true
    ramRanges++
  }
}

function readGic(node: usize): void {
  if (fdt.listHolds(dtb, node, 'compatible', 'arm,gic-v3')) {
    gicVersion = 3
    gicrPa = address(node, 1)
    gicrSize = length(node, 1)
  } else if (
    fdt.listHolds(dtb, node, 'compatible', 'arm,gic-400') ||
    fdt.listHolds(dtb, node, 'compatible', 'arm,cortex-a15-gic')
  ) {
    gicVersion = 2
    giccPa = address(node, 1)
    giccSize = length(node, 1)
    gichPa = address(node, 2)
    gicvPa = address(node, 3)
  } else return
  gicdPa = address(node, 0)
  gicdSize = length(node, 0)
  if (fdt.cell(dtb, node, 'interrupts', 0, 0) == 1) {
    maintenanceIntid = PPI_BASE + fdt.cell(dtb, node, 'interrupts', 1, 9)
  }
}

function readCpus(): void {
  let count: u32 = 0
  if (!cpus) return
  const size = fdt.cell(dtb, cpus, '#address-cells', 0, 1)
  for (let node = fdt.firstChild(dtb, cpus); node && count < 16; node = fdt.nextSibling(dtb, node)) {
    if (!fdt.listHolds(dtb, node, 'device_type', 'cpu')) continue
    const reg = fdt.property(dtb, node, 'reg')
    if (!reg || fdt.propertySize(reg) < size << 2) continue
    store<u64>(mpidrs + ((<usize>count) << 3), fdt.cells(fdt.propertyData(reg), size > 2 ? 2 : size))
    count++
  }
  setCpuCount(count)
  putFirst(hw.mpidr_el1() & AFFINITY, count)
}

/** CPU 0 is the one that boots, wherever the tree lists it. */
function putFirst(mpidr: u64, count: u32): void {
  for (let i: u32 = 1; i < count; i++) {
    if (mpidrOf(i) !== mpidr) continue
    store<u64>(mpidrs + ((<usize>i) << 3), mpidrOf(0))
    store<u64>(mpidrs, mpidr)
  }
}

/** The header's memory reservation block, ended by a pair of zeroes. */
function reserveListed(): bool {
  const last = fdt.word(dtb + 4) - 16
  for (let at = fdt.word(dtb + 16); at <= last; at += 16) {
    const size = fdt.cells(dtb + at + 8, 2)
    if (size == 0) break
    if (!reserve(fdt.cells(dtb + at, 2), size)) return false
  }
  return true
}

function reserveNodes(): bool {
  if (!reserved) return true
  for (let node = fdt.firstChild(dtb, reserved); node; node = fdt.nextSibling(dtb, node)) {
    const reg = fdt.property(dtb, node, 'reg')
    const ranges = reg ? fdt.propertySize(reg) / ((addressCells + sizeCells) << 2) : 0
    for (let i: u32 = 0; i < ranges; i++) if (!reserve(address(node, i), length(node, i))) return false
  }
  return true
}

/** Base of range `i` of the node's reg, 0 if there is none. */
function address(node: usize, i: u32): u64 {
  return regCells(node, i * (addressCells + sizeCells), addressCells)
}

function length(node: usize, i: u32): u64 {
  return regCells(node, i * (addressCells + sizeCells) + addressCells, sizeCells)
}

function regCells(node: usize, first: u32, count: u32): u64 {
  const reg = fdt.property(dtb, node, 'reg')
  if (!reg || fdt.propertySize(reg) < (first + count) << 2) return 0
  return fdt.cells(fdt.propertyData(reg) + ((<usize>first) << 2), count)
}

/** A property of one or two cells, as firmwares write initrd addresses. */
function number(node: usize, name: string): u64 {
  const at = fdt.property(dtb, node, name)
  if (!at) return 0
  const size = fdt.propertySize(at)
  return size == 4 || size == 8 ? fdt.cells(fdt.propertyData(at), size >> 2) : 0
}
