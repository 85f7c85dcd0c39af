/** One VM, ready for the bundle: which bytes go where in its RAM. */
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import { VOLUME_BUFFER, VOLUME_TICKETS } from '../../src/abi/storage.ts'
import type { Board, GicVersion, Range } from '../config/board.ts'
import { type BoardDevice, mergedPages, pagesOf } from '../config/board-device.ts'
import { type BlockDevice, disksOf, isStored, type StoredDevice } from '../config/device.ts'
import { parseSize } from '../config/size.ts'
import type { Vm } from '../config/system.ts'
import type { Problem } from '../ui/failure.ts'
import { alignUp } from '../ui/number.ts'
import { compileDts } from './device-tree.ts'
import { guestDts } from './guest-dts.ts'
import type { Spot } from './guest-ram.ts'
import type { Parts } from './part.ts'
import { place } from './place.ts'
import { type SeedSpot, takeSeeds } from './seed.ts'

export interface Guest {
  vm: Vm
  entry: number
  x0: number
  loads: GuestLoad[]
  disks: GuestDisk[]
  board: GivenDevice[]
  /** The file that names its addresses. */
  symbols?: string | undefined
  /** Text of the generated device trees, for people. */
  dts: { gic: GicVersion; text: string }[]
}

export interface GuestLoad {
  /** Becomes the image's name in the bundle, behind the VM's. */
  part: string
  type: 'kernel' | 'standalone' | 'ramdisk' | 'flat_dt'
  bytes: Uint8Array
  address: number
  /** Bytes in memory; those past the image's are zero. */
  size: number
  /** Of a DTB: where core writes seeds. */
  seeds?: SeedSpot[]
  /** Only for guests of a board with this GIC. */
  gic?: GicVersion
}

/** A disk that core keeps for the VM. */
export interface GuestDisk {
  part: string
  type: 'filesystem'
  /** What it begins as; without it, zeroes. */
  bytes?: Uint8Array
  /** Bytes of the disk, and of RAM for what is written to it: 0 if it is read-only. */
  size: number
  pool: number
  /** It is on one of the board's, and none of the above counts. */
  stored?: StoredDevice
}

/** A device of the board that the VM has to itself. */
export interface GivenDevice {
  name: string
  device: BoardDevice
  /** Its pages, but for those that a device before it has brought. */
  pages: Range[]
}

/** Loads of one VM that core keeps (MAX_LOADS in src/core/vm.ts). */
const LOADS_MOST = 16

export async function layOut(vm: Vm, parts: Parts, board: Board | undefined, problems: Problem[]) {
  const given = givenDevices(vm, board)
  const initrdSize = parts.initrd?.length
  // The tree's size does not depend on where the initrd goes, only its content does.
  const draft = vm.dtb.generated ? await trees(vm, board, given, initrdSize && { address: 0, size: initrdSize }) : []
  const dtbSize = parts.dtb?.length ?? (draft.length ? Math.max(...draft.map(({ dtb }) => dtb.length)) : undefined)
  const sizes = { kernel: parts.kernelBytes.length, initrd: initrdSize, dtb: dtbSize }
  const { placement, problems: found } = place({ ...vm, kernel: parts.kernelFile }, parts.kernel, sizes)
  problems.push(...found)
  if (found.length > 0) return undefined

  const loads = kernelLoads(parts, placement.kernel)
  if (parts.initrd) loads.push(load('initrd', 'ramdisk', parts.initrd, placement.initrd!))
  if (parts.dtb) loads.push(dtbLoad('dtb', parts.dtb, placement.dtb!))
  const final = draft.length && placement.initrd ? await trees(vm, board, given, placement.initrd) : draft
  for (const { gic, dtb } of final) {
    loads.push({ ...dtbLoad(`dtb-gicv${gic}`, dtb, placement.dtb!), gic, size: dtb.length })
  }
  const kernelCount = loads.filter(({ part }) => part.startsWith('kernel')).length
  const disks = disksOf(vm).map((device, i) => guestDisk(device, i, parts.disks[i]))
  if (kernelCount > LOADS_MOST - 2 - disks.length) {
    const reason = `it has ${kernelCount} segments, ${LOADS_MOST - 2 - disks.length} fit`
    problems.push({ path: `vms[${vm.index}].kernel`, reason, remedy: 'link it with fewer' })
    return undefined
  }
  const { entry, x0 } = placement
  const dts = final.map(({ gic, text }) => ({ gic, text }))
  const guest: Guest = { vm, entry, x0, loads, disks, board: given, symbols: parts.symbols, dts }
  return guest
}

