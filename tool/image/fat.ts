/** A FAT file system in a part of a file, by mtools. The same files give the same bytes. */
import { copyFile, mkdir, open, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../ui/failure.ts'
import { alignUp } from '../ui/number.ts'
import { runTool } from './run-tool.ts'

/** One file in it: copied, or written as it stands here. */
export type FatFile = { name: string } & ({ file: string } | { text: string })

/** Where it lies, in bytes from the file's start. */
export interface Volume {
  image: string
  start: number
  size: number
}

export interface FatOptions {
  bits: 16 | 32
  label: string
  serial: number
  /** Sectors before it on its disk, where the file holds that part of the disk alone. */
  hidden?: number
}

export const SECTOR = 512
const CLUSTER = 4 * SECTOR
/** Of the boot sector. */
const TABLE = 446
const TABLE_SIZE = 64
/** FAT counts years from 1980. */
const DATE = new Date('2000-01-01T00:00:00Z')

/** Makes it; the file must be long enough. */
export async function writeFat(
  volume: Volume,
  files: readonly FatFile[],
  { bits, label, serial, hidden = volume.start / SECTOR }: FatOptions,
  note: (text: string) => void = () => {},
): Promise<void> {
  const { image, size } = volume
  const staging = `${image}.files`
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  try {
    await Promise.all(files.map((each) => stage(staging, each)))
    const geometry = ['-T', String(size / SECTOR), '-h', '64', '-s', '32', '-H', String(hidden)]
    const kind = [...(bits === 32 ? ['-F'] : []), '-c', String(CLUSTER / SECTOR)]
    await mtool('mformat', volume, [...kind, ...geometry, '-v', label, '-N', serial.toString(16), '::'])
    await clearTable(volume)
    for (const [i, { name }] of files.entries()) {
      note(`${name} (${i + 1} of ${files.length})`)
      await mtool('mcopy', volume, ['-m', join(staging, name), `::${name}`])
    }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** mformat leaves a partition table in the boot sector, which is about the file that it was given, not about the disk. */
async function clearTable({ image, start }: Volume): Promise<void> {
  const handle = await open(image, 'r+')
  await handle.write(Buffer.alloc(TABLE_SIZE), 0, TABLE_SIZE, start + TABLE)
  await handle.close()
}

/** Bytes that the files take in one, in whole clusters. */
export async function contentSize(files: readonly FatFile[]): Promise<number> {
  const sizes = await Promise.all(
    files.map(async (each) => ('text' in each ? Buffer.byteLength(each.text) : (await stat(each.file)).size)),
  )
  return sizes.reduce((sum, size) => sum + alignUp(size, CLUSTER), 0)
}

/** Names of the files in its root; undefined if there is no such file system. */
export async function fatNames(volume: Volume): Promise<string[] | undefined> {
  const listed = await mtool('mdir', volume, ['-b', '::']).catch(undefinedUnlessUser)
  return listed?.stdout
    .toString()
    .split('\n')
    .flatMap((line) => line.match(/[^/]+$/)?.[0] ?? [])
}

/** A file in it; undefined if there is none. */
export async function fatText(volume: Volume, name: string): Promise<string | undefined> {
  return (await mtool('mtype', volume, [`::${name}`]).catch(undefinedUnlessUser))?.stdout.toString()
}

/** What mtools complain about is not there; that there are no mtools is another matter. */
function undefinedUnlessUser(error: unknown): undefined {
  if (error instanceof UserError) throw error
  return undefined
}

/** A copy whose date is always the same. */
async function stage(folder: string, each: FatFile): Promise<void> {
  const file = join(folder, each.name)
  if ('text' in each) await writeFile(file, each.text)
  else await copyFile(each.file, file)
  await utimes(file, DATE, DATE)
}

/** In a time zone of its own: FAT has local times. */
function mtool(command: string, { image, start }: Volume, args: string[]) {
  const env = { TZ: 'UTC', MTOOLS_SKIP_CHECK: '1', SOURCE_DATE_EPOCH: String(DATE.getTime() / 1000) }
  return runTool(command, ['-i', `${image}@@${start}`, ...args], { env })
}
