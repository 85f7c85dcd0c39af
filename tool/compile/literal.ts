/**
 * String literals as single bytes. asc's strings are UTF-16 behind a header of 20 bytes, which a hypervisor's messages would pay
 * for in its image; here each becomes the address of its ASCII bytes and a NUL, once however often it is written. The type stays
 * `string`, for editors and for type checks; src/lib/literal.ts reads one, and the audit refuses asc's own string functions.
 */

import type { Parser, Source } from 'assemblyscript'
import * as assemblyscript from 'assemblyscript'
import { CompileError } from './failure.ts'

/** Declared as constants that vanish, but there. */
type Kinds = Record<string, number>
const { NodeKind, LiteralKind } = assemblyscript as unknown as { NodeKind: Kinds; LiteralKind: Kinds }

interface Literal {
  kind: number
  literalKind: number
  value: string
  range: object
}
type Syntax = Record<string, unknown> & { kind?: number }

/** Their arguments are read by the compiler, and are not text of the program. */
const COMPILER = new Set(['offsetof', 'ERROR', 'WARNING', 'INFO', 'assert', 'abort', 'nameof'])
/** Paths of modules, and names of decorators. */
const STATEMENTS = new Set([NodeKind.Import, NodeKind.Export, NodeKind.ExportDefault])
const ASIDE = new Set(['range', 'decorators', 'parent', 'source'])
const FILE = 'literal.ts'

/** Replaces every string literal of the program, standard library apart, by a constant of a source file that it adds. */
export function packLiterals(parser: Parser): void {
  const names = new Map<string, string>()
  const pack = (literal: Literal) => {
    const name = names.get(literal.value) ?? `__literal_${names.size}`
    names.set(literal.value, name)
    return assemblyscript.Node.createIdentifierExpression(name, literal.range as never, false)
  }
  for (const source of parser.sources as unknown as (Source & Syntax)[])
    if (!source.internalPath.startsWith('~lib/')) replaceIn(source.statements as unknown as Syntax, pack)
  const lines = [...names].map(([text, name]) => `@global const ${name} = changetype<string>(${bytes(text)})`)
  parser.parseFile(lines.join('\n'), FILE, true)
  const { sources } = parser
  sources.unshift(sources.pop()!) // constants have to come before whoever names them
}

function bytes(text: string): string {
  const ascii = [...Buffer.from(text)]
  if (ascii.some((byte) => byte === 0 || byte > 0x7f))
    throw new CompileError(`the literal ${JSON.stringify(text)} is not ASCII; the hypervisor's texts are`)
  return `memory.data<u8>([${[...ascii, 0].join(', ')}], 1)`
}

function replaceIn(node: Syntax, pack: (literal: Literal) => unknown): void {
  for (const [key, value] of Object.entries(node)) {
    if (!value || typeof value !== 'object' || ASIDE.has(key)) continue
    if (isString(value as Syntax)) node[key] = pack(value as unknown as Literal)
    else if (!isAside(value as Syntax)) replaceIn(value as Syntax, pack)
  }
}

function isString(node: Syntax): boolean {
  return node.kind === NodeKind.Literal && node.literalKind === LiteralKind.String
}

function isAside(node: Syntax): boolean {
  if (node.kind !== NodeKind.Call) return STATEMENTS.has(node.kind ?? -1) && !('declaration' in node)
  const { text } = node.expression as { text?: string }
  return text !== undefined && COMPILER.has(text)
}
