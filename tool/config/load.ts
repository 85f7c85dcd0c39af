/** Runs a `bulkhead.config.ts` and hands over what it exports; whatever goes wrong in it is the writer's to mend. */
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { tsImport } from 'tsx/esm/api'
import { UserError } from '../ui/failure.ts'
import { ROOT, shown } from './project.ts'

/** For tsx: 'bulkhead' is this checkout, wherever the config lies. Configs in CommonJS packages find it by the environment. */
const tsconfig = fileURLToPath(new URL('resolve.json', import.meta.url))
process.env.TSX_TSCONFIG_PATH = tsconfig

export const CONFIG_NAME = 'bulkhead.config.ts'

/** The config that a person means by a file, a folder or nothing at all. */
export function findConfig(given?: string): string {
  const path = resolve(given ?? '.')
  if (!existsSync(path)) throw new UserError(`${shown(path)}: there is no such file; name a config or its folder`)
  if (!statSync(path).isDirectory()) return path
  const file = join(path, CONFIG_NAME)
  if (existsSync(file)) return file
  const example = shown(join(ROOT, 'example/two-guests'))
  throw new UserError(
    given
      ? `${shown(path)}: this folder has no ${CONFIG_NAME}; write one, or see ${example}`
      : `there is no ${CONFIG_NAME} here; name one, such as ${example}`,
  )
}

export async function loadConfig(file: string): Promise<unknown> {
  const options = { parentURL: import.meta.url, tsconfig }
  const module: { default?: unknown } = await tsImport(pathToFileURL(file).href, options).catch((error) => {
    throw new UserError(`${shown(file)}${reasonOf(error, file)}`)
  })
  // A config in a CommonJS package arrives one level deeper.
  const inner = (module.default as { default?: unknown } | undefined)?.default
  const config = inner ?? module.default
  if (config === undefined) {
    throw new UserError(`${shown(file)}: nothing is exported; write export default defineSystem({ ... })`)
  }
  return config
}

/** `:line:column: message`, as far as the error knows. */
function reasonOf(error: unknown, file: string): string {
  if (!(error instanceof Error)) return `: threw ${String(error)}; a config exports its system`
  const syntax = /:(\d+):(\d+): (?:ERROR|error): (.*)/.exec(error.message)
  if (syntax) return `:${syntax[1]}:${syntax[2]}: ${syntax[3]}; mend the syntax there`
  const message = error.message.split('\n')[0]!
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
    return `: ${message.replace(/ imported from .*/, '')}; mend the import`
  }
  return `${placeOf(error, file)}: ${error.name}: ${message}; mend the code there`
}

/** The line of the config that was running, from the stack. */
function placeOf(error: Error, file: string): string {
  for (const line of error.stack?.split('\n') ?? []) {
    const match = /(file:\/\/[^\s)]+?|\/[^\s)]+?)(?:\?[^:\s)]*)?:(\d+):(\d+)\)?$/.exec(line)
    if (!match) continue
    const path = match[1]!.startsWith('file:') ? fileURLToPath(match[1]!) : match[1]!
    if (path === file) return `:${match[2]}:${match[3]}`
  }
  return ''
}
