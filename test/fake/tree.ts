/** Writes flattened device trees from plain objects, faster than a compiler and without its checks. Devicetree Specification 5. */

export type Property = string | string[] | number[] | Uint8Array | true
export interface Node {
  [name: string]: Property | Node | undefined
}

const HEADER = 40
const MAGIC = 0xd00dfeed

export interface TreeOptions {
  /** Memory reservation block: address and size. */
  reserved?: [bigint, bigint][]
}

export function flatten(root: Node, { reserved = [] }: TreeOptions = {}): Buffer {
  const strings: string[] = []
  const structure = Buffer.concat([...node('', root, strings), cells([9])])
  const names = Buffer.from(strings.map((name) => `${name}\0`).join(''), 'latin1')
  const reservations = Buffer.alloc((reserved.length + 1) * 16)
  for (const [i, [address, size]] of reserved.entries()) {
    reservations.writeBigUInt64BE(address, i * 16)
    reservations.writeBigUInt64BE(size, i * 16 + 8)
  }
  const structureAt = HEADER + reservations.length
  const stringsAt = structureAt + structure.length
  const total = stringsAt + names.length
  const header = [MAGIC, total, structureAt, stringsAt, HEADER, 17, 16, 0, names.length, structure.length]
  return Buffer.concat([cells(header), reservations, structure, names])
}

/** Big-endian cells; a 64-bit number takes two. */
export function cells(values: (number | bigint)[]): Buffer {
  const out = Buffer.alloc(values.reduce<number>((size, value) => size + (typeof value === 'bigint' ? 8 : 4), 0))
  let at = 0
  for (const value of values)
    at = typeof value === 'bigint' ? out.writeBigUInt64BE(value, at) : out.writeUInt32BE(value, at)
  return out
}

function* node(name: string, { ...entries }: Node, strings: string[]): Generator<Buffer> {
  yield Buffer.concat([cells([1]), padded(Buffer.from(`${name}\0`, 'latin1'))])
  const isNode = (value: unknown): value is Node =>
    typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)
  for (const [key, value] of Object.entries(entries)) {
    if (value === undefined || isNode(value)) continue
    const bytes = data(value)
    yield Buffer.concat([cells([3, bytes.length, offsetOf(key, strings)]), padded(bytes)])
  }
  for (const [key, value] of Object.entries(entries)) if (isNode(value)) yield* node(key, value, strings)
  yield cells([2])
}

function data(value: Property): Buffer {
  if (value === true) return Buffer.alloc(0)
  if (typeof value === 'string') return Buffer.from(`${value}\0`, 'latin1')
  if (value instanceof Uint8Array) return Buffer.from(value)
  const [first] = value
  return typeof first === 'string' ? data(value.join('\0')) : cells(value as number[])
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])
}

function offsetOf(name: string, strings: string[]): number {
  let at = 0
  for (const known of strings) {
    if (known === name) return at
    at += known.length + 1
  }
  strings.push(name)
  return at
}
