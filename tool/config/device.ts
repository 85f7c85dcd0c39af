/** The models of devices that a VM's config may list; the GIC, PSCI and the timers are always there. */
import { DEVICE_RTC, DEVICE_UART } from '../../src/abi/compartment.ts'
import type { Limit } from './limit.ts'
import { derivedMac } from './network.ts'
import { parseSize } from './size.ts'

/** The name in the config, and the bit that the bundle carries for it. */
export const DEVICES = {
  uart: DEVICE_UART,
  rtc: DEVICE_RTC,
} as const

export type DeviceName = keyof typeof DEVICES

export const DEVICE_NAMES = Object.keys(DEVICES) as DeviceName[]

export function deviceBits(devices: readonly DeviceName[]): number {
  return devices.reduce((bits, device) => bits | DEVICES[device], 0)
}

/** Virtio 1.2, "Device Types". */
export const VIRTIO_TYPES = { net: 1, block: 2, console: 3, entropy: 4, balloon: 5, socket: 19, gpio: 41 } as const
/** What drivers take for a console: `VIRTIO_CONTROL` of src/arch/virtio.ts. */
export const CONTROL_TYPE = 0x43

export interface BlockOptions {
  /** A disk of the board, by its name in `board/`: what is written there stays. Neither image nor size. */
  disk?: string
  /** Of that disk: the name (GPT) or number of a partition; without it, all of the disk. */
  partition?: string | number
  /** A file that the disk begins as: a file system, a partitioned disk. VMs may share it; each writes to pages of its own. */
  image?: string
  /** In place of an image: a disk of this size that begins as zeroes. */
  size?: string | number
  readOnly?: boolean
  /** RAM for what the VM writes: `'16M'`; by default enough for all of the disk. Writes that need more are errors. */
  overlay?: string | number
}

export interface BalloonOptions {
  /** RAM that the VM is to keep: `'192M'`. By default all of it. */
  target?: string | number
}

/** What every para-virtual device may be told. */
export interface DeviceOptions {
  /** What it does in a second, at most; a driver that wants more waits. */
  limit?: Limit
}

export interface NetOptions {
  /** One of the system's `networks`. */
  network: string
  /** `'52:54:00:00:00:01'`; by default one that follows from the names of system and VM. Of a template: then there is one VM at a time. */
  mac?: string
  /** 1 to 4094: reaches devices with the same VLAN only, and takes frames without tag alone. */
  vlan?: number
  /** The guest may send from other addresses than its own, because it is a bridge for others. */
  open?: boolean
}

export interface SocketOptions {
  /** VMs to which connections may be made and from which they may come; they list this one. */
  peers: string[]
  /** The address by which they reach this one: 3 or more; by default 3 and the VM's place in the config. */
  cid?: number
}

/** A pin of the board by its number, as the board's manual counts them. */
export interface GpioPin {
  pin: number
  /** What the pin is pulled to while nobody drives it; by default as the board's firmware leaves it. */
  pull?: 'up' | 'down' | 'none'
}

export interface GpioOptions {
  /** Pins of the board by the names that the guest finds: `{ led: 17, button: { pin: 27, pull: 'up' } }`. */
  lines: Record<string, number | GpioPin>
}

export interface ConsolePort {
  /** What the guest finds it by, and what stands before its lines: up to 11 of a-z, 0-9 and `-`, a letter first. */
  name: string
  /** A terminal, as the console itself is (Linux: /dev/hvc1 and so on); by default a stream of bytes (/dev/virtio-ports). */
  console?: boolean
}

export interface ConsoleOptions {
  /**
   * Up to three ports beside the console's own. What they print comes in whole lines, each behind its port's name; the keyboard goes to
   * one of them when an operator says so: `bulkhead console VM --port NAME`.
   */
  ports?: (string | ConsolePort)[]
}

/** A para-virtual device, made by one of `virtio`'s functions; its place among those of the list is its slot. */
export type VirtioDevice = DeviceOptions &
  (
    | { virtio: 'entropy' }
    | ({ virtio: 'console' } & ConsoleOptions)
    | ({ virtio: 'block' } & BlockOptions)
    | ({ virtio: 'net' } & NetOptions)
    | ({ virtio: 'balloon' } & BalloonOptions)
    | ({ virtio: 'socket' } & SocketOptions)
    | ({ virtio: 'gpio' } & GpioOptions)
  )
