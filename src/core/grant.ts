/**
 * Devices of the board that a service of the hypervisor drives: registers, one interrupt, and memory that both of them reach, out of
 * the bundle's words. The service reaches the registers through core, which holds each access against them, since boards put the
 * registers of several devices into one page. No IOMMU stands before such a device: whoever drives it is trusted with all memory.
 */
import { WINDOW_DMA } from '../abi/layout'
import { EL2_DATA } from '../arch/descriptor'
import * as register from '../arch/virtio-mmio'
import * as hw from '../hw'
import * as fdt from '../lib/fdt'
import { masterAddress } from '../lib/fdt-dma'
import { follow, NOWHERE } from '../lib/fdt-way'
import { deviceVa, directVa } from './address'
import { pair, serviceNode, tree } from './bundle'
import { interruptId, isEdge, pageAddress, pageSize } from './bundle-device'
import { Cpu, thisCpu } from './cpu'
import * as gic from './gic'
import * as spi from './gic-spi'
import { dtb } from './machine'
import { rangeCount, rangeEnd, rangeStart, take } from './pages'
import * as passthrough from './passthrough'
import { baseOf, SERVICES } from './service'
import { map, mapDevice } from './stage1'
import { isTaken } from './taken'

@unmanaged
export class Grant {
  /** EL2's address of the registers, and bytes. */
  va: u64
  size: u32
  /** 0: none. */
  intid: u32
  /** What both reach: physical address, and bytes; what the device calls the first, NOWHERE if it reaches none of them. */
  dmaPa: u64
  dmaSize: u64
  dmaBus: u64
  isCoherent: u32
  /** The service is on its feet: interrupts may come. */
  isOpen: u32
}

const SHIFT: usize = 6
const grants = memory.data(256, 8)
if (offsetof<Grant>() > 1 << SHIFT || (<usize>SERVICES) << SHIFT > 256) ERROR('grants need more memory')
const FIRST_SPI: u32 = 32
const NOTHING: u32 = u32.MAX_VALUE

export function grantAt(service: u32): Grant {
  return changetype<Grant>(grants + ((<usize>service) << SHIFT))
}

export const enum Granted {
  Wholly,
  /** The bundle names none for this service, or the board has it not. */
  Nothing,
  /** What is there speaks the version of virtio before 1.0. */
  Legacy,
  /** Its registers or its interrupt are somebody else's. */
  Taken,
  NoMemory,
}

/** Boot: what the bundle's node `name` gives a service, with `dmaSize` bytes, whole pages, that the device reaches too; or, where none
 * are and `canDoWithout`, that it does not reach. */
export function grant(service: u32, name: string, dmaSize: u64, canDoWithout: bool): Granted {
  const node = serviceNode(name)
  if (!node) return Granted.Nothing
  const pa = pageAddress(node, 0)
  const size = pageSize(node, 0)
  if (!size || pa + size < pa || isTaken(pa, size) || passthrough.hasPage(pa, size)) return Granted.Taken
  if (!mapOnce(pa, size)) return Granted.NoMemory
  const own = grantAt(service)
  own.intid = interruptId(node, 0)
  own.isCoherent = fdt.property(tree, node, 'dma-coherent') ? 1 : 0
  const type = fdt.cell(tree, node, 'virtio', 0, 0)
  const stride = type ? fdt.cell(tree, node, 'stride', 0, 0) : <u32>size
  const found = type ? findSlot(deviceVa(pa), <u32>size, stride, type) : 0
  if (found < 0) return found === LEGACY ? Granted.Legacy : Granted.Nothing
  own.va = deviceVa(pa) + <u64>(<u32>found * stride)
  own.size = stride
  own.intid += <u32>found
  if (own.intid < FIRST_SPI || own.intid >= spi.limit() || passthrough.isAnyones(own.intid)) return Granted.Taken
  spi.close(own.intid)
  spi.setTrigger(own.intid, isEdge(node, 0))
  const isShared = shareMemory(service, own, dmaSize, node) || (canDoWithout && shareMemory(service, own, dmaSize, 0))
  return isShared ? Granted.Wholly : Granted.NoMemory
}

/** Several services may have devices in the same pages. */
function mapOnce(pa: u64, size: u64): bool {
  for (let i: u32 = 0; i < SERVICES; i++) {
    const other = grantAt(i)
    const first = other.va - deviceVa(0)
    if (other.size && first >= pa && first < pa + size) return true
  }
  return mapDevice(pa, size)
}

