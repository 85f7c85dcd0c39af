/** Where `bulkhead run` lets others steer its board: a Unix socket in the system's build folder. */
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** unix(7): sun_path, with its NUL. Linux has 108, others less. */
const PATH_MOST = 104

export function socketPath(folder: string): string {
  const path = join(folder, 'control.sock')
  if (Buffer.byteLength(path) < PATH_MOST) return path
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16)
  return join(tmpdir(), `bulkhead-${name}.sock`)
}