/** What a VM's slot holds; the config's `control: true` makes the last. */
export type SlotDevice = VirtioDevice | ({ virtio: 'control' } & DeviceOptions)
export type BlockDevice = Extract<VirtioDevice, { virtio: 'block' }>
/** A disk that is on one of the board's. */
export type StoredDevice = BlockDevice & { disk: string }
export type NetDevice = Extract<VirtioDevice, { virtio: 'net' }>
export type SocketDevice = Extract<VirtioDevice, { virtio: 'socket' }>

export const virtio = {
  /** A console whose lines take one exit each, perhaps with further ports; it has the keyboard once its driver is up. One for each VM. */
  console: (options: ConsoleOptions & DeviceOptions = {}): VirtioDevice => ({ virtio: 'console', ...options }),
  /** Random numbers. */
  entropy: (options: DeviceOptions = {}): VirtioDevice => ({ virtio: 'entropy', ...options }),
  /** RAM that the VM gives back, or reports as free, and gets again. One for each VM. */
  balloon: (options: BalloonOptions & DeviceOptions = {}): VirtioDevice => ({ virtio: 'balloon', ...options }),
  /** Lines of the board's GPIO, which no other VM has then. One for each VM. */
  gpio: (options: GpioOptions & DeviceOptions): VirtioDevice => ({ virtio: 'gpio', ...options }),
  /** A disk in RAM, and what is written lasts until the board is switched off; or a part of one of the board's own. */
  block: (options: BlockOptions & DeviceOptions): VirtioDevice => ({ virtio: 'block', ...options }),
  /** A network card in one of the system's networks. */
  net: (options: NetOptions & DeviceOptions): VirtioDevice => ({ virtio: 'net', ...options }),
  /** Stream sockets (AF_VSOCK) between this VM and its peers. One for each VM. */
  socket: (options: SocketOptions & DeviceOptions): VirtioDevice => ({ virtio: 'socket', ...options }),
}

export function isStored(device: SlotDevice): device is StoredDevice {
  return device.virtio === 'block' && device.disk !== undefined
}

/** The place in the config of a template's network device whose VMs' addresses follow from their names; undefined: it has one. */
export function namedPlace(
  device: NetDevice,
  { name, places, virtio, life }: NamedVm,
  system: string,
): number | undefined {
  const place = places[virtio.indexOf(device)]!
  return life.template && device.mac === derivedMac(system, name, place) ? place : undefined
}

interface NamedVm {
  name: string
  places: readonly number[]
  virtio: readonly SlotDevice[]
  life: { template: boolean }
}

export function isNet(device: SlotDevice): device is NetDevice {
  return device.virtio === 'net'
}

/** The VM's, undefined if it has none. */
export function socketOf({ virtio }: { virtio: readonly SlotDevice[] }): SocketDevice | undefined {
  return virtio.find((device) => device.virtio === 'socket')
}

/** Those beside the console's own. */
export function consolePortsOf({ virtio }: { virtio: readonly SlotDevice[] }): Required<ConsolePort>[] {
  const device = virtio.find((device) => device.virtio === 'console')
  return (device?.ports ?? []).map((port) => {
    return typeof port === 'string' ? { name: port, console: false } : { console: false, ...port }
  })
}

export function typeOf({ virtio }: SlotDevice): number {
  return virtio === 'control' ? CONTROL_TYPE : VIRTIO_TYPES[virtio]
}

/** Bytes that are to be in the VM's balloon; undefined if it has none. */
export function balloonOf({ virtio, memory }: { virtio: readonly SlotDevice[]; memory: number }): number | undefined {
  const device = virtio.find((device) => device.virtio === 'balloon')
  return device && memory - (device.target === undefined ? memory : parseSize(device.target)!)
}

/** The VM's lines, in the order of its config. */
export function linesOf({ virtio }: { virtio: readonly SlotDevice[] }): ({ name: string } & GpioPin)[] {
  const device = virtio.find((device) => device.virtio === 'gpio')
  return Object.entries(device?.lines ?? {}).map(([name, line]) => ({
    name,
    ...(typeof line === 'number' ? { pin: line } : line),
  }))
}

export function disksOf({ virtio }: { virtio: readonly SlotDevice[] }): BlockDevice[] {
  return virtio.filter((device) => device.virtio === 'block')
}