const ABSENT: i32 = -1
const LEGACY: i32 = -2

/** The first of the slots with a virtio device of `type`. "MMIO Device Register Layout", "Legacy interface". */
function findSlot(va: u64, size: u32, stride: u32, type: u32): i32 {
  let worst = ABSENT
  if (stride < register.Config || stride & 3) return ABSENT
  for (let at: u32 = 0; at + stride <= size; at += stride) {
    if (hw.read32(va + <u64>(at + register.MagicValue)) != register.MAGIC) continue
    if (hw.read32(va + <u64>(at + register.DeviceID)) != type) continue
    if (hw.read32(va + <u64>(at + register.Version)) == register.VERSION_2) return <i32>(at / stride)
    worst = LEGACY
  }
  return worst
}

/** The first free memory that the device reaches, of which the bundle's `node` says how; any, and NOWHERE for the device, without one.
 * In the service's window, too. */
function shareMemory(service: u32, own: Grant, size: u64, node: usize): bool {
  for (let i: u32 = 0; i < rangeCount(); i++) {
    const start = rangeStart(i)
    if (rangeEnd(i) - start < size) continue
    const bus = node ? busAddress(node, start, size) : NOWHERE
    if ((node && bus === NOWHERE) || !take(start, size)) continue
    hw.scrub(directVa(start), size)
    own.dmaPa = start
    own.dmaSize = size
    own.dmaBus = bus
    return map(baseOf(service) + <u64>WINDOW_DMA, start, size, EL2_DATA)
  }
  return false
}

/** What the device calls `size` bytes at `pa`: as the board's own DTB says where the bundle names the device's node in it, since that
 * may differ from one board to the next (Raspberry Pi 4's firmware writes the chip's stepping in); else as the bundle says. */
function busAddress(node: usize, pa: u64, size: u64): u64 {
  const reach = pair(node, 'dma-reach', 0)
  if (reach && pa + size > reach) return NOWHERE
  const path = fdt.property(tree, node, 'node')
  if (!path) return pa + pair(node, 'dma-offset', 0)
  const found = follow(dtb, fdt.propertyData(path), max<u32>(fdt.propertySize(path), 1) - 1)
  return found ? masterAddress(dtb, pa, size) : NOWHERE
}

/** Around each call into a service, under its lock: on this CPU the device is now that one's. */
export function enter(service: u32): void {
  thisCpu().driver = service
}

function own(): Grant {
  return grantAt(thisCpu().driver)
}

export function deviceRead(offset: u32): u32 {
  const mine = own()
  return !(offset & 3) && offset < mine.size ? hw.read32(mine.va + <u64>offset) : NOTHING
}

export function deviceWrite(offset: u32, value: u32): void {
  const mine = own()
  if (!(offset & 3) && offset < mine.size) hw.write32(mine.va + <u64>offset, value)
}

export function dmaAddress(): u64 {
  return own().dmaBus
}

export function dmaSize(): u32 {
  return <u32>own().dmaSize
}

export function dmaCoherent(): u32 {
  return own().isCoherent
}

/** Which service's interrupt this is, 0 (which has none here) if it is nobody's. */
export function ownerOf(intid: u32): u32 {
  for (let i: u32 = 1; i < SERVICES; i++) if (grantAt(i).size && grantAt(i).intid === intid) return i
  return 0
}

/** Their interrupts have a CPU that takes them. Boot only. */
let isRouted = false

/** Boot, once every CPU is there that came: whose turn it is to take their interrupts. */
export function route(keeper: Cpu): void {
  isRouted = true
  for (let i: u32 = 1; i < SERVICES; i++) {
    if (!grantAt(i).size) continue
    gic.routeSpi(grantAt(i).intid, keeper)
    if (grantAt(i).isOpen) spi.open(grantAt(i).intid)
  }
}

/** The service works: its interrupts may come. Or it does not: they are masked, and what was pending is forgotten. */
export function setOpen(service: u32, isOpen: bool): void {
  const mine = grantAt(service)
  mine.isOpen = isOpen ? 1 : 0
  if (!isOpen) spi.close(mine.intid)
  else if (isRouted) spi.open(mine.intid)
}
