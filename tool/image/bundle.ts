/** Writes `build/<system>/`: the bundle, and beside it what a person or a program wants to read about it. */
import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BLOCK_SIZE, PAGE_SIZE } from '../../src/abi/layout.ts'
import type { Board } from '../config/board.ts'
import { assignCores } from '../config/core.ts'
import { isNet } from '../config/device.ts'
import { readKey } from '../config/key.ts'
import type { Life } from '../config/life.ts'
import { shown } from '../config/project.ts'
import type { Server } from '../config/server.ts'
import type { System } from '../config/system.ts'
import { alignUp, hex } from '../ui/number.ts'
import { say } from '../ui/step.ts'
import { boardMap } from './board-map.ts'
import { cardParts } from './card-part.ts'
import { type Extension, extensionSpace, usedUplink } from './extension.ts'
import { BUNDLE_ABI, type FitSystem, fitSource, Images } from './fit.ts'
import type { Guest } from './guest.ts'
import { runTool } from './run-tool.ts'

export interface Bundle {
  folder: string
  file: string
  size: number
  summary: Summary
}

/** `system.json`: the same for the same config and files, wherever they lie. */
export interface Summary {
  name: string
  abi: number
  board: { name: string; cpus: number; memory: number; gic: number }
  bundle: { file: string; size: number; treeSize: number; sha256: string }
  hash: string
  /** Of the hypervisor, brought by the bundle. */
  extensions: string[]
  images: { name: string; type: string; size: number }[]
  vms: VmSummary[]
}

export interface VmSummary {
  id: number
  name: string
  vcpus: number
  cores: number[]
  /** For each vCPU what it gets of its core in microseconds; without it the cores are the VM's own. */
  servers?: { priority: number; budget: number; period: number; spare: boolean }[]
  memory: { address: string; size: number }
  entry: string
  x0: string
  devices: string[]
  /** Para-virtual devices, slot by slot. */
  virtio?: string[]
  /** Of each network device. */
  networks?: { network: string; mac: string; vlan?: number }[]
  /** Bytes of each disk and of RAM for what is written to it; or where it is on the board's. */
  disks?: ({ image?: string; size: number; pool: number } | { disk: string; partition?: string | number })[]
  /** The board's devices that it has to itself. */
  passthrough?: string[]
  life: Life
  loads: { image: string; address: string; size: number; gic?: number }[]
}

const FILE = 'bundle.itb'
const TREE_ALLOWANCE = 0x1_0000

/** Replaces what an earlier build left in `folder`. */
export async function writeBundle(
  system: System,
  guests: readonly Guest[],
  extensions: readonly Extension[],
  folder: string,
): Promise<Bundle> {
  const { machine } = system
  const cores = assignCores(machine, system.vms)
  const images = new Images()
  const packed = guests.map((guest, i) => ({
    guest,
    cores: cores[i]!,
    images: guest.loads.map((load) => images.add(guest.vm.name, load)),
    disks: guest.disks.map((disk) => disk.bytes && images.add(guest.vm.name, { ...disk, bytes: disk.bytes })),
  }))
  const brought = extensions.map(({ name, bytes }) => {
    return { name, image: images.add('hypervisor', { part: name, type: 'firmware', bytes }) }
  })
  const devices = system.control ? boardMap(machine.board, system.vms) : undefined
  const map = devices && images.add('hypervisor', { part: 'map', type: 'firmware', bytes: devices })
  const key = system.key === undefined ? undefined : readKey(system.key)
  if (key?.isOpen) say(`${shown(system.key!)}: others may read this key; chmod 600 ${shown(system.key!)}`)
  await clear(folder)
  await Promise.all(images.list.map(({ name, bytes }) => writeFile(join(folder, 'image', name), bytes)))
  await Promise.all(guests.flatMap((guest) => writeTrees(guest, machine.gic, folder)))

  const { name, hash, networks, shared } = system
  const network = usedUplink(system)
  const uplink = network && { network, device: machine.board.nics![network.uplink!.nic]! }
  const source = fitSource(
    {
      name,
      board: machine.board.compatible,
      hash,
      networks,
      shared,
      uplink,
      confirm: system.confirm,
      key: key?.bytes,
      wire: system.wire === undefined ? undefined : machine.board.wires![system.wire],
      extensions: brought,
      map,
      gpio: machine.board.gpio,
      guests: packed,
      storage: storageOf(guests, machine.board),
      parts: cardParts(machine.board, system.disks),
    },
    images.list,
  )
  const file = join(folder, FILE)
  // Both hold the key, if there is one.
  const mode = key ? 0o600 : 0o644
  await writeFile(join(folder, 'bundle.its'), source, { mode })
  await writeFile(file, '', { mode })
  await runTool('mkimage', ['-E', '-B', hex(PAGE_SIZE), '-f', 'bundle.its', FILE], { cwd: folder })
  if (key) await chmod(file, mode)
  const bytes = await readFile(file)
  const treeSize = bytes.readUInt32BE(4)
  if (treeSize >= BLOCK_SIZE) throw new Error(`the bundle's tree has ${treeSize} bytes, the hypervisor reads 2 MiB`)
  const summary: Summary = {
    name,
    abi: BUNDLE_ABI,
    board: { name: machine.board.name, cpus: machine.cores, memory: machine.ramSize, gic: machine.gic },
    bundle: { file: FILE, size: bytes.length, treeSize, sha256: createHash('sha256').update(bytes).digest('hex') },
    hash,
    extensions: brought.map((extension) => extension.name),
    images: images.list.map((image) => ({ name: image.name, type: image.type, size: image.bytes.length })),
    vms: packed.map(summarise),
  }
  await writeFile(join(folder, 'system.json'), `${JSON.stringify(summary, null, 2)}\n`)
  return { folder, file, size: bytes.length, summary }
}

