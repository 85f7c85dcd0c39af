/**
 * String literals as single bytes. asc's strings are UTF-16 behind a header of 20 bytes, which a hypervisor's messages would pay
 * for in its image; here each becomes the address of its ASCII bytes and a NUL, once however often it is written. The type stays
 * `string`, for editors and for type checks; src/lib/literal.ts reads one, and the audit refuses asc's own string functions.
 * What only the functions of one extension say goes with that extension (tool/compile/data.ts); an exported constant may be
 * anybody's.
 */

import type { Parser, Source } from 'assemblyscript'
import * as assemblyscript from 'assemblyscript'
import { CompileError } from './failure.ts'

/** Declared as constants that vanish, but there. */
type Kinds = Record<string, number>
const { NodeKind, LiteralKind, CommonFlags } = assemblyscript as unknown as Record<
  'NodeKind' | 'LiteralKind' | 'CommonFlags',
  Kinds
>

/** Texts that only one extension's functions name: their bytes lie behind each other in the module's memory, a NUL between two. */
export interface ApartLiterals {
  extension: string
  text: string
}

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

/** Where a text is named: an extension, or undefined for the image. */
type Home = string | undefined
interface Packed {
  name: string
  home: Home
}

/** Replaces every string literal of the program, standard library apart, by a constant of a source file that it adds. */
export function packLiterals(parser: Parser, extensionOf: (path: string) => Home): ApartLiterals[] {
  const literals = new Map<string, Packed>()
  const packAt = (home: Home) => (literal: Literal) => {
    const packed = literals.get(literal.value) ?? { name: `__literal_${literals.size}`, home }
    if (packed.home !== home) packed.home = undefined
    literals.set(literal.value, packed)
    return assemblyscript.Node.createIdentifierExpression(packed.name, literal.range as never, false)
  }
  for (const source of parser.sources as unknown as (Source & Syntax)[]) {
    if (source.internalPath.startsWith('~lib/')) continue
    const home = extensionOf(source.internalPath)
    const [open, own] = [packAt(undefined), packAt(home)]
    for (const statement of source.statements as unknown as Syntax[])
      if (!isAside(statement)) replaceIn(statement, isExportedConstant(statement) ? open : own)
  }
  const groups = byHome(literals)
  const lines = [...groups.values()].flatMap((group) => group.map(([text, { name }]) => constant(name, text)))
  parser.parseFile(lines.join('\n'), FILE, true)
  const { sources } = parser
  sources.unshift(sources.pop()!) // constants have to come before whoever names them
  return [...groups].flatMap(([extension, group]) =>
    extension === undefined ? [] : [{ extension, text: group.map(([text]) => text).join('\0') }],
  )
}

/** The image's first, then each extension's together. */
function byHome(literals: ReadonlyMap<string, Packed>): Map<Home, [string, Packed][]> {
  const groups = new Map<Home, [string, Packed][]>([[undefined, []]])
  for (const literal of literals) {
    const { home } = literal[1]
    groups.set(home, [...(groups.get(home) ?? []), literal])
  }
  return groups
}

function constant(name: string, text: string): string {
  return `@global const ${name} = changetype<string>(${bytes(text)})`
}

function isExportedConstant({ kind, declarations }: Syntax): boolean {
  return (
    kind === NodeKind.Variable && (declarations as { flags: number }[]).some(({ flags }) => flags & CommonFlags.Export!)
  )
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
