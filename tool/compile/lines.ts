/** Turns the markers in wasm2c's C into `#line`, so that clang's line tables, TRAP_FILE and __LINE__ speak AssemblyScript. */
import { markedPlace, type Place } from './markers.ts'

/**
 * A region between two markers becomes one physical line, since the preprocessor counts on from `#line`.
 * Functions without markers, which only call others, take the line of what they call.
 */
export function withLines(code: string, places: Place[]): string {
  const functions = splitFunctions(code)
  const firsts = new Map<string, Place>()
  for (const { name, lines } of functions) {
    if (!name) continue
    const marked = lines.map((line) => markedPlace(line, places)).filter((place) => place !== undefined)
    const first = marked.find(({ file }) => file === fileOf(name)) ?? marked[0]
    if (first) firsts.set(name, first)
  }
  return functions
    .map(({ name, lines }) => (name ? mark(lines, places, startOf(name, lines, firsts)) : lines.join('\n')))
    .join('\n')
}

interface Piece {
  /** The function that these lines define; undefined between functions. */
  name: string | undefined
  lines: string[]
}

function splitFunctions(code: string): Piece[] {
  const pieces: Piece[] = [{ name: undefined, lines: [] }]
  for (const line of code.split('\n')) {
    const name = /^[a-z][\w ]*?[ *](w2c_\w+)\(.*\) \{$/.exec(line)?.[1]
    if (name) pieces.push({ name, lines: [] })
    pieces.at(-1)!.lines.push(line)
    if (line === '}') pieces.push({ name: undefined, lines: [] })
  }
  return pieces
}

/** Where a function was written, by its mangled name: its first instructions may have been inlined from elsewhere. */
function fileOf(name: string): string {
  const path = name
    .replace(/^w2c_[a-z]+_/, '')
    .replace(/0x([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return `${path.replace(/\/[^/]*$/, '')}.ts`
}

function startOf(name: string, lines: string[], firsts: Map<string, Place>): Place | undefined {
  if (firsts.has(name)) return firsts.get(name)
  const callees = lines.slice(1).flatMap((line) => [...line.matchAll(/\b(w2c_\w+)\(/g)].map((call) => call[1]!))
  return callees.map((callee) => firsts.get(callee)).find((place) => place)
}

function mark(lines: string[], places: Place[], start: Place | undefined): string {
  if (!start) return lines.join('\n')
  const regions: string[] = [directive(start)]
  let file = start.file
  let region: string[] = []
  for (const line of lines) {
    const place = markedPlace(line, places)
    if (!place) {
      region.push(line.trim())
      continue
    }
    regions.push(region.join(' '), directive(place, file))
    region = []
    file = place.file
  }
  return [...regions, region.join(' '), HERE].join('\n')
}

/** Stands where the generated file's own lines begin again; its number is known only once the file is complete. */
const HERE = '#line here'

/** The complete file, with its own name and numbers outside the functions that have AssemblyScript's. */
export function numberLines(text: string, file: string): string {
  const lines = text.split('\n')
  return lines.map((line, index) => (line === HERE ? `#line ${index + 2} "${file}"` : line)).join('\n')
}

/** `last`: the file in which the lines before this are. */
function directive({ file, line }: Place, last?: string): string {
  const name = file === last ? '' : `#undef TRAP_FILE\n#define TRAP_FILE "${trapName(file)}"\n`
  return `${name}#line ${line} "${file}"`
}

/** As a trap carries it: below src, and without the ending that all have. Traps of every file that can have one are in the image. */
function trapName(file: string): string {
  const path = file.startsWith('src/') ? file.slice('src/'.length) : `../${file}`
  return path.replace(/\.ts$/, '')
}