/** The board's disk that VMs have parts of: one, as the config was checked for. */
function storageOf(guests: readonly Guest[], { disks }: Board) {
  const name = guests.flatMap((guest) => guest.disks.flatMap(({ stored }) => stored?.disk ?? []))[0]
  return name === undefined ? undefined : disks?.[name]
}

/** Removes what an earlier build wrote, and nothing else. */
async function clear(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const ours = (await readdir(folder)).filter((name) => /^(image|system\.json|bundle\.it[sb])$|\.dt[sb]$/.test(name))
  await Promise.all(ours.map((name) => rm(join(folder, name), { recursive: true })))
  await mkdir(join(folder, 'image'))
}

/** Bytes that the bundle will have, nearly: what the board check needs before anything is written. */
export function bundleSize(guests: readonly Guest[]): number {
  const images = new Images()
  for (const guest of guests) {
    for (const load of guest.loads) images.add(guest.vm.name, load)
    for (const disk of guest.disks) if (disk.bytes) images.add(guest.vm.name, { ...disk, bytes: disk.bytes })
  }
  const beside = TREE_ALLOWANCE + extensionSpace(guests.map(({ vm }) => vm))
  return images.list.reduce((sum, { bytes }) => sum + alignUp(bytes.length, PAGE_SIZE), beside)
}

/** `<vm>.dts` and `<vm>.dtb` as the config's board has them; the tree for the other GIC beside them. */
function writeTrees({ vm, dts, loads }: Guest, usual: number, folder: string): Promise<void>[] {
  return dts.flatMap(({ gic, text }) => {
    const stem = join(folder, gic === usual ? vm.name : `${vm.name}.gicv${gic}`)
    const dtb = loads.find((load) => load.gic === gic)!.bytes
    return [writeFile(`${stem}.dts`, text), writeFile(`${stem}.dtb`, dtb)]
  })
}

function summarise({ guest, cores, images, disks }: FitSystem['guests'][number]): VmSummary {
  const { vm, entry, x0, loads } = guest
  return {
    id: vm.index,
    name: vm.name,
    vcpus: vm.cpus,
    cores,
    ...(vm.server && { servers: Array(vm.cpus).fill(serverOnly(vm.server)) }),
    memory: { address: hex(vm.ramBase), size: vm.memory },
    entry: hex(entry),
    x0: hex(x0),
    devices: vm.devices,
    ...(vm.virtio.length > 0 && { virtio: vm.virtio.map(({ virtio }) => virtio) }),
    ...(vm.virtio.some(isNet) && {
      networks: vm.virtio
        .filter(isNet)
        .map(({ network, mac, vlan }) => ({ network, mac: mac!, ...(vlan && { vlan }) })),
    }),
    ...(guest.disks.length > 0 && {
      disks: guest.disks.map(({ size, pool, stored }, i) => {
        if (!stored) return { ...(disks[i] && { image: disks[i] }), size, pool }
        const { disk, partition } = stored
        return { disk, ...(partition !== undefined && { partition }) }
      }),
    }),
    ...(vm.passthrough.length > 0 && { passthrough: vm.passthrough }),
    life: vm.life,
    loads: loads.map(({ address, size, gic }, i) => ({
      image: images[i]!,
      address: hex(address),
      size,
      ...(gic && { gic }),
    })),
  }
}

function serverOnly({ priority, budget, period, spare }: Server) {
  return { priority, budget, period, spare }
}
