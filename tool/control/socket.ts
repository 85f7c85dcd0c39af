/** Where `bulkhead run` lets others steer its board: a Unix socket in the system's build folder. */
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** unix(7): sun_path, with its NUL. Linux has 108, others less. */
const PATH_MOST = 104

export function socketPath(folder: string): string {
  return short(join(folder, 'control.sock'))
}

/** Where QEMU offers a line of the board's to `run` alone. */
export function linePath(folder: string): string {
  return short(join(folder, 'line.sock'))
}

function short(path: string): string {
  if (Buffer.byteLength(path) < PATH_MOST) return path
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16)
  return join(tmpdir(), `bulkhead-${name}.sock`)
}
