/** The hypervisor's three Wasm modules: compiled from their entry files, and joined. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exclusive } from './cache.ts'
import { checkJoin, primitivesOf } from './join.ts'
import { MODULES, type ModuleName, SERVICES } from './model.ts'
import type { Module } from './module.ts'
import { moduleOf } from './module-cache.ts'

export type Modules = Record<ModuleName, Module>
/** Entry files that take the place of src/<module>/main.ts, relative to root: test builds inject faults so. */
export type Entries = Partial<Record<ModuleName, string>>

/** core last: it is the longest, and meanwhile `onModule` may start on the others' C. */
const ORDER: ModuleName[] = ['vmm', ...SERVICES, 'core']

export interface ModulesOptions {
  root: string
  outDir: string
  entries: Entries
  onModule?: (name: ModuleName, module: Module) => void
}

export async function buildModules({ root, outDir, entries, onModule }: ModulesOptions): Promise<Modules> {
  const modules: Partial<Modules> = {}
  for (const name of ORDER) {
    const module = await oneModule(root, outDir, name, entries[name])
    modules[name] = module
    onModule?.(name, module)
  }
  await checkInterfaces(root, modules as Modules)
  return modules as Modules
}

/** Only build/wasm/*.wasm, for tests on the desk. A module that does not compile is reported, and missing afterwards. */
export async function buildWasm(root: string, report: (message: string) => void): Promise<void> {
  for (const name of MODULES) {
    await oneModule(root, '', name, undefined).catch(async (error: Error) => {
      report(error.message)
      await rm(join(root, `build/wasm/${name}.wasm`), { force: true })
    })
  }
}

/** What ships is compiled once for all builds; an entry of a test's own lies with that test's build. */
function oneModule(root: string, outDir: string, name: ModuleName, own: string | undefined): Promise<Module> {
  const folder = own ? join(outDir, 'wasm') : join(root, 'build/wasm')
  return exclusive(folder, () => moduleOf({ root, outDir: folder, name, entry: own ?? `src/${name}/main.ts` }))
}

async function checkInterfaces(root: string, modules: Modules): Promise<void> {
  const joined = MODULES.map(async (name) => {
    return { name, interface: modules[name].interface, primitives: await primitivesOf(root, name) }
  })
  checkJoin(await Promise.all(joined))
}