function guestDisk(device: BlockDevice, i: number, bytes: Uint8Array | undefined): GuestDisk {
  if (isStored(device)) return { part: `disk-${i}`, type: 'filesystem', size: 0, pool: 0, stored: device }
  const { size, readOnly, overlay } = device
  const whole = bytes?.length ?? parseSize(size!)!
  const pool = readOnly ? 0 : overlay === undefined ? whole : Math.min(whole, parseSize(overlay)!)
  return { part: `disk-${i}`, type: 'filesystem', ...(bytes && { bytes }), size: whole, pool }
}

/** Bytes of RAM that the disk takes: a map of 8 bytes for each page, and the pages (src/core/disk.ts); or buffers for requests to the
 * board's (src/core/volume.ts). */
export function diskRam({ size, pool, stored }: GuestDisk): number {
  if (stored) return VOLUME_TICKETS * VOLUME_BUFFER
  return pool ? alignUp((size / PAGE_SIZE) * 8, PAGE_SIZE) + pool : 0
}

/** Names that the board lacks are another check's to tell. */
function givenDevices({ passthrough }: Vm, board: Board | undefined): GivenDevice[] {
  const given = passthrough.flatMap((name) => {
    const device = board?.devices?.[name]
    return device ? [{ name, device }] : []
  })
  return given.map(({ name, device }, i) => {
    const before = mergedPages(given.slice(0, i).map((each) => each.device))
    const own = pagesOf(device)
    const isThere = before.some(({ start, end }) => start <= own.start && own.end <= end)
    return { name, device, pages: isThere ? [] : [own] }
  })
}

type InitrdSpot = { address: number; size: number } | 0 | undefined

async function trees(vm: Vm, board: Board | undefined, given: readonly GivenDevice[], spot: InitrdSpot) {
  const { cpus, memory, ramBase, devices, virtio, bootargs, life } = vm
  const machine = {
    cpus,
    memory,
    ramBase,
    devices,
    slots: virtio.length,
    watchdog: life.watchdog,
    bootargs,
    initrd: spot || undefined,
  }
  const nodes = given.map(({ name, device }) => [name, device] as const)
  return Promise.all(
    (board?.gic.versions ?? []).map(async (gic) => {
      const text = guestDts({ gic, ...machine, board: nodes })
      return { gic, text, dtb: await compileDts(text) }
    }),
  )
}

function kernelLoads({ kernel, kernelBytes }: Parts, spots: Spot[]): GuestLoad[] {
  if (kernel.kind !== 'elf') {
    return [load('kernel', kernel.kind === 'image' ? 'kernel' : 'standalone', kernelBytes, spots[0]!)]
  }
  // All RAM starts as zeroes, so that a segment without bytes needs no load.
  return kernel.segments.flatMap(({ bytes }, i) =>
    bytes.length ? [load(i ? `kernel-${i}` : 'kernel', 'standalone', bytes, spots[i]!)] : [],
  )
}

function load(part: string, type: GuestLoad['type'], bytes: Uint8Array, { address, size }: Spot): GuestLoad {
  return { part, type, bytes, address, size }
}

function dtbLoad(part: string, bytes: Uint8Array, spot: Spot): GuestLoad {
  const { dtb, seeds } = takeSeeds(bytes)
  return { ...load(part, 'flat_dt', dtb, spot), seeds }
}
