/** Joins the modules: finds every import's export or primitive, and writes the C that carries calls across. */
import { preprocess } from './clang.ts'
import { CompileError } from './failure.ts'
import { MODELS, SERVICES, type UnitName } from './model.ts'
import { describe, type Import, type Interface, type Signature } from './signature.ts'

/** A machine primitive's signature, read from the C header that defines it. */
export type Primitives = Map<string, Signature>

export interface Joined {
  name: UnitName
  interface: Interface
  primitives: Primitives
}

/** What core's glue knows besides the exports: src/core/link.ts. */
const LINK: Map<string, Signature> = new Map([
  ['vmmInstantiate', { params: ['i32'], result: undefined }],
  ['vmmMemorySize', { params: [], result: 'i32' }],
  ...SERVICES.flatMap((name): [string, Signature][] => [
    [`${name}Instantiate`, { params: [], result: undefined }],
    [`${name}MemorySize`, { params: [], result: 'i32' }],
  ]),
])

/** boot/wasm-rt.h: a failed assertion and an empty tank. */
const ENV: Map<string, Signature> = new Map([
  ['abort', { params: ['i32', 'i32', 'i32', 'i32'], result: undefined }],
  ['fuel', { params: [], result: undefined }],
])

/** Throws one error that names every import without a matching provider. */
export function checkJoin(modules: Joined[]): void {
  const problems = modules.flatMap((module) =>
    module.interface.imports
      .map((wanted) => mismatch(module, wanted, modules))
      .filter((problem) => problem !== undefined),
  )
  if (problems.length > 0) throw new CompileError(problems.join('\n'))
}

function mismatch(module: Joined, wanted: Import, modules: Joined[]): string | undefined {
  const place = `${module.name} imports ${wanted.module}.${wanted.name}`
  if (!MODELS[module.name].providers.includes(wanted.module)) {
    return `${place}: ${module.name} may import only from ${MODELS[module.name].providers.join(', ')}`
  }
  const offered = provided(module, wanted, modules)
  if (!offered) return `${place}: ${providerName(module, wanted)} does not define it`
  if (describe(offered) === describe(wanted)) return undefined
  return `${place} as ${describe(wanted)}, but ${providerName(module, wanted)} defines ${describe(offered)}`
}

function provided(module: Joined, wanted: Import, modules: Joined[]): Signature | undefined {
  if (wanted.module === 'env') return ENV.get(wanted.name)
  if (wanted.module === 'link') return LINK.get(wanted.name)
  if (isDoor(module, wanted)) return module.primitives.get(wanted.name)
  const exported = modules.find((other) => other.name === wanted.module)?.interface.exports[wanted.name]
  if (!exported || wanted.module !== 'vmm') return exported
  return { ...exported, params: ['i32', ...exported.params] }
}

function isDoor(module: Joined, wanted: Import): boolean {
  return wanted.module === MODELS[module.name].primitives.module
}

function providerName(module: Joined, wanted: Import): string {
  if (isDoor(module, wanted)) return MODELS[module.name].primitives.header
  return wanted.module === 'env' || wanted.module === 'link' ? 'the build' : `src/${wanted.module}`
}

export async function primitivesOf(root: string, name: UnitName): Promise<Primitives> {
  const { module, header } = MODELS[name].primitives
  return readPrimitives(await preprocess(root, header, ['boot']), module)
}

/** `w2c_<module>_<name>` functions of a preprocessed header, whose C types are wasm2c's: u32 and u64. */
export function readPrimitives(header: string, module = 'hw'): Primitives {
  const primitives: Primitives = new Map()
  const definition = new RegExp(`\\b(\\w+)\\s+w2c_${module}_(\\w+)\\(([^)]*)\\)\\s*\\{`, 'g')
  for (const [, result, name, params] of header.matchAll(definition)) {
    const types = (params ?? '').split(',').slice(1)
    primitives.set(name!, {
      params: types.map((type) => (/\bu64\b/.test(type) ? 'i64' : 'i32')),
      result: result === 'void' ? undefined : result === 'u64' ? 'i64' : 'i32',
    })
  }
  return primitives
}
