/**
 * Joins a module's data segments: asc makes one for every string, and wasm2c one copy for every segment. Texts that go with an
 * extension become constants of a section of its own, for src/core/extension.ts to lay where they belong.
 */
import { literalSection } from './extension.ts'
import { CompileError } from './failure.ts'
import type { ApartLiterals } from './literal.ts'

const ARRAY = /^static const u8 (data_segment_data_\w+)\[\] = \{([^}]*)\};\n/gm
const LOAD = /^ *LOAD_DATA\(.*, (\d+)u, (data_segment_data_\w+), \d+\);\n/gm
/** A longer gap than this costs more as zeros in the image than as a second copy. */
const GAP = 32
const LINE = 16

interface Run {
  at: number
  bytes: number[]
}

export interface PlacedLiterals {
  extension: string
  /** Address in the module's memory, and bytes. */
  at: number
  length: number
}

/** wasm2c's code with one array and one LOAD_DATA for each run of neighbouring segments, apart from `literals`. */
export function joinData(code: string, literals: ApartLiterals[]): { code: string; literals: PlacedLiterals[] } {
  const segments = new Map<string, number[]>()
  for (const [, name, list] of code.matchAll(ARRAY)) {
    segments.set(
      name!,
      [...list!.matchAll(/0x\w\w/g)].map(([byte]) => Number(byte)),
    )
  }
  const loads = [...code.matchAll(LOAD)].map(([, at, name]) => ({ at: Number(at), bytes: segments.get(name!) ?? [] }))
  const runs = runsOf(loads)
  const placed = literals.map(({ extension, text }) => takeOut(runs, extension, Buffer.from(text)))
  const apart = placed.map(({ extension, bytes }) => {
    const attributes = `__attribute__((used, section("${literalSection(extension)}")))`
    return `static const u8 literals_${extension}[] ${attributes} = {\n${hex(bytes)}};\n`
  })
  const arrays = runs.map((run, i) => `static const u8 data_${i}[] = {\n${hex(run.bytes)}};\n`)
  const copies = runs.map(({ at, bytes }, i) => `  LOAD_DATA(instance, ${at}u, data_${i}, ${bytes.length});\n`)
  const joined = code
    .replace(ARRAY, '')
    .replace(LOAD, '')
    .replace(
      /^static void init_memories\([\s\S]*?\n}\n/m,
      (init) => [...arrays, ...apart].join('') + init.replace(/}\n$/, `${copies.join('')}}\n`),
    )
  return { code: joined, literals: placed.map(({ extension, at, bytes }) => ({ extension, at, length: bytes.length })) }
}

function runsOf(loads: Run[]): Run[] {
  const runs: Run[] = []
  for (const { at, bytes } of loads.sort((a, b) => a.at - b.at)) {
    const last = runs.at(-1)
    const gap = last ? at - last.at - last.bytes.length : GAP
    if (last && gap < GAP) last.bytes.push(...new Array<number>(gap).fill(0), ...bytes)
    else runs.push({ at, bytes: [...bytes] })
  }
  return runs
}

/** Cuts the texts' bytes out of the run that holds them: asc lays constants of one file behind each other. */
function takeOut(runs: Run[], extension: string, text: Buffer): Run & { extension: string } {
  const found = runs.flatMap((run, index) => {
    const offset = Buffer.from(run.bytes).indexOf(text)
    return offset < 0 ? [] : [{ run, index, offset }]
  })
  const [place] = found
  if (!place || found.length > 1)
    throw new CompileError(`the texts of extension ${extension} are in ${found.length} places`)
  const { run, index, offset } = place
  const end = offset + text.length
  const pieces = [
    { at: run.at, bytes: run.bytes.slice(0, offset) },
    { at: run.at + end, bytes: run.bytes.slice(end) },
  ]
  runs.splice(index, 1, ...pieces.filter(({ bytes }) => bytes.some((byte) => byte !== 0)))
  return { extension, at: run.at + offset, bytes: [...text] }
}

function hex(bytes: number[]): string {
  const lines: string[] = []
  for (let i = 0; i < bytes.length; i += LINE) lines.push(`  ${bytes.slice(i, i + LINE).join(', ')},\n`)
  return lines.join('')
}
