/** Edits the code section of a Wasm binary in place: WebAssembly Core Specification 2.0, "Binary Format". */

const CODE_SECTION = 10
const HEADER_SIZE = 8

/** A function's instructions: [start, end) in the file, after its locals; `body` is where its size was counted from. */
export interface Body {
  body: number
  start: number
  end: number
}

/** Bytes to put before the instruction at file offset `at`. */
export interface Insertion {
  at: number
  bytes: number[]
}

export function bodiesOf(wasm: Uint8Array): Body[] {
  const bodies: Body[] = []
  const section = codeSection(wasm)
  const reader = new Reader(wasm, section.start)
  for (let left = reader.u32(); left > 0; left--) {
    const size = reader.u32()
    const body = reader.at
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32()
      reader.at++
    }
    bodies.push({ body, start: reader.at, end: body + size })
    reader.at = body + size
  }
  return bodies
}

/** `insertions` in order of offset, each within a body's instructions. */
export function insertCode(wasm: Uint8Array, insertions: Insertion[]): Uint8Array {
  const section = codeSection(wasm)
  const bodies = bodiesOf(wasm)
  const code: number[] = [...u32(bodies.length)]
  let next = 0
  for (const { body, end } of bodies) {
    const edited: number[] = []
    let from = body
    for (let insertion = insertions[next]; insertion && insertion.at < end; insertion = insertions[++next]) {
      edited.push(...wasm.subarray(from, insertion.at), ...insertion.bytes)
      from = insertion.at
    }
    edited.push(...wasm.subarray(from, end))
    code.push(...u32(edited.length), ...edited)
  }
  const before = wasm.subarray(0, section.id)
  return Uint8Array.from([...before, CODE_SECTION, ...u32(code.length), ...code, ...wasm.subarray(section.end)])
}

/** Signed LEB128 of a 64-bit value. */
export function i64(value: bigint): number[] {
  const bytes: number[] = []
  for (;;) {
    const byte = Number(value & 0x7fn)
    value >>= 7n
    if ((value === 0n && byte < 0x40) || (value === -1n && byte >= 0x40)) return [...bytes, byte]
    bytes.push(byte | 0x80)
  }
}

function u32(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)]
}

function codeSection(wasm: Uint8Array): { id: number; start: number; end: number } {
  const reader = new Reader(wasm, HEADER_SIZE)
  while (reader.at < wasm.length) {
    const id = reader.at++
    const size = reader.u32()
    if (wasm[id] === CODE_SECTION) return { id, start: reader.at, end: reader.at + size }
    reader.at += size
  }
  return { id: wasm.length, start: wasm.length, end: wasm.length }
}

class Reader {
  at: number
  private readonly wasm: Uint8Array
  constructor(wasm: Uint8Array, at: number) {
    this.wasm = wasm
    this.at = at
  }

  u32(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.wasm[this.at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }
}
