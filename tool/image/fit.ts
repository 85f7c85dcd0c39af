/** The bundle as a FIT image: U-Boot, doc/usage/fit, "Flattened Image Tree"; the node /bulkhead is ours (doc/bundle.md). */
import { createHash } from 'node:crypto'
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import { PORT_SOCKET } from '../../src/abi/port.ts'
import type { GpioBlock, Wire } from '../config/board.ts'
import type { DrivenDevice } from '../config/board-device.ts'
import type { BoardDisk } from '../config/board-disk.ts'
import type { Confirm } from '../config/confirm.ts'
import { deviceBits, isNet, namedPlace, type SocketDevice, typeOf } from '../config/device.ts'
import type { Network } from '../config/network.ts'
import type { SharedMemory } from '../config/shared-memory.ts'
import { cells, hexCell, quoted } from './dts.ts'
import { deviceNode, gpio, linesNode } from './fit-board.ts'
import { lifeBits, lifeLines } from './fit-life.ts'
import { netPort, uplinkNode } from './fit-network.ts'
import { sharedNode } from './fit-shared.ts'
import type { Guest, GuestDisk, GuestLoad } from './guest.ts'
import { settingsOf } from './setting.ts'
import { storageLines, storedLines } from './storage.ts'

/** What the hypervisor's parser understands (src/core/bundle.ts). */
export const BUNDLE_ABI = 1

export interface Image {
  name: string
  type: ImagePart['type']
  bytes: Uint8Array
}

/** What an image is made of. */
type ImagePart = Pick<GuestLoad, 'part' | 'bytes'> & { type: GuestLoad['type'] | GuestDisk['type'] | 'firmware' }

/** One image for each different content: VMs that boot the same kernel share it. */
export class Images {
  readonly #byContent = new Map<string, Image>()

  /** `owner` and the part's name make the image's. */
  add(owner: string, load: ImagePart): string {
    const content = `${load.type} ${createHash('sha256').update(load.bytes).digest('hex')}`
    const image = this.#byContent.get(content) ?? {
      name: `${owner}-${load.part}`,
      type: load.type,
      bytes: load.bytes,
    }
    this.#byContent.set(content, image)
    return image.name
  }

  get list(): Image[] {
    return [...this.#byContent.values()]
  }
}

export interface FitSystem {
  name: string
  /** The board's root `compatible`. */
  board: string
  hash: 'crc32' | 'sha256'
  /** Of the hypervisor: name and image. */
  extensions: { name: string; image: string }[]
  /** The image with the board's devices. */
  map?: string | undefined
  networks: readonly Network[]
  shared: readonly SharedMemory[]
  /** The board's disk that VMs have parts of. */
  storage: BoardDisk | undefined
  /** Names of VMs' partitions, if the disk is a card of ours. */
  parts: readonly string[]
  /** The board's network card, and whose uplink it is. */
  uplink?: { device: DrivenDevice; network: Network } | undefined
  confirm?: Confirm | undefined
  /** The control line's, if it has one of its own. */
  wire?: Wire | undefined
  /** What the serial line wants. */
  key?: Uint8Array | undefined
  /** The board's. */
  gpio?: GpioBlock | undefined
  /** `disks`: each disk's image, undefined for one that begins as zeroes. */
  guests: { guest: Guest; cores: number[]; images: string[]; disks: (string | undefined)[] }[]
}

/** The image tree source; image data is read from `image/<name>` beside it. */
export function fitSource(system: FitSystem, images: readonly Image[]): string {
  const names = images.map(({ name }) => quoted(name)).join(', ')
  return `/dts-v1/;

/ {
	description = ${quoted(`Bulkhead system ${system.name}`)};
	#address-cells = <1>;

	images {
${images.map((image) => imageNode(image, system.hash)).join('')}	};

	configurations {
		default = "system";
		system {
			description = "every image that a VM loads";
			loadables = ${names};
		};
	};

	bulkhead {
		abi = <${BUNDLE_ABI}>;
		board = ${quoted(system.board)};${trial(system)}${gpio(
      system.gpio,
      system.guests.map(({ guest }) => guest.vm),
    )}${control(system)}${map(system)}${extensions(system)}${sharedNode(system)}${storage(system)}${uplinkNode(system)}
		vms {
${system.guests.map((guest) => vmNode(guest, system)).join('')}		};
	};
};
`
}

function trial({ confirm }: FitSystem): string {
  return confirm ? `\n		confirm = <${confirm.after} ${confirm.within}>;` : ''
}

function control({ key, wire }: FitSystem): string {
  const lines = [
    ...(wire ? [`uart = ${quoted(wire.node)};`] : []),
    ...(wire?.clock ? [`clock = <${wire.clock}>;`] : []),
    ...(key ? [`key = [${Buffer.from(key).toString('hex')}];`] : []),
  ]
  return lines.length ? `\n\t\tcontrol {${lines.map((line) => `\n\t\t\t${line}`).join('')}\n\t\t};` : ''
}

function map({ map }: FitSystem): string {
  return map === undefined ? '' : `\n		map {\n			image = ${quoted(map)};\n		};`
}

