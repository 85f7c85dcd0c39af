/** Loads the part of the toolchain that needs asc and binaryen, only in a process that has something to compile. */
import { register } from 'node:module'

let loaded: Promise<typeof import('./module.ts')> | undefined

export function moduleBuilder(): Promise<typeof import('./module.ts')> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<typeof import('./module.ts')> {
  register('./packages-hook.mjs', import.meta.url)
  return import('./module.ts')
}
