/** The bundle as a FIT image: U-Boot, doc/usage/fit, "Flattened Image Tree"; the node /bulkhead is ours (doc/bundle.md). */
import { createHash } from 'node:crypto'
import { PAGE_SIZE } from '../../src/abi/layout.ts'
import type { DrivenDevice } from '../config/board-device.ts'
import type { Confirm } from '../config/confirm.ts'
import { deviceBits, isNet, VIRTIO_TYPES } from '../config/device.ts'
import { macBytes, type Network } from '../config/network.ts'
import { cells, hexCell, quoted } from './dts.ts'
import { drivenLines } from './fit-driven.ts'
import { lifeLines } from './fit-life.ts'
import type { Guest, GuestDisk, GuestLoad } from './guest.ts'
import { settingsOf } from './setting.ts'

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
  networks: readonly Network[]
  /** The board's network card, and whose uplink it is. */
  uplink?: { device: DrivenDevice; network: Network } | undefined
  confirm?: Confirm | undefined
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
		board = ${quoted(system.board)};${trial(system)}${extensions(system)}${uplink(system)}
		vms {
${system.guests.map((guest) => vmNode(guest, system.guests, system.networks)).join('')}		};
	};
};
`
}

function trial({ confirm }: FitSystem): string {
  return confirm ? `\n		confirm = <${confirm.after} ${confirm.within}>;` : ''
}

/** Only for a system that needs some. */
function extensions({ extensions }: FitSystem): string {
  if (extensions.length === 0) return ''
  const nodes = extensions.map(({ name, image }) => `			${name} {\n				image = ${quoted(image)};\n			};\n`)
  return `\n		extensions {\n${nodes.join('')}		};`
}

/** Only for a system with an uplink: its device, its port at the switch as VMs have theirs, and percent of a core. */
function uplink({ uplink, networks }: FitSystem): string {
  if (!uplink) return ''
  const { vlan, mac, share } = uplink.network.uplink!
  const index = networks.indexOf(uplink.network)
  const lines = [
    ...drivenLines(uplink.device),
    `port = <${portCells({ ...uplink.network, index, vlan, open: true, mac })}>;`,
    `share = <${share}>;`,
  ]
  return `\n\t\tuplink {\n${lines.map((line) => `\t\t\t${line}\n`).join('')}\t\t};`
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

function vmNode(
  { guest, cores, images, disks }: FitSystem['guests'][number],
  all: FitSystem['guests'],
  networks: readonly Network[],
): string {
  const { vm, entry, x0 } = guest
  return `			${vm.name} {
				id = <${vm.index}>;
				vcpus = <${vm.cpus}>;
				cores = <${cores.join(' ')}>;${servers(vm)}
				memory = <${cells(vm.ramBase)} ${cells(vm.memory)}>;${vm.trustedDma ? '\n\t\t\t\tidentity;' : ''}
				entry = <${cells(entry)}>;
				x0 = <${cells(x0)}>;
				devices = <${deviceBits(vm.devices)}>;${slots(vm)}${settings(vm)}${ports(vm, networks)}
${life(vm, all)}${guest.loads.map((load, i) => loadNode(load, i, images[i]!)).join('')}${guest.disks.map((disk, i) => diskNode(disk, i, disks[i])).join('')}${guest.board.map(deviceNode).join('')}			};
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
  return `\n				virtio = <${virtio.map((device) => VIRTIO_TYPES[device.virtio]).join(' ')}>;`
}

/** Only for a VM that has any. */
function settings(vm: Guest['vm']): string {
  const words = settingsOf(vm).flatMap((setting) => [setting >> 32n, setting & 0xffff_ffffn])
  if (words.length === 0) return ''
  return `\n				settings = <${words.map((word) => `0x${word.toString(16)}`).join(' ')}>;`
}

/** Only for a VM with network devices: of each its place at the switch, its address, MTU and offload. src/core/bundle.ts. */
function ports({ virtio }: Guest['vm'], networks: readonly Network[]): string {
  const list = virtio.filter(isNet).map(({ network, vlan = 0, open = false, mac }) => {
    const index = networks.findIndex(({ name }) => name === network)
    return portCells({ ...networks[index]!, index, vlan, open, mac: mac! })
  })
  return list.length ? `\n				ports = <${list.join('  ')}>;` : ''
}

interface Place extends Pick<Network, 'mtu' | 'offload'> {
  /** The network's. */
  index: number
  vlan: number
  open: boolean
  mac: string
}

function portCells({ index, vlan, open, mac, mtu, offload }: Place): string {
  const [high, low] = macCells(mac)
  return `${index} ${hexCell(vlan * 2 ** 16 + (open ? 1 : 0))} ${high} ${low} ${mtu} ${offload ? 1 : 0}`
}

/** The address as a 64-bit number whose lowest byte is its first. */
function macCells(mac: string): [string, string] {
  const bytes = Buffer.from([...macBytes(mac), 0, 0])
  return [hexCell(bytes.readUInt32LE(4)), hexCell(bytes.readUInt32LE(0))]
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

/** A device of the board's; pages that an earlier one has brought already are not said twice. */
function deviceNode({ name, device, pages }: Guest['board'][number], i: number): string {
  const ranges = pages.map(({ start, end }) => `<${cells(start)} ${cells(end - start)}>`).join(', ')
  const interrupts = device.intids.map((intid) => `<${intid} 0>`).join(', ')
  return `				device-${i} {
					device = ${quoted(name)};${ranges && `\n					reg = ${ranges};`}${interrupts && `\n					interrupts = ${interrupts};`}${device.dma ? '\n					dma;' : ''}
				};
`
}

function diskNode({ size, pool }: GuestDisk, i: number, image: string | undefined): string {
  const base = image === undefined ? '' : `\n					image = ${quoted(image)};`
  return `				disk-${i} {${base}
					size = <${cells(size)}>;
					pool = <${pool / PAGE_SIZE}>;
				};
`
}
