/** The board as its DTB describes it: read once, checked, kept as plain numbers. Boot only. */
import { UART_KIND_CADENCE, UART_KIND_IMX, UART_KIND_MINI, UART_KIND_NONE, UART_KIND_PL011 } from '../abi/compartment'
import * as fdt from '../lib/fdt'
import * as way from '../lib/fdt-way'
import { equals } from '../lib/text'
import * as ram from './ram'
import { readCpus } from './topology'

export const SPI_BASE: u32 = 32
const PPI_BASE: u32 = 16
/** The longest that a GIC's frame is, spread over 64 KiB pages; none of ours has anything else there. */
export const GIC_FRAME: u64 = 0x1_0000

/** Where the DTB lies in core's window. */
export let dtb: usize = 0

export function setDtb(at: usize): void {
  dtb = at
}

export let uartPa: u64 = 0
export let uartKind: u32 = 0
export let uartIntid: u32 = 0

/** The control line's, if it has one of its own: src/core/wire.ts. */
export let wirePa: u64 = 0
export let wireKind: u32 = UART_KIND_NONE
export let wireIntid: u32 = 0

export function setWire(pa: u64, kind: u32, intid: u32): void {
  wirePa = pa
  wireKind = kind
  wireIntid = intid
}

export let gicVersion: u32 = 0
export let gicdPa: u64 = 0
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
/** Raspberry Pi's power manager, or 0. */
export let pmPa: u64 = 0

/** PSCI by SMC is there. */
export let hasPsci: bool = false
export let bundlePa: u64 = 0
export let bundleSize: u64 = 0

/** Nodes below the root that other steps go back to; 0 where the tree has none. */
let chosen: usize = 0
let aliases: usize = 0
let psci: usize = 0
let cpus: usize = 0
let reserved: usize = 0

/** One walk along the root's children and those of buses; finds the devices that core drives itself. */
export function survey(): void {
  let node = way.begin(dtb)
  while (true) {
    while (!node) {
      const bus = way.leave()
      if (!bus) return
      node = fdt.nextSibling(dtb, bus)
    }
    if (!note(node) && way.isBus(node)) node = way.enter(node)
    else node = fdt.nextSibling(dtb, node)
  }
}

/** By the names that the Devicetree Specification recommends, and QEMU's. False: it may be a bus. */
function note(node: usize): bool {
  if (way.isAtRoot() && noteTop(node)) return true
  if (fdt.isNamed(node, 'pl031')) rtcPa = way.address(node, 0)
  else if (fdt.isNamed(node, 'watchdog')) readWatchdog(node)
  else if (fdt.isNamed(node, 'intc') || fdt.isNamed(node, 'interrupt-controller')) readGic(node)
  else return false
  return true
}

/** What stands below the root only. */
function noteTop(node: usize): bool {
  if (fdt.isNamed(node, 'chosen')) chosen = node
  else if (fdt.isNamed(node, 'aliases')) aliases = node
  else if (fdt.isNamed(node, 'psci')) psci = node
  else if (fdt.isNamed(node, 'cpus')) cpus = node
  else if (fdt.isNamed(node, 'reserved-memory')) reserved = node
  else if (fdt.isNamed(node, 'memory')) ram.readRam(node)
  else return false
  return true
}

/** Reads what the console needs. False: no node that stdout-path names, or a UART that we do not drive. */
export function readConsole(): bool {
  const node = consoleNode()
  if (!node || !fdt.isOkay(dtb, node)) return false
  uartPa = way.address(node, 0)
  uartKind = kindOf(node)
  if (fdt.cell(dtb, node, 'interrupts', 0, 1) === 0) uartIntid = SPI_BASE + fdt.cell(dtb, node, 'interrupts', 1, 0)
  return uartPa !== 0 && uartKind !== UART_KIND_NONE
}

