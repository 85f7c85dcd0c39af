/**
 * Carries AssemblyScript's lines through wasm2c, which knows no source maps: `i64.const MARK|id; drop` where the line
 * changes, stack-neutral anywhere; wasm2c prints each as one assignment, which becomes `#line` (lines.ts).
 */
import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping'
import { bodiesOf, type Insertion, i64, insertCode } from './wasm-binary.ts'

/** "MARK" in the high half: no value that a program computes with. */
const MARK = 0x4d41_524b_0000_0000n
const I64_CONST = 0x42
const DROP = 0x1a

export interface Place {
  file: string
  line: number
}

export interface Marked {
  wasm: Uint8Array
  /** By marker id. */
  places: Place[]
}

export function addMarkers(wasm: Uint8Array, sourceMap: string): Marked {
  const map = new TraceMap(sourceMap)
  const segments = decodedMappings(map)[0] ?? []
  const places: Place[] = []
  const insertions: Insertion[] = []
  let next = 0
  for (const { body, start, end } of bodiesOf(wasm)) {
    let last: string | undefined
    while ((segments[next]?.[0] ?? end) < body) next++
    for (let segment = segments[next]; segment && segment[0] < end; segment = segments[++next]) {
      const file = segment.length > 1 ? map.sources[segment[1]!] : undefined
      if (!file) continue
      const line = segment[2]! + 1
      if (last === `${file}:${line}`) continue
      last = `${file}:${line}`
      const bytes = [I64_CONST, ...i64(MARK | BigInt(places.length)), DROP]
      insertions.push({ at: Math.max(segment[0], start), bytes })
      places.push({ file, line })
    }
  }
  return { wasm: insertCode(wasm, insertions), places }
}

/** The place that a line of wasm2c's C marks, if it is a marker. */
export function markedPlace(line: string, places: Place[]): Place | undefined {
  const value = /^\s*var_j\d+ = (\d+)ull;$/.exec(line)?.[1]
  if (!value || BigInt(value) >> 32n !== MARK >> 32n) return undefined
  return places[Number(BigInt(value) & 0xffff_ffffn)]
}
