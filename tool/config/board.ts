/** What a board file states, and finding the board that a config names. */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BoardDevice, DrivenDevice } from './board-device.ts'
import type { BoardDisk } from './board-disk.ts'
import { ROOT } from './project.ts'

export interface Board {
  name: string
  title: string
  /** In the root `compatible` of the machine's DTB; the hypervisor refuses a bundle that was made for another one. */
  compatible: string
  /** `size` is what a board usually has; `ranges` says where RAM is on a board of a given size. */
  ram: { size: number; most: number; sizes?: readonly number[]; ranges: (size: number) => Range[] }
  cores: { count: number; most: number }
  /** GIC architecture versions that the board can have, its usual one first, and the cores that each can serve. */
  gic: { versions: readonly GicVersion[]; most: Readonly<Partial<Record<GicVersion, number>>> }
  /** The console that its DTB names: a driver in src/host. */
  uart: { kind: 'pl011' | 'mini' | 'cadence' | 'imx'; base: number; intid: number }
  /** Its DTB: a file of Debian's linux-image-arm64, below the folder of device trees; without it QEMU makes one. */
  dtb?: string
  /** What VMs may have to themselves, by name. */
  devices?: Readonly<Record<string, BoardDevice>>
  /** UARTs that the control line may have to itself, by name. */
  wires?: Readonly<Record<string, Wire>>
  /** What VMs' disks can be on, by name. */
  disks?: Readonly<Record<string, BoardDisk>>
  /** Where its GPIO is, whose lines VMs may have one by one. */
  gpio?: GpioBlock
  /** Network cards that networks may have as their uplink, by name. */
  nics?: Readonly<Record<string, DrivenDevice>>
  qemu?: QemuBoard
  /** What its boot ROM wants on an SD card, beside the hypervisor, the bundle and the DTB. */
  sd?: SdBoard
}

export interface Wire {
  /** Its node in the board's DTB: core reads the rest there. */
  node: string
  /** What it shares with other devices. */
  base: number
  intid: number
  /** Hz, where no firmware sets its baud rate. */
  clock?: number
  /** QEMU's serial port that it is. */
  serial?: number
  /** Pins that it needs, and the line of the firmware's settings that connects them. */
  pins?: BoardDevice['pins']
}

export interface GpioBlock {
  /** A driver in src/core/gpio-chip.ts. */
  kind: 'bcm' | 'pl061'
  /** Where its node is in the board's public DTB; a test compares. */
  node?: string
  base: number
  intids: readonly number[]
  /** Pins from 0 on that VMs may have. */
  pins: number
}

export interface SdBoard {
  /** Debian package of the firmware, its folder in there and the files, and its licence. */
  package: string
  folder: string
  files: readonly string[]
  licence: string
  /** Which of the board's disks the card is. */
  disk: string
  /** Bytes that a bundle can have where the firmware is told to put it. */
  bundleMost: number
  /** Pins that the console needs. */
  consolePins: readonly number[]
  /** The firmware's settings: name of the file, and its lines. */
  settings: { name: string; lines: readonly string[] }
}

/** Names of our files on an SD card. */
export const SD_KERNEL = 'bulkhead.img'
export const SD_BUNDLE = 'bundle.itb'

/** How QEMU plays a board. */
export interface QemuBoard {
  machine: (gic: GicVersion) => string
  cpu: string
  /** Where it puts the bundle, from the start of RAM. */
  initrdOffset: (ramSize: number) => number
  /** The serial port that is the board's console, if it is not the first. */
  serial?: number
  /** Where it is fixed: `-m`, and how much of it the DTB then names. */
  ram?: { option: string; size: number }
}

/** Physical addresses; `end` is the first behind it. */
export interface Range {
  start: number
  end: number
}

export type GicVersion = 2 | 3

const FOLDER = join(ROOT, 'board')

export function boardNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .sort()
}

/** `name` must be one of `boardNames()`. */
export async function loadBoard(name: string): Promise<Board> {
  const module: { default: Board } = await import(pathToFileURL(join(FOLDER, `${name}.ts`)).href)
  return module.default
}
