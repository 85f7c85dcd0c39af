/** The machine's disks, by util-linux's lsblk, and which of them may be written: removable ones that nobody uses. */
import { spawnSync } from 'node:child_process'
import { UserError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'

/** A whole disk: the card itself, never a partition. */
export interface Device {
  path: string
  /** Vendor and model, for people. */
  title: string
  /** Bytes; 0: a reader without a card. */
  size: number
  isRemovable: boolean
  isReadOnly: boolean
  /** Where it, a partition of it or what is built on them is mounted; `[SWAP]` for swap. */
  mounts: { path: string; at: string }[]
}

/** A row of `lsblk --json --bytes`, util-linux, lsblk(8). */
interface Row {
  name: string
  path: string
  type: string
  size: number | string
  rm: boolean | string
  hotplug: boolean | string
  ro: boolean | string
  tran: string | null
  vendor: string | null
  model: string | null
  mountpoints: (string | null)[]
  children?: Row[]
}

const COLUMNS = 'NAME,PATH,TYPE,SIZE,RM,HOTPLUG,RO,TRAN,VENDOR,MODEL,MOUNTPOINTS'
/** Of an eMMC: hardware partitions that hold a board's boot loader and keys. */
const EMMC_PARTS = /^mmcblk\d+(boot\d+|rpmb)$/
/** What the running system cannot do without. */
const SYSTEM = /^\/(boot|boot\/.*|usr|var|home|etc|nix|nix\/.*)?$|^\[SWAP\]$/

/** Every disk that lsblk knows. Throws a UserError where there is no lsblk. */
export function devices(): Device[] {
  if (process.platform !== 'linux') {
    throw new UserError("cards are written on Linux alone; elsewhere take --out FILE and the system's own card writer")
  }
  const result = spawnSync('lsblk', ['--json', '--bytes', '--output', COLUMNS], { encoding: 'utf8' })
  if (result.error) throw new UserError('lsblk is missing; install util-linux, or take --out FILE')
  if (result.status !== 0) {
    throw new UserError(`lsblk fails: ${result.stderr.trim()}; util-linux 2.37 or newer is needed, or --out FILE`)
  }
  const rows: Row[] = JSON.parse(result.stdout).blockdevices ?? []
  return rows.filter(({ type, name }) => type === 'disk' && !EMMC_PARTS.test(name)).map(read)
}

function read(row: Row): Device {
  const title = [row.vendor, row.model].map((text) => text?.trim()).filter(Boolean)
  return {
    path: row.path,
    title: title.join(' ') || (row.tran ?? 'disk'),
    size: Number(row.size),
    // The slot of a built-in card reader says neither.
    isRemovable: isSet(row.rm) || isSet(row.hotplug) || row.tran === 'usb' || /^mmcblk\d+$/.test(row.name),
    isReadOnly: isSet(row.ro),
    mounts: mountsOf(row),
  }
}

/** Over all that is built on a disk. */
function mountsOf(top: Row): Device['mounts'] {
  const rows = [top]
  // Grows while it is walked.
  for (const row of rows) rows.push(...(row.children ?? []))
  return rows.flatMap(({ path, mountpoints }) => (mountpoints ?? []).flatMap((at) => (at ? [{ path, at }] : [])))
}

function isSet(flag: boolean | string): boolean {
  return flag === true || flag === '1'
}

/** What to offer to a person. */
export function cards(all: readonly Device[]): Device[] {
  return all.filter((device) => device.isRemovable && !isSystem(device))
}

export function cardLine({ path, title, size, mounts }: Device): string {
  const state = mounts.length > 0 ? `, mounted at ${mounts.map(({ at }) => at).join(', ')}` : ''
  return `${path}: ${title}, ${size > 0 ? sizeText(size) : 'no card in it'}${state}`
}

function isSystem({ mounts }: Device): boolean {
  return mounts.some(({ at }) => SYSTEM.test(at))
}

/** The disk at `path`, if `size` bytes may be written there; otherwise a UserError says why not. */
export function choose(all: readonly Device[], path: string, size: number): Device {
  const device = all.find((each) => each.path === path)
  if (!device) throw new UserError(`${path} is no disk; ${offer(all)}`)
  const refuse = (reason: string): never => {
    throw new UserError(`${path}: ${reason}`)
  }
  if (isSystem(device)) refuse(`this machine runs from it; ${offer(all)}`)
  const [mount] = device.mounts
  if (mount) refuse(`${mount.path} is mounted at ${mount.at}; unmount it first: umount ${mount.path}`)
  if (!device.isRemovable) refuse(`${device.title} is not removable, and may hold what you need; ${offer(all)}`)
  if (device.size === 0) refuse('there is no card in it; insert one')
  if (device.isReadOnly) refuse("it is write-protected; move the card's lock, or take another reader")
  if (device.size < size) {
    refuse(`it has ${sizeText(device.size)}, and the image ${sizeText(size)}; take a larger card`)
  }
  return device
}

function offer(all: readonly Device[]): string {
  const lines = cards(all).map((device) => `\n  ${cardLine(device)}`)
  return lines.length > 0
    ? `what can be written:${lines.join('')}`
    : 'no removable disk is there; insert a card, or take --out FILE'
}
