/** AssemblyScript to Wasm: one call of asc in this process, with the fuel pass between its compiler and its optimizer. */
import type { Parser } from 'assemblyscript'
import asc from 'assemblyscript/asc'
import binaryen from 'binaryen'
import { heapUse, stringUse } from './audit.ts'
import { homeOf } from './extension.ts'
import { CompileError } from './failure.ts'
import { addFuel } from './fuel.ts'
import { keepApart } from './keep-apart.ts'
import { type ApartLiterals, packLiterals } from './literal.ts'
import type { UnitName } from './model.ts'

export type Target = UnitName

export interface AscOptions {
  /** Folder that every path in messages, names and line tables is relative to. */
  root: string
  target: Target
  /** Entry file, relative to root. */
  entry: string
  /** Bounds every loop; see fuel.ts. */
  fuel: boolean
}

export interface Compiled {
  wasm: Uint8Array
  sourceMap: string
  /** First address above the module's static data: what its memory must hold. */
  dataEnd: number
  literals: ApartLiterals[]
}

const CONFIG = ['--config', 'asconfig.json', '--outFile', 'out.wasm', '--noColors']
/** asc tells where static data ends only to a program that asks. */
const QUESTION = 'export const dataEnd: usize = __data_end'
const ANSWER = '~lib/memory/__data_end'

export async function compileWasm(options: AscOptions): Promise<Compiled> {
  const files = new Map<string, Uint8Array | string>()
  const messages: string[] = []
  let dataEnd = 0
  let literals: ApartLiterals[] = []
  let refusal: CompileError | undefined
  class Hook {
    afterParse(parser: Parser) {
      parser.parseFile(QUESTION, 'data-end.ts', true)
      if (options.target !== 'guest') literals = packLiterals(parser, homeOf(options.target))
    }
    afterCompile(module: binaryen.Module) {
      dataEnd = constantOf(module, ANSWER)
      module.removeExport('dataEnd')
      refusal = heapUse(module, options.target) ?? stringUse(module, options.target)
      if (options.fuel) addFuel(module)
      keepApart(module, options.target)
    }
  }
  const stream = { write: (text: string | Uint8Array) => void messages.push(String(text)) }
  const { error } = await asc.main([options.entry, ...CONFIG, '--target', options.target, '--baseDir', options.root], {
    stdout: stream,
    stderr: stream,
    writeFile: (name: string, contents: Uint8Array | string) => void files.set(name, contents),
    transforms: [Hook as never],
  } as never)
  if (refusal) throw refusal
  const wasm = files.get('out.wasm')
  if (error || !(wasm instanceof Uint8Array)) throw new CompileError(diagnostics(messages.join(''), error))
  return { wasm, sourceMap: String(files.get('out.wasm.map')), dataEnd, literals }
}

function constantOf(module: binaryen.Module, name: string): number {
  const info = binaryen.getGlobalInfo(module.getGlobal(name))
  return Number((binaryen.getExpressionInfo(info.init) as binaryen.ConstInfo).value)
}

/** asc's report of each error, with `file:line message` in front where a person and an editor look for it. */
function diagnostics(text: string, error: Error | null): string {
  const places = [...text.matchAll(/^ERROR \w+: (.*)$[\s\S]*?└─ in ([^\s(]+)\((\d+),(\d+)\)/gm)]
  if (places.length === 0) return text.trim() || String(error)
  return places.map(([, what, file, line]) => `${file}:${line} ${what}`).join('\n')
}
