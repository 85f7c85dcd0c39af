/** Bundles as tool/image makes them, built in memory so that a test can bend each word (doc/bundle.md). */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { REACT_RESTART, REACT_STOP } from '../../src/abi/life.ts'
import { COMPATIBLE, MiB, wide } from './board.ts'
import { type FakePlace, type FakeSocket, portCells } from './bundle-port.ts'
import { diskNode, type FakeDiskNode } from './disk-node.ts'
import { needed } from './extension.ts'
import { PAGE } from './physical.ts'
import { flatten, type Node } from './tree.ts'

export type { FakePlace, FakeSocket }

export type FakeImage = { bytes: Uint8Array; hash?: 'crc32' | 'sha256' }

export interface FakeLoad {
  image: string
  address?: number
  size?: number
  gic?: number
  /** Places of seeds: offset in the image, and of the name in its strings. */
  seeds?: Record<string, [number, number]>
}

export interface FakeVm {
  cores?: number[]
  /** For each vCPU priority, budget and period in microseconds, and 1 if it takes spare time. */
  servers?: number[][]
  vcpus?: number
  memory?: number
  ram?: number
  critical?: boolean
  /** Its RAM is where its guest believes it is. */
  identity?: boolean
  entry?: number
  x0?: number
  devices?: number
  /** Virtio device types, from slot 0 on. */
  virtio?: number[]
  /** As in src/abi/setting.ts. */
  settings?: bigint[]
  /** Of its network and socket devices. */
  ports?: (FakePlace | FakeSocket)[]
  /** Index of ON_END. */
  restart?: number
  /** REACT_* to a crash, a reset, a power-off, the limit. */
  onEnd?: number[]
  /** Milliseconds. */
  backoff?: number
  /** Bitmap of VMs. */
  after?: number
  /** Those of them that are to be ready; and for how many milliseconds it waits. */
  awaits?: number
  patience?: number
  autostart?: boolean
  /** What VMs of run time are made of. */
  template?: boolean
  /** The system's name, where its VMs' addresses follow from it. */
  system?: string
  /** A debugger may have it. */
  debug?: boolean
  limit?: number
  /** Image name, bytes and pages for what is written. */
  disks?: FakeDiskNode[]
  /** Devices of the board: ranges of pages, and interrupts with 1 for an edge. */
  board?: {
    device: string
    pages?: [number, number][]
    interrupts?: [number, number][]
    dma?: boolean
    lines?: number[]
    /** Writes that turn it on. */
    enable?: [address: number, value: number][]
  }[]
  /** Image name, and where it goes. */
  loads?: FakeLoad[]
}

export const RAM = 0x4000_0000
export const DTB = RAM + MiB

/** Restarts after a reset; after a crash too; after everything. */
const ON_END = [
  [REACT_STOP, REACT_RESTART, REACT_STOP, REACT_STOP],
  [REACT_RESTART, REACT_RESTART, REACT_STOP, REACT_STOP],
  [REACT_RESTART, REACT_RESTART, REACT_RESTART, REACT_STOP],
]

export interface BundleOptions {
  images?: Record<string, FakeImage>
  vms?: Record<string, FakeVm>
  /** Memories that they share: indices of VMs, address, bytes that all write, bytes that each writes. */
  shared?: { peers: number[]; address?: number; writable?: number; output?: number }[]
  /** Bytes of each; by default those that the VMs need. */
  extensions?: Record<string, Buffer>
  /** It brings the control protocol's. */
  control?: boolean
  /** The control line's node: the key that it wants, the node of a UART of its own. */
  line?: Node
  /** The node of the board's disk. */
  storage?: Node
  /** Milliseconds that critical VMs run for before a system on trial has proved itself, and that it may take. */
  confirm?: [number, number]
  /** Bends the tree before it is written. */
  bend?: (tree: BundleTree) => void
}

export interface BundleTree extends Node {
  images: Node
  bulkhead: { vms: Node } & Node
}

export const kernel = Buffer.from('a kernel that says hello'.repeat(300))
export const guestDtb = Buffer.from('a device tree, nearly')

