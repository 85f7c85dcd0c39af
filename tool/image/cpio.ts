/** Archives in cpio's "newc" format, as the kernel unpacks them: Linux, Documentation/driver-api/early-userspace/buffer-format.rst. */

export interface CpioEntry {
  path: string
  /** File type and permissions, as in stat(2). */
  mode: number
  data?: Uint8Array | string
  /** Character devices. */
  device?: { major: number; minor: number }
}

const MAGIC = '070701'
const ALIGN = 4
const TRAILER = 'TRAILER!!!'

export function folder(path: string): CpioEntry {
  return { path, mode: 0o040755 }
}

export function program(path: string, data: Uint8Array | string): CpioEntry {
  return { path, mode: 0o100755, data }
}

export function symlink(path: string, target: string): CpioEntry {
  return { path, mode: 0o120777, data: target }
}

export function characterDevice(path: string, major: number, minor: number): CpioEntry {
  return { path, mode: 0o020600, device: { major, minor } }
}

/** Folders must come before what is in them; dates and owners are zero, so that the same entries give the same bytes. */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const parts = [...entries, { path: TRAILER, mode: 0 }].flatMap((entry, i) => record(entry, i + 1))
  return Buffer.concat(parts)
}

function record(entry: CpioEntry, inode: number): Buffer[] {
  const name = Buffer.from(`${entry.path}\0`)
  const data = Buffer.from(entry.data ?? '')
  const { major = 0, minor = 0 } = entry.device ?? {}
  const isTrailer = entry.path === TRAILER
  const numbers = [
    isTrailer ? 0 : inode,
    entry.mode,
    0, // uid
    0, // gid
    1, // links
    0, // mtime
    data.length,
    0, // the archive's own device
    0,
    major,
    minor,
    name.length,
    0, // checksum: none in newc
  ]
  const header = Buffer.from(MAGIC + numbers.map((number) => number.toString(16).padStart(8, '0')).join(''))
  return [header, name, padding(header.length + name.length), data, padding(data.length)]
}

function padding(size: number): Buffer {
  return Buffer.alloc((ALIGN - (size % ALIGN)) % ALIGN)
}
