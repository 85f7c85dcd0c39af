/** From a config to an SD card's image: what `image` leaves in `build/` and `flash` puts on a card. */
import { basename, join } from 'node:path'
import { type Board, SD_BUNDLE, SD_KERNEL, type SdBoard } from '../config/board.ts'
import { isStored, linesOf } from '../config/device.ts'
import { shown } from '../config/project.ts'
import type { System } from '../config/system.ts'
import { cardParts } from '../image/card-part.ts'
import type { FatFile } from '../image/fat.ts'
import { writeSdImage } from '../image/sd.ts'
import { debianDeviceTree, debianFirmware } from '../setup/debian.ts'
import { UserError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { step } from '../ui/step.ts'
import { hypervisor } from './hypervisor.ts'
import { pack, prepare } from './prepare.ts'

export interface Card {
  file: string
  /** Bytes. */
  size: number
  /** Names of the files on it. */
  files: string[]
}

/** Writes `out`, by default `build/<system>/sd.img`. */
export async function makeCard(config: string | undefined, out?: string): Promise<Card> {
  const { system, files, folder } = await makeSystem(config)
  checkParts(system)
  const partitions = system.disks.find(({ name }) => name === system.machine.board.sd!.disk)?.partitions ?? []
  const file = out ?? join(folder, 'sd.img')
  const size = await step('Writing the SD card image', async (note) => {
    const size = await writeSdImage(file, files, partitions, note)
    note(`${shown(file)}, ${sizeText(size)}`)
    return size
  })
  return { file, size, files: files.map(({ name }) => name) }
}

interface CardSystem {
  system: System
  /** What a slot holds, its command line aside. */
  files: FatFile[]
  /** Of its build. */
  folder: string
}

export async function makeSystem(config: string | undefined): Promise<CardSystem> {
  const prepared = await prepare(config)
  const { board } = prepared.system.machine
  if (!board.sd) throw new UserError(`${board.name} boots no SD card of ours; a board that does is rpi4`)
  const built = await hypervisor(prepared.outDir)
  const bundle = await pack(prepared, built)
  checkBundle(board.sd, bundle.size)
  const files: FatFile[] = [
    ...(await firmware(board, board.sd, prepared.system)),
    { name: SD_KERNEL, file: built.image },
    { name: SD_BUNDLE, file: bundle.file },
  ]
  return { system: prepared.system, files, folder: bundle.folder }
}

/** A new card has the slots, and partitions that the config names: a VM that writes has one of these. */
function checkParts({ machine: { board }, disks, vms }: System): void {
  const { disk } = board.sd!
  const parts = cardParts(board, disks)
  for (const { name, virtio } of vms) {
    for (const device of virtio) {
      if (!isStored(device) || device.disk !== disk || device.readOnly) continue
      if (typeof device.partition === 'string' && parts.includes(device.partition)) continue
      const { partition } = device
      const what =
        partition === undefined
          ? 'all of the card'
          : `partition ${typeof partition === 'string' ? `'${partition}'` : partition}`
      throw new UserError(
        `VM '${name}' has ${what}, and a new card has what boots and the partitions that the config names; write disks: { ${disk}: { file: 'card.img', partitions: { data: { size: '64M' } } } } and partition: 'data'`,
      )
    }
  }
}

function checkBundle({ bundleMost }: SdBoard, size: number): void {
  if (size <= bundleMost) return
  const most = `the board's firmware can load ${sizeText(bundleMost)}`
  throw new UserError(`the bundle has ${sizeText(size)}, ${most}; take something out of kernels or initrds`)
}

/** Raspberry Pi documentation, "config.txt", "GPIO control". */
const PULLS = { up: 'pu', down: 'pd', none: 'pn' } as const

/** What the board's boot ROM and its firmware want. */
async function firmware({ dtb, devices, wires }: Board, sd: SdBoard, { vms, wire }: System): Promise<FatFile[]> {
  const pins = [
    ...vms.flatMap(({ passthrough }) => passthrough.flatMap((name) => devices?.[name]?.pins?.firmware ?? [])),
    ...(wire === undefined ? [] : (wires?.[wire]?.pins?.firmware ?? [])),
  ]
  const pulls = vms.flatMap((vm) =>
    linesOf(vm).flatMap(({ pin, pull }) => (pull ? [`gpio=${pin}=ip,${PULLS[pull]}`] : [])),
  )
  const settings = { name: sd.settings.name, text: [...sd.settings.lines, ...pins, ...pulls, ''].join('\n') }
  const folder = await debianFirmware(sd.package)
  return [
    ...sd.files.map((name) => ({ name, file: join(folder, sd.folder, name) })),
    { name: 'LICENCE.txt', file: join(folder, sd.licence) },
    ...(dtb ? [{ name: basename(dtb), file: await debianDeviceTree(dtb) }] : []),
    settings,
  ]
}