export function bundle({
  images = { kernel: { bytes: kernel }, dtb: { bytes: guestDtb, hash: 'sha256' } },
  vms = { alpha: {} },
  control = false,
  shared = [],
  extensions = needed(vms, control, shared.length > 0),
  line,
  storage,
  confirm,
  bend,
}: BundleOptions = {}): Buffer {
  const brought = Object.fromEntries(
    Object.entries(extensions).map(([name, bytes]) => [`hypervisor-${name}`, { bytes }]),
  )
  const own = Object.keys(images)
  images = { ...images, ...brought }
  const places = layOut(images)
  const tree: BundleTree = {
    description: 'a system',
    images: Object.fromEntries(
      Object.entries(images).map(([name, image]) => [name, imageNode(image, places.get(name)!)]),
    ),
    configurations: { default: 'system', system: { loadables: Object.keys(images) } },
    bulkhead: {
      abi: [1],
      board: COMPATIBLE,
      ...(line && { control: line }),
      ...(storage && { storage }),
      ...(confirm && { confirm }),
      vms: Object.fromEntries(Object.entries(vms).map(([name, vm], id) => [name, vmNode(vm, id, own)])),
      ...(shared.length > 0 && {
        shared: Object.fromEntries(
          shared.map(({ peers, address = 0x1000_0000, writable = 0, output = 0 }, i) => [
            `memory-${i}`,
            { peers, address: wide(address), sizes: [...wide(writable), ...wide(output)] },
          ]),
        ),
      }),
      ...(Object.keys(extensions).length > 0 && {
        extensions: Object.fromEntries(Object.keys(extensions).map((name) => [name, { image: `hypervisor-${name}` }])),
      }),
    },
  }
  bend?.(tree)
  // mkimage -E -B 0x1000 pads the tree to whole pages.
  const blob = flatten(tree)
  const treeSize = Math.ceil(blob.length / PAGE) * PAGE
  blob.writeUInt32BE(treeSize, 4)
  const out = Buffer.alloc(treeSize + [...places.values()].reduce((end, at) => Math.max(end, at), 0) + largest(images))
  out.set(blob)
  for (const [name, { bytes }] of Object.entries(images)) out.set(bytes, treeSize + places.get(name)!)
  return out
}

/** Data offsets, each on a page of its own. */
function layOut(images: Record<string, FakeImage>): Map<string, number> {
  let at = 0
  return new Map(
    Object.entries(images).map(([name, { bytes }]) => {
      const place = at
      at += Math.ceil(bytes.length / PAGE) * PAGE
      return [name, place]
    }),
  )
}

function largest(images: Record<string, FakeImage>): number {
  return Object.values(images).at(-1)?.bytes.length ?? 0
}

function imageNode({ bytes, hash = 'crc32' }: FakeImage, offset: number): Node {
  const value = hash === 'crc32' ? [crc32(bytes)] : createHash('sha256').update(bytes).digest()
  return {
    'data-size': [bytes.length],
    'data-offset': [offset],
    type: 'kernel',
    'hash-1': { algo: hash, value },
  }
}

function vmNode(vm: FakeVm, id: number, images: string[]): Node {
  const cores = vm.cores ?? [id]
  const { vcpus = cores.length, memory = 4 * MiB, ram = RAM, entry = ram, x0 = DTB } = vm
  const usual = [
    { image: images[0]!, address: ram },
    { image: images[1]!, address: ram + MiB },
  ]
  return {
    id: [id],
    vcpus: [vcpus],
    cores,
    ...(vm.servers && { servers: vm.servers.flat() }),
    memory: [...wide(ram), ...wide(memory)],
    ...(vm.identity && { identity: true }),
    ...(vm.template && { template: true, ...(vm.system && { system: vm.system }) }),
    ...(vm.debug && { debug: true }),
    ...(vm.critical && { critical: [1] }),
    entry: wide(entry),
    x0: wide(x0),
    devices: [vm.devices ?? 3],
    ...(vm.virtio && { virtio: vm.virtio }),
    ...(vm.settings && {
      settings: vm.settings.flatMap((value) => [Number(value >> 32n), Number(value & 0xffff_ffffn)]),
    }),
    ...(vm.ports && { ports: vm.ports.flatMap(portCells) }),
    'on-end': vm.onEnd ?? ON_END[vm.restart ?? 0]!,
    ...(vm.backoff && { backoff: [vm.backoff] }),
    ...(vm.after && { after: [vm.after] }),
    ...(vm.awaits && { awaits: [vm.awaits], patience: [vm.patience ?? 1000] }),
    ...(vm.autostart === false && { autostart: [0] }),
    'restart-limit': [vm.limit ?? 5],
    ...Object.fromEntries(
      (vm.loads ?? usual.filter(({ image }) => image)).map(
        ({ image, address = ram, size = 0, gic, seeds }: FakeLoad, i) => [
          `load-${i}`,
          { image, address: wide(address), size: wide(size), ...(gic && { gic: [gic] }), ...seeds },
        ],
      ),
    ),
    ...Object.fromEntries(
      (vm.board ?? []).map(({ device, pages = [], interrupts = [], dma, lines, enable }, i) => [
        `device-${i}`,
        {
          device,
          reg: pages.flatMap(([at, size]) => [...wide(at), ...wide(size)]),
          interrupts: interrupts.flat(),
          ...(dma && { dma: true }),
          ...(lines && { lines }),
          ...(enable && { enable: enable.flatMap(([address, value]) => [...wide(address), value]) }),
        },
      ]),
    ),
    ...Object.fromEntries((vm.disks ?? []).map((disk, i) => [`disk-${i}`, diskNode(disk)])),
  }
}
