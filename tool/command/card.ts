/** From a config to an SD card's image: what `image` leaves in `build/` and `flash` puts on a card. */
import { basename, join } from 'node:path'
import { type Board, SD_BUNDLE, SD_KERNEL, type SdBoard } from '../config/board.ts'
import { shown } from '../config/project.ts'
import type { Vm } from '../config/system.ts'
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
  const { files, folder } = await makeSystem(config)
  const file = out ?? join(folder, 'sd.img')
  const size = await step('Writing the SD card image', async (note) => {
    const size = await writeSdImage(file, files, note)
    note(`${shown(file)}, ${sizeText(size)}`)
    return size
  })
  return { file, size, files: files.map(({ name }) => name) }
}

/** What a slot of a card holds of a system, its command line aside, and the folder of its build. */
export async function makeSystem(config: string | undefined): Promise<{ files: FatFile[]; folder: string }> {
  const prepared = await prepare(config)
  const { board } = prepared.system.machine
  if (!board.sd) throw new UserError(`${board.name} boots no SD card of ours; a board that does is rpi4`)
  const built = await hypervisor(prepared.outDir)
  const bundle = await pack(prepared, built)
  checkBundle(board.sd, bundle.size)
  const files: FatFile[] = [
    ...(await firmware(board, board.sd, prepared.system.vms)),
    { name: SD_KERNEL, file: built.image },
    { name: SD_BUNDLE, file: bundle.file },
  ]
  return { files, folder: bundle.folder }
}

function checkBundle({ bundleMost }: SdBoard, size: number): void {
  if (size <= bundleMost) return
  const most = `the board's firmware can load ${sizeText(bundleMost)}`
  throw new UserError(`the bundle has ${sizeText(size)}, ${most}; take something out of kernels or initrds`)
}

/** What the board's boot ROM and its firmware want. */
async function firmware({ dtb, devices }: Board, sd: SdBoard, vms: readonly Vm[]): Promise<FatFile[]> {
  const pins = vms.flatMap(({ passthrough }) => passthrough.flatMap((name) => devices?.[name]?.pins?.firmware ?? []))
  const settings = { name: sd.settings.name, text: [...sd.settings.lines, ...pins, ''].join('\n') }
  const folder = await debianFirmware(sd.package)
  return [
    ...sd.files.map((name) => ({ name, file: join(folder, sd.folder, name) })),
    { name: 'LICENCE.txt', file: join(folder, sd.licence) },
    ...(dtb ? [{ name: basename(dtb), file: await debianDeviceTree(dtb) }] : []),
    settings,
  ]
}
