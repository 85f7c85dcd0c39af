/** An SD card's image: a partition table, and a FAT file system that mtools write. The same files give the same bytes. */
import { copyFile, mkdir, open, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { alignUp } from '../ui/number.ts'
import { runTool } from './run-tool.ts'

/** One file on the card: copied, or written as it stands here. */
export type SdFile = { name: string } & ({ file: string } | { text: string })

const SECTOR = 512
const MiB = 2 ** 20
/** Where the partition begins: behind what flash translation layers treat as one piece. */
const START = 4 * MiB
/** FAT32 has at least 65,525 clusters ("Microsoft FAT Specification", "FAT Type Determination"). */
const SIZE_LEAST = 256 * MiB
const CLUSTER_SECTORS = 4
/** Left free for what a board or a person puts there. */
const ROOM = 32 * MiB
const LABEL = 'BULKHEAD'
const SERIAL = 0x4255_4c4b
const FAT32_LBA = 0x0c
/** FAT counts years from 1980. */
const DATE = new Date('2000-01-01T00:00:00Z')

/** Bytes of the image. `file` appears when it is complete. */
export async function writeSdImage(
  file: string,
  files: readonly SdFile[],
  note: (text: string) => void,
): Promise<number> {
  const staging = `${file}.files`
  const partial = `${file}.partial`
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  try {
    const sizes = await Promise.all(files.map((each) => stage(staging, each)))
    const content = sizes.reduce((sum, size) => sum + alignUp(size, CLUSTER_SECTORS * SECTOR), 0)
    const size = Math.max(SIZE_LEAST, alignUp(content + ROOM, 64 * MiB))
    await writeTable(partial, size)
    const volume = `${partial}@@${START}`
    const geometry = ['-T', String(size / SECTOR), '-h', '64', '-s', '32', '-H', String(START / SECTOR)]
    const identity = ['-v', LABEL, '-N', SERIAL.toString(16)]
    await mtool('mformat', ['-i', volume, '-F', '-c', String(CLUSTER_SECTORS), ...geometry, ...identity, '::'])
    for (const [i, { name }] of files.entries()) {
      note(`${name} (${i + 1} of ${files.length})`)
      await mtool('mcopy', ['-m', '-i', volume, join(staging, name), `::${name}`])
    }
    await rename(partial, file)
    return START + size
  } finally {
    await rm(staging, { recursive: true, force: true })
    await rm(partial, { force: true })
  }
}

/** A copy whose date is always the same; answers its size. */
async function stage(folder: string, each: SdFile): Promise<number> {
  const file = join(folder, each.name)
  if ('text' in each) await writeFile(file, each.text)
  else await copyFile(each.file, file)
  await utimes(file, DATE, DATE)
  return (await stat(file)).size
}

/** A sparse file with a master boot record of one partition (UEFI Specification, "Legacy Master Boot Record (MBR)"). */
async function writeTable(file: string, size: number): Promise<void> {
  const record = Buffer.alloc(SECTOR)
  record.writeUInt32LE(SERIAL, 440)
  record[446 + 4] = FAT32_LBA
  // Cylinders, heads and sectors say nothing about a card: their largest values mean that.
  for (const at of [446 + 1, 446 + 5]) Buffer.from([0xfe, 0xff, 0xff]).copy(record, at)
  record.writeUInt32LE(START / SECTOR, 446 + 8)
  record.writeUInt32LE(size / SECTOR, 446 + 12)
  record.writeUInt16LE(0xaa55, 510)
  const handle = await open(file, 'w')
  await handle.write(record, 0, SECTOR, 0)
  await handle.truncate(START + size)
  await handle.close()
}

/** In a time zone of its own: FAT has local times. */
function mtool(command: string, args: string[]) {
  const env = { TZ: 'UTC', MTOOLS_SKIP_CHECK: '1', SOURCE_DATE_EPOCH: String(DATE.getTime() / 1000) }
  return runTool(command, args, { env })
}