/** `/chosen/stdout-path`: a path or an alias, up to a colon before the line's settings. */
function consoleNode(): usize {
  const stdout = chosen ? fdt.property(dtb, chosen, 'stdout-path') : 0
  if (!stdout) return 0
  const at = fdt.propertyData(stdout)
  const length = lengthTo(stdout, 0x3a)
  if (!length || load<u8>(at) == 0x2f) return length ? way.follow(dtb, at, length) : 0
  const alias = aliases ? fdt.propertyNamed(dtb, aliases, at, length) : 0
  return alias ? way.follow(dtb, fdt.propertyData(alias), lengthTo(alias, 0)) : 0
}

/** Bytes of a property's text before `end`, or before its NUL. */
function lengthTo(property: usize, end: u32): u32 {
  const at = fdt.propertyData(property)
  const size = fdt.propertySize(property)
  let length: u32 = 0
  while (length < size && load<u8>(at + length) && load<u8>(at + length) != end) length++
  return length
}

export function kindOf(node: usize): u32 {
  if (fdt.listHolds(dtb, node, 'compatible', 'arm,pl011')) return UART_KIND_PL011
  if (fdt.listHolds(dtb, node, 'compatible', 'brcm,bcm2835-aux-uart')) return UART_KIND_MINI
  if (fdt.listHolds(dtb, node, 'compatible', 'cdns,uart-r1p12')) return UART_KIND_CADENCE
  return fdt.listHolds(dtb, node, 'compatible', 'fsl,imx6q-uart') ? UART_KIND_IMX : UART_KIND_NONE
}

export function hasMemory(): bool {
  return ram.hasMemory()
}

/** Takes from the RAM what is not ours. False: it is in too many pieces. After `readSystem`. */
export function keepReserved(): bool {
  return ram.keepReserved(dtb, reserved)
}

/** The boot loader's random bytes, as a property; 0 if it left none. */
export function rngSeed(): usize {
  return chosen ? fdt.property(dtb, chosen, 'rng-seed') : 0
}

/** The boot loader's command line, as a property; 0 if it left none. */
export function bootargs(): usize {
  return chosen ? fdt.property(dtb, chosen, 'bootargs') : 0
}

/** PSCI, CPUs and the initrd; what lacks shows as 0. */
export function readSystem(): void {
  const method = psci ? fdt.property(dtb, psci, 'method') : 0
  hasPsci = method !== 0 && equals(fdt.propertyData(method), fdt.propertyData(method) + fdt.propertySize(method), 'smc')
  if (cpus) readCpus(dtb, cpus)
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

function readGic(node: usize): void {
  if (gicVersion || !fdt.isOkay(dtb, node)) return
  if (fdt.listHolds(dtb, node, 'compatible', 'arm,gic-v3')) {
    gicVersion = 3
    gicrPa = way.address(node, 1)
    gicrSize = way.length(node, 1)
  } else if (
    fdt.listHolds(dtb, node, 'compatible', 'arm,gic-400') ||
    fdt.listHolds(dtb, node, 'compatible', 'arm,cortex-a15-gic')
  ) {
    gicVersion = 2
    giccPa = way.address(node, 1)
    giccSize = way.length(node, 1)
    gichPa = way.address(node, 2)
    gicvPa = way.address(node, 3)
  } else return
  gicdPa = way.address(node, 0)
  if (fdt.cell(dtb, node, 'interrupts', 0, 0) == 1) {
    maintenanceIntid = PPI_BASE + fdt.cell(dtb, node, 'interrupts', 1, 9)
  }
}

function readWatchdog(node: usize): void {
  if (!pmPa && fdt.isOkay(dtb, node) && fdt.listHolds(dtb, node, 'compatible', 'brcm,bcm2835-pm-wdt'))
    pmPa = way.address(node, 0)
}

/** A property of one or two cells, as firmwares write initrd addresses. */
function number(node: usize, name: string): u64 {
  const at = fdt.property(dtb, node, name)
  if (!at) return 0
  const size = fdt.propertySize(at)
  return size == 4 || size == 8 ? fdt.cells(fdt.propertyData(at), size >> 2) : 0
}
