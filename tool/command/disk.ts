/** The board's disk when QEMU plays it: the file behind it, made if the config says how; and QEMU's options. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { isStored } from '../config/device.ts'
import { shown } from '../config/project.ts'
import type { System } from '../config/system.ts'
import { writeDisk } from '../image/gpt.ts'
import { UserError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'
import { step } from '../ui/step.ts'

/** Options for the disk that VMs have parts of, or that somebody names by `--disk`; none where nobody does. */
export async function diskOptions(system: System, option: string | undefined, isDry: boolean): Promise<string[]> {
  const { board } = system.machine
  const wanted = system.vms.flatMap(({ virtio }) => virtio.filter(isStored))[0]?.disk
  const name = wanted ?? (option === undefined ? undefined : Object.keys(board.disks ?? {})[0])
  const disk = name === undefined ? undefined : board.disks?.[name]
  if (!disk?.qemu) {
    if (option === undefined) return []
    throw new UserError(`${board.name} has no disk that QEMU plays; leave out --disk`)
  }
  const own = system.disks.find((each) => each.name === name)
  const file = option === undefined ? own?.file : resolve(option)
  if (file === undefined) {
    throw new UserError(
      `VMs have disks on the board's '${name}'; name its file: --disk disk.img, or disks: { ${name}: { file } } in the config`,
    )
  }
  const isCard = disk.driver === 'sdhci'
  if (!existsSync(file) && !isDry) {
    if (!own?.partitions.length) throw new UserError(`there is no file ${shown(file)}; check the path`)
    await step('Making the disk', async (note) => {
      note(`${shown(file)}, ${sizeText(await writeDisk(file, own.partitions, isCard))}`)
    })
  }
  if (isCard && existsSync(file)) checkCard(file)
  // In QEMU's options a comma ends a value, and two stand for one.
  return disk.qemu(file.replaceAll(',', ',,'))
}

/** QEMU says no more than that of a card of another size. */
function checkCard(file: string): void {
  const { size } = statSync(file)
  const next = 2 ** Math.ceil(Math.log2(Math.max(size, 1)))
  if (size !== next) {
    throw new UserError(
      `${shown(file)} has ${sizeText(size)}, QEMU's SD cards have a power of two: truncate -s ${next} ${shown(file)}`,
    )
  }
}
