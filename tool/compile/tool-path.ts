/** Where the repository and its tools are: finds clang, lld and the LLVM binary tools: one version for all, or an error that names the Debian packages. */
import { accessSync, constants } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompileError } from './failure.ts'
import { run } from './process.ts'

/** The repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** First the version that everything is tested with, then its neighbours, then the unnumbered names. */
const VERSIONS = ['-16', '-19', '-18', '-17', '-15', '-14', '']

export interface Toolchain {
  clang: string
  lld: string
  objcopy: string
  objdump: string
  readelf: string
}

const PROGRAMS: Record<keyof Toolchain, string> = {
  clang: 'clang',
  lld: 'ld.lld',
  objcopy: 'llvm-objcopy',
  objdump: 'llvm-objdump',
  readelf: 'llvm-readelf',
}

let found: Toolchain | undefined

export function toolchain(): Toolchain {
  found ??= VERSIONS.map(withVersion).find((tools) => tools !== undefined)
  if (found) return found
  throw new CompileError(
    'clang, ld.lld and the llvm tools of one version (14 to 19) are needed and are not in PATH; ' +
      'on Debian or Ubuntu: apt-get install clang-16 lld-16 llvm-16',
  )
}

/** What of the toolchain decides the bytes of a build. */
export async function toolVersion(root: string): Promise<string> {
  return run(toolchain().clang, ['--version'], root)
}

function withVersion(version: string): Toolchain | undefined {
  const entries = Object.entries(PROGRAMS).map(([key, name]) => [key, which(name + version)])
  return entries.every(([, path]) => path) ? (Object.fromEntries(entries) as Toolchain) : undefined
}

function which(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      const path = join(folder, name)
      accessSync(path, constants.X_OK)
      return path
    } catch {}
  }
  return undefined
}
