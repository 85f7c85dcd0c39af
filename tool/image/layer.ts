/**
 * Disks in the formats of virtual machines, qcow2 first, layers and all: told by their first bytes and read through qemu-img. What
 * comes out is written beside the bundle, and again when any of the layers is newer.
 */
import { spawn } from 'node:child_process'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { shown } from '../config/project.ts'
import { sizeText } from '../ui/number.ts'
import { ImageError } from './reader.ts'

/** By their magic numbers: QEMU, docs/interop/qcow2.txt; VMware, Virtual Disk Format; MS-VHDX, "File Type Identifier". */
const FORMATS: Record<string, string> = { qcow2: 'QFI\xfb', vmdk: 'KDMV', vhdx: 'vhdxfile' }
/** Disks lie in the board's RAM, and Node reads no larger file at once. */
const SIZE_MOST = 2 ** 31 - 2 ** 20
const PROGRAM = 'qemu-img'

/** The format of a disk that has to be converted; undefined for one that is taken byte by byte. */
export async function formatOf(file: string): Promise<string | undefined> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
    const magic = buffer.subarray(0, bytesRead).toString('latin1')
    return Object.keys(FORMATS).find((format) => magic.startsWith(FORMATS[format]!))
  } finally {
    await handle.close()
  }
}

interface Layer {
  filename: string
  'virtual-size': number
}

/** Writes what the disk reads as to `out`, unless that is there and newer. Throws an ImageError where the disk is of no use. */
export async function flatten(file: string, format: string, out: string, note: (text: string) => void): Promise<void> {
  const layers = await layersOf(file, format)
  const size = layers[0]!['virtual-size']
  if (size > SIZE_MOST) {
    throw new ImageError(`it is a disk of ${sizeText(size)}`, `make it smaller: disks lie in the board's RAM`)
  }
  if (await isNewer(out, layers)) return note('as before')
  await mkdir(dirname(out), { recursive: true })
  const part = `${out}.part`
  await run(file, ['convert', '-p', '-f', format, '-O', 'raw', file, part], note)
  await rename(part, out)
  note(`${layers.length === 1 ? '1 layer' : `${layers.length} layers`}, ${sizeText(size)}`)
}

/** The top one first. */
async function layersOf(file: string, format: string): Promise<Layer[]> {
  return JSON.parse(await run(file, ['info', '-f', format, '--backing-chain', '--output=json', file])) as Layer[]
}

async function isNewer(out: string, layers: Layer[]): Promise<boolean> {
  const made = await stat(out).catch(() => undefined)
  if (!made) return false
  const times = await Promise.all(layers.map(({ filename }) => stat(filename)))
  return times.every(({ mtimeMs }) => mtimeMs < made.mtimeMs)
}

/** What qemu-img prints. Its complaints are about the person's files: its last line says which and why. */
async function run(file: string, args: string[], note?: (text: string) => void): Promise<string> {
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  const out: Buffer[] = []
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk)
    const percent = /\((\d+)\.\d+\/100%\)\s*$/.exec(chunk.toString())?.[1]
    if (percent) note?.(`${percent} %`)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve)
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = new ImageError(`${PROGRAM} is missing, which reads it`, 'install it with npx bulkhead setup')
      reject(error.code === 'ENOENT' ? missing : error)
    })
  })
  if (status === 0) return Buffer.concat(out).toString()
  const complaint = said.trim().split('\n').at(-1)?.replace(`${PROGRAM}: `, '').replaceAll(file, shown(file))
  throw new ImageError(
    complaint || `${PROGRAM} ends with ${status}`,
    `look at it with ${PROGRAM} info ${basename(file)}`,
  )
}
