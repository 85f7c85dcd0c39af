/** Where this checkout of Bulkhead is, and where it keeps what can be fetched again. */
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Outside git: Debian packages, apt lists, unpacked kernels. */
export const CACHE = process.env.BULKHEAD_CACHE ?? join(ROOT, '.cache')

/** As a person would name the file from where they stand. */
export function shown(file: string): string {
  const path = relative(process.cwd(), file)
  return path === '' ? '.' : path.startsWith('../..') ? file : path
}
