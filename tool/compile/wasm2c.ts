/** Wasm to C by wabt's wasm2c, without wasm2c's own prelude: boot/wasm-rt.h stands in for it. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { joinData, type PlacedLiterals } from './data.ts'
import { CompileError } from './failure.ts'
import { withLines } from './lines.ts'
import type { UnitName } from './model.ts'
import type { Module } from './module.ts'
import { run } from './process.ts'

const WASM2C = join(dirname(createRequire(import.meta.url).resolve('wabt/package.json')), 'bin/wasm2c')

/** A module whose binary carries line markers. */
type Marked = Pick<Module, 'marked' | 'places' | 'literals'>

/** A module in C: its instance struct's fields, and its functions with `init_globals` and `init_memories` first. */
export interface ModuleC {
  name: string
  fields: string[]
  code: string
  /** Symbol of the module's start function, if top-level statements need one. */
  start: string | undefined
  /** Texts that are in the extensions' sections. */
  literals: PlacedLiterals[]
}

/** Its files stay in `folder` for whoever wants to look. */
export async function wasmToC(module: Marked, name: UnitName, folder: string): Promise<ModuleC> {
  const path = join(folder, `${name}.raw`)
  const features = name === 'core' ? ['--enable-threads'] : []
  await run(process.execPath, [WASM2C, ...features, module.marked, '-n', name, '-o', `${path}.c`], folder)
  const apart = takeApart(name, await readFile(`${path}.c`, 'utf8'), await readFile(`${path}.h`, 'utf8'))
  const { code, literals } = joinData(apart.code, module.literals)
  return { ...apart, code: withLines(code, module.places), literals }
}

/** wasm2c's files in the shape of wabt 1.0.39; anything that is not where it was is an error, not a guess. */
export function takeApart(name: string, c: string, h: string): Omit<ModuleC, 'literals'> {
  const fields = cut(h, `typedef struct w2c_${name} {\n`, `} w2c_${name};`)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !/_instance;$/.test(line) && line !== 'wasm_rt_memory_t w2c_memory;')
  // The prelude ends where the module's own declarations begin.
  const prelude = c.search(
    new RegExp(`^(static \\S+ \\*?w2c_${name}_\\w+\\(w2c_${name}\\*|FUNC_TYPE_T\\(w2c_|static void init_)`, 'm'),
  )
  if (prelude < 0) throw new CompileError(`wasm2c wrote ${name}.c in another shape than wabt 1.0.39`)
  const instantiate = cut(c, `void wasm2c_${name}_instantiate(`, '\n}\n')
  const code = [
    `wasm_rt_memory_t* w2c_${name}_memory(`,
    'static void init_instance_import(',
    `void wasm2c_${name}_instantiate(`,
    `void wasm2c_${name}_free(`,
    `wasm_rt_func_type_t wasm2c_${name}_get_func_type(`,
  ].reduce(withoutFunction, c.slice(prelude).replace(/^FUNC_TYPE_T\(.*\n/gm, ''))
  return { name, fields, code: withoutSegue(code), start: /^ {2}(w2c_\w+)\(instance\);$/m.exec(instantiate)?.[1] }
}

function withoutFunction(code: string, head: string): string {
  const start = code.indexOf(`\n${head}`)
  return start < 0 ? code : code.slice(0, start + 1) + code.slice(code.indexOf('\n}\n', start) + 3)
}

/** Drops the blocks for x86's segment registers, which the preprocessor would drop as well, for whoever reads the C. */
function withoutSegue(code: string): string {
  let depth = 0
  const lines = code.split('\n').filter((line) => {
    if (line.startsWith('#if')) depth++
    const dropped = depth > 0
    if (line.startsWith('#endif')) depth--
    return !dropped
  })
  return lines.join('\n')
}

function cut(text: string, from: string, to: string): string {
  const start = text.indexOf(from)
  const end = text.indexOf(to, start)
  if (start < 0 || end < 0) throw new CompileError(`wasm2c wrote no '${from.trim()}'`)
  return text.slice(start + from.length, end)
}
