/** Builds the hypervisor: three Wasm modules, joined, compiled and linked into build/bulkhead.elf and .img. */
import { readdirSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { cached, exclusive, inputHash } from './cache.ts'
import { clang } from './clang.ts'
import { checkDoors, extensionScript, type Literals, moduleTable, sectionOf } from './extension.ts'
import { EXTENSIONS } from './extension-list.ts'
import type { MemorySizes } from './glue.ts'
import { abiConstants, layoutHeader } from './header.ts'
import { link } from './link.ts'
import { MODULES, type ModuleName } from './model.ts'
import type { Module } from './module.ts'
import { buildModules, type Entries, type Modules } from './modules.ts'
import { checkStacks, codeOf, type Stack, stacks, stackTable } from './stack.ts'
import { ROOT, toolVersion } from './tool-path.ts'
import { unit } from './unit.ts'
import { wasmToC } from './wasm2c.ts'

/** Of the inputs' hash: what ties an extension to the image that it was linked with. */
const BUILD_DIGITS = 15

export interface HypervisorOptions {
  root?: string
  /** Folder of everything that is written; `build` under root by default. */
  outDir?: string
  entries?: Entries
  log?: (line: string) => void
}

export interface Hypervisor {
  elf: string
  image: string
  /** Its extensions' files by their names: tool/compile/extension.ts. */
  extensions: Record<string, string>
  wasm: Record<ModuleName, string>
  /** Of each entry from assembly, in bytes; `stackLimit` is what there is. */
  stacks: Stack[]
  stackLimit: number
  /** Bytes of the image. */
  size: number
}

export async function buildHypervisor(options: HypervisorOptions = {}): Promise<Hypervisor> {
  const { root = ROOT, entries = {} } = options
  const outDir = options.outDir ?? join(root, 'build')
  const built = await exclusive(outDir, async () => {
    const inputs = ['src', 'boot', 'linker', ...Object.values(entries).map(dirname)]
    const key = inputHash(root, inputs, [entries, await toolVersion(root)])
    const files = ['bulkhead.elf', 'bulkhead.img', ...EXTENSIONS.map(({ name }) => extensionFile(name))]
    const outputs = files.map((file) => join(outDir, file))
    return cached(join(outDir, 'hypervisor.json'), key, outputs, () => build(root, outDir, entries, key))
  })
  for (const line of stackTable(built.stacks, built.stackLimit)) options.log?.(line)
  return built
}

async function build(root: string, outDir: string, entries: Entries, key: string): Promise<Hypervisor> {
  const { modules, objects } = await compileAll(root, outDir, entries)
  const elf = join(outDir, 'bulkhead.elf')
  const image = join(outDir, 'bulkhead.img')
  const abi = new Map([...(await abiOf(root, 'layout')), ...(await abiOf(root, 'extension'))])
  const placed = ['IMAGE_VA', 'EXTENSION_VA', 'EXTENSION_STRIDE', 'EXTENSION_MAGIC'].map((name) => [
    name,
    abi.get(name)!,
  ])
  const symbols = { ...Object.fromEntries(placed), BUILD: BigInt(`0x${key.slice(0, BUILD_DIGITS)}`) }
  const apart = EXTENSIONS.map(({ name }) => ({ section: sectionOf(name), file: join(outDir, extensionFile(name)) }))
  const includes = [join(outDir, 'gen')]
  await link({ root, script: 'linker/bulkhead.ld', objects, elf, image, symbols, includes, apart })

  const code = await codeOf(root, elf)
  checkDoors(code)
  const stackLimit = Number(abi.get('STACK_SIZE'))
  const found = stacks(code, entriesOf(modules))
  checkStacks(found, stackLimit)
  const wasm = Object.fromEntries(MODULES.map((name) => [name, modules[name].path])) as Hypervisor['wasm']
  const extensions = Object.fromEntries(EXTENSIONS.map(({ name }, i) => [name, apart[i]!.file]))
  return { elf, image, extensions, wasm, stacks: found, stackLimit, size: (await stat(image)).size }
}

async function abiOf(root: string, name: string) {
  const file = `src/abi/${name}.ts`
  return abiConstants(await readFile(join(root, file), 'utf8'), file)
}

function extensionFile(name: string): string {
  return `bulkhead-${name}.bin`
}

/** boot/ and the modules, each as soon as it can be; core's C needs to know how large the others are. */
async function compileAll(root: string, outDir: string, entries: Entries) {
  const gen = join(outDir, 'gen')
  const objects = join(outDir, 'obj')
  await Promise.all([gen, objects].map((folder) => mkdir(folder, { recursive: true })))
  await writeFile(join(gen, 'layout.h'), layoutHeader(root))
  await writeFile(join(gen, 'modules.ld'), moduleTable())

  const literals: Literals = {}
  const jobs: Promise<string>[] = []
  const start = (job: Promise<string>) => {
    // Its failure counts when all are awaited, not while asc works on the next module.
    job.catch(() => {})
    jobs.push(job)
  }
  const compile = async (source: string, name: string, generated: boolean) => {
    const object = join(objects, `${name}.o`)
    await clang({ root, source, object, includes: [relative(root, gen), 'boot'], generated, gen: relative(root, gen) })
    return object
  }
  const compileModule = async (name: ModuleName, module: Module, sizes: MemorySizes) => {
    const path = join(gen, `${name}.c`)
    const c = await wasmToC(module, name, gen)
    literals[name] = c.literals
    await writeFile(path, unit(name, c, module.interface, sizes))
    return compile(relative(root, path), name, true)
  }
  for (const file of bootSources(root)) start(compile(`boot/${file}`, file, false))
  const onModule = (name: ModuleName, module: Module) => {
    if (name !== 'core') start(compileModule(name, module, {}))
  }
  const modules = await buildModules({ root, outDir, entries, onModule })
  const sizes = Object.fromEntries(MODULES.map((name) => [name, modules[name].memorySize]))
  start(compileModule('core', modules.core, sizes))
  const compiled = (await Promise.all(jobs)).sort()
  await writeFile(join(gen, 'extensions.ld'), extensionScript(literals))
  return { modules, objects: compiled }
}

/** boot/ without the guests' own start. */
function bootSources(root: string): string[] {
  const sources = readdirSync(join(root, 'boot')).filter((file) => /\.[cS]$/.test(file) && !file.startsWith('guest'))
  return sources.sort()
}

/** What assembly calls: core's exports that no other module imports. */
function entriesOf(modules: Modules): string[] {
  const imports = Object.values(modules).flatMap((module) => module.interface.imports)
  const called = new Set(imports.filter(({ module }) => module === 'core').map(({ name }) => name))
  const exported = Object.keys(modules.core.interface.exports).filter((name) => !called.has(name))
  return exported.map((name) => `w2c_core_${name}`)
}
