/** A disk for QEMU with a GPT, whose partitions are ext4 file systems or zeroes. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../tool/config/project.ts'
import { writeDisk } from '../../../tool/image/gpt.ts'

const MiB = 2 ** 20
const FOLDER = join(ROOT, 'build/test')
/** `mke2fs` as Debian has it, in a folder that a user's PATH may lack. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`

/** Path of the disk, made anew; of each partition its size in MiB. */
export async function storedDisk(name: string, partitions: Record<string, number>, isEmpty = false): Promise<string> {
  mkdirSync(FOLDER, { recursive: true })
  const file = join(FOLDER, `${name}.disk`)
  rmSync(file, { force: true })
  const made = Object.entries(partitions).map(([partition, size]) => {
    const image = join(FOLDER, `${name}-${partition}.ext4`)
    rmSync(image, { force: true })
    if (!isEmpty) execFileSync('mke2fs', ['-q', '-t', 'ext4', image, `${size}M`], { env: { ...process.env, PATH } })
    return { name: partition, size: size * MiB, ...(!isEmpty && { image }) }
  })
  await writeDisk(file, made)
  return file
}