/** Only for a system that needs some. */
function extensions({ extensions }: FitSystem): string {
  if (extensions.length === 0) return ''
  const nodes = extensions.map(({ name, image }) => `			${name} {\n				image = ${quoted(image)};\n			};\n`)
  return `\n		extensions {\n${nodes.join('')}		};`
}

/** Only for a system whose VMs have disks on the board's. src/core/grant.ts. */
function storage({ storage }: FitSystem): string {
  return storage ? `\n\t\tstorage {\n${storageLines(storage).join('')}\t\t};` : ''
}

function imageNode({ name, type }: Image, hash: string): string {
  return `		${name} {
			description = ${quoted(name)};
			data = /incbin/(${quoted(`image/${name}`)});
			type = "${type}";
			arch = "arm64";
			compression = "none";
			hash-1 {
				algo = "${hash}";
			};
		};
`
}

function vmNode({ guest, cores, images, disks }: FitSystem['guests'][number], system: FitSystem): string {
  const { guests: all, parts } = system
  const { vm, entry, x0 } = guest
  const bits = lifeBits(
    vm,
    all.map((other) => other.guest.vm),
  )
  return `			${vm.name} {
				id = <${vm.index}>;
				vcpus = <${vm.cpus}>;
				cores = <${cores.join(' ')}>;${servers(vm)}
				memory = <${cells(vm.ramBase)} ${cells(vm.memory)}>;${vm.trustedDma ? '\n\t\t\t\tidentity;' : ''}${vm.debug ? '\n\t\t\t\tdebug;' : ''}
				entry = <${cells(entry)}>;
				x0 = <${cells(x0)}>;
				devices = <${deviceBits(vm.devices) | bits}>;${slots(vm)}${settings(vm)}${ports(vm, system)}
${life(vm, all)}${guest.loads.map((load, i) => loadNode(load, i, images[i]!)).join('')}${guest.disks.map((disk, i) => diskNode(disk, i, disks[i], parts)).join('')}${guest.board.map(deviceNode).join('')}${linesNode(vm)}			};
`
}

function life(vm: Guest['vm'], all: FitSystem['guests']): string {
  const vms = all.map(({ guest }) => guest.vm)
  return lifeLines(vm, vms)
    .map((line) => `				${line}\n`)
    .join('')
}

/** Only for a VM that has para-virtual devices: the type of each, from slot 0 on. */
function slots({ virtio }: Guest['vm']): string {
  if (virtio.length === 0) return ''
  return `\n				virtio = <${virtio.map(typeOf).join(' ')}>;`
}

/** Only for a VM that has any. */
function settings(vm: Guest['vm']): string {
  const words = settingsOf(vm).flatMap((setting) => [setting >> 32n, setting & 0xffff_ffffn])
  if (words.length === 0) return ''
  return `\n				settings = <${words.map((word) => `0x${word.toString(16)}`).join(' ')}>;`
}

/** Only for a VM with network or socket devices: three two-cell numbers of each, in the order of their slots. src/core/connect.ts.
 * With what addresses follow from where names of VMs are not known yet: src/core/mac.ts. */
function ports(vm: Guest['vm'], { guests: all, networks, name }: FitSystem): string {
  const places = vm.virtio.filter(isNet).map((device) => namedPlace(device, vm, name))
  const list = vm.virtio.flatMap((device) => {
    if (isNet(device)) return [netPort(device, networks, namedPlace(device, vm, name))]
    return device.virtio === 'socket' ? [socketPort(device, all)] : []
  })
  const system = places.some((place) => place !== undefined) ? `\n				system = ${quoted(name)};` : ''
  return list.length ? `\n				ports = <${list.join('  ')}>;${system}` : ''
}

/** Its address, and a bit for each VM that it is joined with. */
function socketPort({ cid, peers }: SocketDevice, all: FitSystem['guests']): string {
  const joined = all.filter(({ guest }) => peers.includes(guest.vm.name)).map(({ guest }) => guest.vm.index)
  return `0 ${PORT_SOCKET} 0 ${cid} 0 ${hexCell(joined.reduce((bits, index) => bits | (1 << index), 0))}`
}

/** Only for a VM whose cores are not its own. */
function servers({ server, cpus }: Guest['vm']): string {
  if (!server) return ''
  const { priority, budget, period, spare } = server
  const each = `${priority} ${budget} ${period} ${spare ? 1 : 0}`
  return `\n				servers = <${Array(cpus).fill(each).join('  ')}>;`
}

function loadNode({ address, size, gic, seeds = [] }: GuestLoad, i: number, image: string): string {
  const places = seeds.map((seed) => `\n					${seed.name} = <${seed.offset} ${seed.nameOffset}>;`).join('')
  const only = gic ? `\n					gic = <${gic}>;` : ''
  return `				load-${i} {
					image = ${quoted(image)};
					address = <${cells(address)}>;
					size = <${cells(size)}>;${only}${places}
				};
`
}

function diskNode(
  { size, pool, stored }: GuestDisk,
  i: number,
  image: string | undefined,
  parts: readonly string[],
): string {
  if (stored) return `				disk-${i} {\n${storedLines(stored, parts).join('')}				};\n`
  const base = image === undefined ? '' : `\n					image = ${quoted(image)};`
  return `				disk-${i} {${base}
					size = <${cells(size)}>;
					pool = <${pool / PAGE_SIZE}>;
				};
`
}
