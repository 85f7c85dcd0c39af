/** Writes an image to a card or a file, and reads it back: the partition table comes last, so that half a card boots nothing. */
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { EXIT, refusalText, UserError } from '../ui/failure.ts'
import { sizeText } from '../ui/number.ts'

const PIECE = 4 * 2 ** 20
export const SECTOR = 512

export interface Copy {
  image: string
  /** Bytes of the image, whole sectors. */
  size: number
  target: string
  /** Where on the target it goes, if that is a part of it: everything else there stays. */
  at?: number
  /** A block device; otherwise a file that is made. */
  isDevice: boolean
  signal: AbortSignal
  /** Progress, for people. */
  note: (text: string) => void
}

/** Throws a UserError if the target refuses, is too short or keeps something else than was written. */
export async function writeCard(copy: Copy): Promise<void> {
  const { image, target, isDevice, signal } = copy
  const source = await open(image)
  try {
    // On a block device O_EXCL is the kernel's word that nobody has mounted it or built on it meanwhile: open(2).
    const whole = constants.O_CREAT | constants.O_TRUNC
    const flags = constants.O_RDWR | (isDevice ? constants.O_EXCL : copy.at === undefined ? whole : 0)
    const card = await open(target, flags)
    try {
      await write(source, card, copy)
    } finally {
      await card.close()
    }
    await verify(source, copy)
  } catch (error) {
    if (signal.aborted) throw new UserError(interrupted(copy), EXIT.INTERRUPTED)
    throw writeRefusal(error, copy) ?? error
  } finally {
    await source.close()
  }
}

function interrupted({ target, at, isDevice }: Copy): string {
  if (at !== undefined)
    return `interrupted: ${target} has half of a new system, and boots the one that it booted; run this again`
  const state = isDevice ? 'does not boot, and what was on it is lost' : 'is not complete'
  return `interrupted: ${target} ${state}; run this again`
}

async function write(source: FileHandle, card: FileHandle, { size, at: place = 0, signal, note }: Copy): Promise<void> {
  const progress = meter('written', size, note)
  const first = await piece(source, 0, size)
  // One piece alone is never half there.
  if (first.length < size) await put(card, Buffer.alloc(first.length), place)
  await card.sync()
  for (let at = first.length; at < size; at += PIECE) {
    signal.throwIfAborted()
    await put(card, await piece(source, at, size), place + at)
    // What waits in memory would make progress a lie, and Ctrl-C slow.
    await card.datasync()
    progress(Math.min(at + PIECE, size) - first.length)
  }
  signal.throwIfAborted()
  await put(card, first, place)
  await card.sync()
  progress(size)
}

async function verify(source: FileHandle, copy: Copy): Promise<void> {
  const { target, size, signal, note } = copy
  const progress = meter('read back', size, note)
  let at = 0
  for await (const chunk of readBack(copy)) {
    signal.throwIfAborted()
    const bytes = chunk as Buffer
    const wanted = await exactly(source, at, Math.min(bytes.length, size - at))
    if (!wanted.equals(bytes.subarray(0, wanted.length))) {
      const where = at + wanted.findIndex((byte, i) => byte !== bytes[i])
      throw new UserError(
        `${target} does not keep what was written: byte ${where} differs; take another card or reader`,
      )
    }
    at += wanted.length
    progress(at)
  }
  if (at < size)
    throw new UserError(`${target} gives back ${sizeText(at)} of ${sizeText(size)}; take another card or reader`)
}

/** A card is read past the kernel's cache, which dd can and Node cannot: its buffers have no alignment. */
async function* readBack({ target, size, at = 0, isDevice, signal }: Copy): AsyncGenerator<Buffer> {
  if (!isDevice) {
    const file = await open(target)
    yield* file.createReadStream({ start: at, end: at + size - 1, highWaterMark: PIECE }) as Readable &
      AsyncIterable<Buffer>
    return
  }
  const args = [
    `if=${target}`,
    `bs=${PIECE}`,
    `skip=${at}`,
    `count=${size}`,
    'iflag=direct,count_bytes,skip_bytes,fullblock',
    'status=none',
  ]
  const dd = spawn('dd', args, { stdio: ['ignore', 'pipe', 'pipe'], signal })
  const said: Buffer[] = []
  dd.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const ended = new Promise<number | null>((resolve, reject) => {
    dd.on('close', resolve)
    dd.on('error', reject)
  })
  // Awaited below; a failure before that is no unhandled one.
  ended.catch(() => {})
  yield* dd.stdout
  if ((await ended) === 0) return
  throw new UserError(
    `${target} cannot be read back: ${Buffer.concat(said).toString().trim()}; take another card or reader`,
  )
}

/** The image's bytes from `at` on, at most PIECE of them. */
function piece(source: FileHandle, at: number, size: number): Promise<Buffer> {
  return exactly(source, at, Math.min(PIECE, size - at))
}

async function exactly(source: FileHandle, at: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count)
  for (let done = 0; done < count; ) {
    const { bytesRead } = await source.read(bytes, done, count - done, at + done)
    if (bytesRead === 0) throw new UserError('the image became shorter while it was written; run this again')
    done += bytesRead
  }
  return bytes
}

async function put(card: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await card.write(bytes, done, bytes.length - done, at + done)).bytesWritten
  }
}

function meter(what: string, size: number, note: (text: string) => void): (done: number) => void {
  const started = performance.now()
  return (done) => {
    const seconds = (performance.now() - started) / 1000
    const rate = seconds > 0 ? `, ${sizeText(Math.round(done / seconds))}/s` : ''
    note(`${Math.floor((done / size) * 100)} % ${what} of ${sizeText(size)}${rate}`)
  }
}

/** What the kernel says of the target, for people; undefined for what is a bug of ours. */
export function writeRefusal(error: unknown, { image, target, size, isDevice }: Copy): UserError | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return undefined
  if (isDevice && (code === 'EACCES' || code === 'EPERM')) {
    const again = `sudo env "PATH=$PATH" npx bulkhead flash --image ${image} --device ${target}`
    return new UserError(`${target}: writing a card takes root: ${again}`)
  }
  const reason = (isDevice ? CARD_REASONS : FILE_REASONS)[code]
  const text = reason ? `${target}: ${reason.replace('SIZE', sizeText(size))}` : refusalText(error, target)
  return text === undefined ? undefined : new UserError(text)
}

const GONE = 'it is gone; insert the card again'
const BROKEN = 'it fails; take another card or reader'

const CARD_REASONS: Record<string, string> = {
  EBUSY: 'somebody uses it: it is mounted, swapped to, or part of a RAID or volume group; release it first',
  ENOSPC: 'it is full before SIZE are written, less than it says of itself; take another card',
  EROFS: "it is write-protected; move the card's lock, or take another reader",
  EIO: BROKEN,
  EREMOTEIO: BROKEN,
  ENXIO: GONE,
  ENODEV: GONE,
  ENOENT: GONE,
  ENOMEDIUM: 'there is no card in it; insert one',
}

const FILE_REASONS: Record<string, string> = {
  ENOENT: 'there is no such folder; make it first',
  EFBIG: 'SIZE are more than its file system takes in a file; take another folder',
  EISDIR: 'it is a folder; name a file in it',
  ETXTBSY: 'a running program uses it; name another file',
}
