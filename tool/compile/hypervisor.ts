/** Builds the hypervisor: three Wasm modules, joined, compiled and linked into build/bulkhead.elf and .img. */
import { readdirSync } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { cached, exclusive, inputHash } from './cache.ts'
import { clang } from './clang.ts'
import { abiConstants, layoutHeader } from './header.ts'
import { checkJoin, primitivesOf } from './join.ts'
import { link } from './link.ts'
import { MODULES, type ModuleName } from './model.ts'
import type { Module } from './module.ts'
import { moduleOf } from './module-cache.ts'
import { checkStacks, type Stack, stacks, stackTable } from './stack.ts'
import { ROOT, toolVersion } from './tool-path.ts'
import { unit } from './unit.ts'
import { wasmToC } from './wasm2c.ts'

export interface HypervisorOptions {
  root?: string
  /** Folder of everything that is written; `build` under root by default. */
  outDir?: string
  /** Entry files that take the place of src/<module>/main.ts, relative to root: test builds inject faults so. */
  entries?: Partial<Record<ModuleName, string>>
  log?: (line: string) => void
}

export interface Hypervisor {
  elf: string
  image: string
  wasm: Record<ModuleName, string>
  /** Of each entry from assembly, in bytes; `stackLimit` is what there is. */
  stacks: Stack[]
  stackLimit: number
  /** Bytes of the image. */
  size: number
}

type Modules = Record<ModuleName, Module>

export async function buildHypervisor(options: HypervisorOptions = {}): Promise<Hypervisor> {
  const root = options.root ?? ROOT
  const outDir = options.outDir ?? join(root, 'build')
  const built = await exclusive(outDir, async () => {
    const inputs = ['src', 'boot', 'linker', ...Object.values(options.entries ?? {}).map(dirname)]
    const key = inputHash(root, inputs, [options.entries, await toolVersion(root)])
    const outputs = ['bulkhead.elf', 'bulkhead.img', ...MODULES.map((name) => `wasm/${name}.wasm`)]
    const paths = outputs.map((file) => join(outDir, file))
    return cached(join(outDir, 'hypervisor.json'), key, paths, () => build(root, outDir, options.entries))
  })
  for (const line of stackTable(built.stacks, built.stackLimit)) options.log?.(line)
  return built
}

/** Only the .wasm files, for tests on the desk. A module that does not compile is missing afterwards, and reported. */
export async function buildWasm(options: HypervisorOptions & { log: (line: string) => void }): Promise<void> {
  const root = options.root ?? ROOT
  const outDir = options.outDir ?? join(root, 'build')
  await exclusive(outDir, async () => {
    for (const name of MODULES) {
      await oneModule(root, outDir, name, options.entries).catch(async (error: Error) => {
        options.log(error.message)
        await rm(join(outDir, `wasm/${name}.wasm`), { force: true })
      })
    }
  })
}

async function build(root: string, outDir: string, entries: HypervisorOptions['entries']): Promise<Hypervisor> {
  const modules = {} as Modules
  for (const name of MODULES) modules[name] = await oneModule(root, outDir, name, entries)
  await joinAll(root, modules)

  const objects = await compileAll(root, outDir, modules)
  const elf = join(outDir, 'bulkhead.elf')
  const image = join(outDir, 'bulkhead.img')
  const layout = abiConstants(await readFile(join(root, 'src/abi/layout.ts'), 'utf8'), 'src/abi/layout.ts')
  const symbols = { IMAGE_VA: Number(layout.get('IMAGE_VA')) }
  await link({ root, script: 'linker/bulkhead.ld', objects, elf, image, symbols })

  const stackLimit = Number(layout.get('STACK_SIZE'))
  const found = await stacks(root, elf, entriesOf(modules))
  checkStacks(found, stackLimit)
  const wasm = { core: modules.core.path, vmm: modules.vmm.path, host: modules.host.path }
  return { elf, image, wasm, stacks: found, stackLimit, size: (await stat(image)).size }
}

async function oneModule(root: string, outDir: string, name: ModuleName, entries: HypervisorOptions['entries']) {
  await mkdir(join(outDir, 'wasm'), { recursive: true })
  return moduleOf({ root, outDir: join(outDir, 'wasm'), name, entry: entries?.[name] ?? `src/${name}/main.ts` })
}

async function joinAll(root: string, modules: Modules): Promise<void> {
  const joined = MODULES.map(async (name) => {
    return { name, interface: modules[name].interface, primitives: await primitivesOf(root, name) }
  })
  checkJoin(await Promise.all(joined))
}

/** The modules' C and boot/, all at once. */
async function compileAll(root: string, outDir: string, modules: Modules): Promise<string[]> {
  const gen = join(outDir, 'gen')
  const objects = join(outDir, 'obj')
  await Promise.all([gen, objects].map((folder) => mkdir(folder, { recursive: true })))
  await writeFile(join(gen, 'layout.h'), layoutHeader(root))
  const sizes = Object.fromEntries(MODULES.map((name) => [name, modules[name].memorySize]))
  const compile = async (source: string, name: string, generated: boolean) => {
    const object = join(objects, `${name}.o`)
    await clang({ root, source, object, includes: [relative(root, gen), 'boot'], generated, gen: relative(root, gen) })
    return object
  }
  const generated = MODULES.map(async (name) => {
    const path = join(gen, `${name}.c`)
    await writeFile(path, unit(name, await wasmToC(modules[name], name, gen), modules[name].interface, sizes))
    return compile(relative(root, path), name, true)
  })
  const written = bootSources(root).map((file) => compile(`boot/${file}`, file, false))
  return Promise.all([...generated, ...written])
}

/** boot/ without the guests' own start. */
function bootSources(root: string): string[] {
  const sources = readdirSync(join(root, 'boot')).filter((file) => /\.[cS]$/.test(file) && !file.startsWith('guest'))
  return sources.sort()
}

/** What assembly calls: core's exports that no other module imports. */
function entriesOf(modules: Modules): string[] {
  const imports = [...modules.vmm.interface.imports, ...modules.host.interface.imports]
  const called = new Set(imports.filter(({ module }) => module === 'core').map(({ name }) => name))
  const exported = Object.keys(modules.core.interface.exports).filter((name) => !called.has(name))
  return exported.map((name) => `w2c_core_${name}`)
}
