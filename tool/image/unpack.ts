/**
 * Kernels as distributions ship them: compressed, or compressed within an EFI program (zboot). gzip is Node's own; the rest is done by
 * the programs that made it.
 */
import { spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ImageError, Reader } from './reader.ts'

interface Packing {
  name: string
  magics: string[]
  /** The program and its arguments: from stdin to stdout. Without one, Node unpacks it. */
  command?: [string, ...string[]]
  /** Debian's package that has the program. */
  from?: string
}

/** RFC 1952, "Member header and trailer"; the .xz, Zstandard (RFC 8878), LZ4 frame and legacy, bzip2 and .lzma formats. */
const PACKINGS: readonly Packing[] = [
  { name: 'gzip', magics: ['\x1f\x8b'] },
  { name: 'xz', magics: ['\xfd7zXZ'], command: ['xz', '-dc'], from: 'xz-utils' },
  { name: 'zstd', magics: ['\x28\xb5\x2f\xfd'], command: ['zstd', '-dcq', '--long=31'], from: 'zstd' },
  { name: 'lz4', magics: ['\x04\x22\x4d\x18', '\x02\x21\x4c\x18'], command: ['lz4', '-dcq'], from: 'lz4' },
  { name: 'bzip2', magics: ['BZh'], command: ['bzip2', '-dcq'], from: 'bzip2' },
  { name: 'lzma', magics: ['\x5d\x00\x00'], command: ['xz', '-dc', '--format=lzma'], from: 'xz-utils' },
]
/** No kernel is larger, and a few bytes can claim to be anything. */
const SIZE_MOST = 2 ** 30
/** Linux, drivers/firmware/efi/libstub/zboot-header.S: `zimg`, then where the payload is, its size, and how it is packed. */
const ZBOOT = { magic: 4, offset: 8, size: 12, peHeader: 0x3c }
/** Microsoft PE Format, "Machine Types": behind the four bytes of the signature. */
const PE_MACHINE = 4
const PE_ARM64 = 0xaa64

/**
 * The kernel within a compressed file; the bytes themselves where they are none. `placed`: the config gives a load address, so that two or
 * three bytes of a flat binary may look like anything. Throws an ImageError.
 */
export async function unpackKernel(bytes: Uint8Array, placed: boolean): Promise<Uint8Array> {
  const file = new Reader(bytes)
  if (file.has(0, 'MZ') && file.has(ZBOOT.magic, 'zimg')) return unpackZboot(file)
  const packing = packingOf(file, placed ? 4 : 2)
  return packing ? unpack(bytes, packing) : bytes
}

function packingOf(file: Reader, least: number): Packing | undefined {
  return PACKINGS.find(({ magics }) => magics.some((magic) => magic.length >= least && file.has(0, magic)))
}

async function unpackZboot(file: Reader): Promise<Uint8Array> {
  if (file.u16(file.u32(ZBOOT.peHeader) + PE_MACHINE) !== PE_ARM64) {
    throw new ImageError('it is an EFI zboot kernel for another machine', 'use one for arm64')
  }
  const offset = file.u32(ZBOOT.offset)
  const size = file.u32(ZBOOT.size)
  if (!file.holds(offset, size)) {
    throw new ImageError(`it ends at byte ${file.length}, before its kernel does`, 'get or build it again')
  }
  const payload = file.bytes.subarray(offset, offset + size)
  const packing = packingOf(new Reader(payload), 2)
  if (!packing) throw new ImageError('it is an EFI zboot kernel, compressed in an unknown way', 'use the plain Image')
  return unpack(payload, packing)
}

function unpack(bytes: Uint8Array, packing: Packing): Promise<Uint8Array> {
  return packing.command ? unpackBy(packing.command, bytes, packing) : unzip(bytes, packing.name)
}

async function unzip(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: SIZE_MOST })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(name) : broken(name, message)
  }
}

async function unpackBy([program, ...args]: string[], bytes: Uint8Array, { name, from }: Packing): Promise<Uint8Array> {
  const child = spawn(program!, args, { stdio: 'pipe', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  const out: Buffer[] = []
  let size = 0
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > SIZE_MOST) child.kill()
    else out.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  // A program that has seen enough says why by itself.
  child.stdin.on('error', () => {})
  child.stdin.end(bytes)
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve)
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = new ImageError(
        `it is compressed with ${name}, and ${program} is missing, which unpacks it`,
        `install it (Debian's package ${from}), or name the Image that was compressed`,
      )
      reject(error.code === 'ENOENT' ? missing : error)
    })
  })
  if (size > SIZE_MOST) throw tooLarge(name)
  if (status !== 0) throw broken(name, said.trim().split('\n').at(-1) || `${program} ends with ${status}`)
  return Buffer.concat(out)
}

function tooLarge(name: string): ImageError {
  return new ImageError(`it is compressed with ${name}, and more than 1 GiB comes out`, 'name a kernel')
}

function broken(name: string, complaint: string): ImageError {
  return new ImageError(`it is compressed with ${name}, and does not unpack: ${complaint}`, 'get or build it again')
}
