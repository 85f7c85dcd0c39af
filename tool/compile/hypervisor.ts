/** Builds the hypervisor: three Wasm modules, joined, compiled and linked into build/bulkhead.elf and .img. */
import { readdirSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { clang } from './clang.ts'
import { abiConstants, layoutHeader } from './header.ts'
import { checkJoin, primitivesOf } from './join.ts'
import { moduleBuilder } from './lazy.ts'
import { link } from './link.ts'
import { MODULES, type ModuleName } from './model.ts'
import type { Module } from './module.ts'
import type { Interface } from './signature.ts'
import { checkStacks, type Stack, stacks, stackTable } from './stack.ts'
import { unit } from './unit.ts'
import { wasmToC } from './wasm2c.ts'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

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
  stacks: Stack[]
  /** Bytes of the image. */
  size: number
}

export async function buildHypervisor(options: HypervisorOptions = {}): Promise<Hypervisor> {
  const root = options.root ?? ROOT
  const outDir = options.outDir ?? join(root, 'build')
  const gen = join(outDir, 'gen')
  await Promise.all(['gen', 'obj', 'wasm'].map((folder) => mkdir(join(outDir, folder), { recursive: true })))
  await writeFile(join(gen, 'layout.h'), layoutHeader(root))

  const { buildModule } = await moduleBuilder()
  const modules = {} as Record<ModuleName, Module>
  for (const name of MODULES) {
    modules[name] = await buildModule({
      root,
      outDir: join(outDir, 'wasm'),
      name,
      entry: options.entries?.[name] ?? `src/${name}/main.ts`,
    })
  }
  await joinModules(root, modules)

  const sizes = Object.fromEntries(MODULES.map((name) => [name, modules[name].memorySize]))
  const compile = (source: string, generated: boolean) => {
    const object = join(outDir, 'obj', `${source.replace(/^.*\//, '').replace(/\.\w+$/, '')}.o`)
    const includes = [relative(root, gen), 'boot']
    return clang({ root, source, object, includes, generated, gen: relative(root, gen) }).then(() => object)
  }
  const generated = MODULES.map(async (name) => {
    const c = await wasmToC(modules[name].marked, name, gen, name === 'core')
    const path = join(gen, `${name}.c`)
    await writeFile(path, unit(name, c, modules[name].interface, sizes))
    return compile(relative(root, path), true)
  })
  const written = bootSources(root).map((source) => compile(source, false))
  const objects = await Promise.all([...generated, ...written])

  const elf = join(outDir, 'bulkhead.elf')
  const image = join(outDir, 'bulkhead.img')
  const layout = abiConstants(await readFile(join(root, 'src/abi/layout.ts'), 'utf8'), 'src/abi/layout.ts')
  const symbols = { IMAGE_VA: Number(layout.get('IMAGE_VA')) }
  await link({ root, script: 'linker/bulkhead.ld', objects, elf, image, symbols })
  const limit = Number(layout.get('STACK_SIZE'))
  const found = await stacks(root, elf, entriesOf(modules))
  for (const line of stackTable(found, limit)) options.log?.(line)
  checkStacks(found, limit)
  const wasm = { core: modules.core.path, vmm: modules.vmm.path, host: modules.host.path }
  return { elf, image, wasm, stacks: found, size: (await stat(image)).size }
}

async function joinModules(root: string, modules: Record<ModuleName, { interface: Interface }>): Promise<void> {
  const joined = MODULES.map(async (name) => {
    return { name, interface: modules[name].interface, primitives: await primitivesOf(root, name) }
  })
  checkJoin(await Promise.all(joined))
}

/** What assembly calls: core's exports that no other module imports. */
function entriesOf(modules: Record<ModuleName, { interface: Interface }>): string[] {
  const imports = [...modules.vmm.interface.imports, ...modules.host.interface.imports]
  const called = new Set(imports.filter(({ module }) => module === 'core').map(({ name }) => name))
  const exported = [...modules.core.interface.exports.keys()].filter((name) => !called.has(name))
  return exported.map((name) => `w2c_core_${name}`)
}

/** boot/ without the guests' own start. */
function bootSources(root: string): string[] {
  const sources = readdirSync(join(root, 'boot')).filter((file) => /\.[cS]$/.test(file) && !file.startsWith('guest'))
  return sources.sort().map((file) => `boot/${file}`)
}
