/** Joins a module's data segments: asc makes one for every string, and wasm2c one copy for every segment. */

const ARRAY = /^static const u8 (data_segment_data_\w+)\[\] = \{([^}]*)\};\n/gm
const LOAD = /^ *LOAD_DATA\(.*, (\d+)u, (data_segment_data_\w+), \d+\);\n/gm
/** A longer gap than this costs more as zeros in the image than as a second copy. */
const GAP = 32
const LINE = 16

interface Run {
  at: number
  bytes: number[]
}

/** wasm2c's code with one array and one LOAD_DATA for each run of neighbouring segments. */
export function joinData(code: string): string {
  const segments = new Map<string, number[]>()
  for (const [, name, list] of code.matchAll(ARRAY)) {
    segments.set(
      name!,
      [...list!.matchAll(/0x\w\w/g)].map(([byte]) => Number(byte)),
    )
  }
  const runs: Run[] = []
  const loads = [...code.matchAll(LOAD)].map(([, at, name]) => ({ at: Number(at), bytes: segments.get(name!) ?? [] }))
  for (const { at, bytes } of loads.sort((a, b) => a.at - b.at)) {
    const last = runs.at(-1)
    const gap = last ? at - last.at - last.bytes.length : GAP
    if (last && gap < GAP) last.bytes.push(...new Array<number>(gap).fill(0), ...bytes)
    else runs.push({ at, bytes: [...bytes] })
  }
  const arrays = runs.map((run, i) => `static const u8 data_${i}[] = {\n${hex(run.bytes)}};\n`)
  const copies = runs.map(({ at, bytes }, i) => `  LOAD_DATA(instance, ${at}u, data_${i}, ${bytes.length});\n`)
  return code
    .replace(ARRAY, '')
    .replace(LOAD, '')
    .replace(
      /^static void init_memories\([\s\S]*?\n}\n/m,
      (init) => arrays.join('') + init.replace(/}\n$/, `${copies.join('')}}\n`),
    )
}

function hex(bytes: number[]): string {
  const lines: string[] = []
  for (let i = 0; i < bytes.length; i += LINE) lines.push(`  ${bytes.slice(i, i + LINE).join(', ')},\n`)
  return lines.join('')
}
