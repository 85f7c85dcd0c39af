/** Builds one Wasm module, or finds it built; loads asc and binaryen only in a process that has something to compile. */
import { register } from 'node:module'
import { dirname, join } from 'node:path'
import { cached, inputHash } from './cache.ts'
import type { Module, ModuleOptions } from './module.ts'

/** Besides its own folder, a module may import from these. */
const SHARED = ['src/hw.ts', 'src/abi', 'src/lib', 'src/arch']

export function moduleOf(options: ModuleOptions): Promise<Module> {
  const { root, outDir, name, entry } = options
  const sources = [...SHARED, `src/${name}`, dirname(entry)]
  const key = inputHash(root, sources, [name, entry])
  const outputs = [`${name}.wasm`, `${name}.wasm.map`, `${name}.marked.wasm`].map((file) => join(outDir, file))
  return cached(join(outDir, `${name}.json`), key, outputs, async () => {
    const { buildModule } = await compilers()
    return buildModule(options)
  })
}

let loaded: Promise<typeof import('./module.ts')> | undefined

function compilers(): Promise<typeof import('./module.ts')> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<typeof import('./module.ts')> {
  register('./packages-hook.mjs', import.meta.url)
  return import('./module.ts')
}
