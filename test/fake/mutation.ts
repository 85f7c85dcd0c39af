/** Damage to a flattened tree: bytes, words that matter to a parser, lengths, pieces moved about. */
import fc from 'fast-check'

export type Mutation = { at: number } & (
  | { kind: 'byte'; value: number }
  | { kind: 'word'; value: number }
  | { kind: 'copy'; from: number; size: number }
)

const HEADER_WORDS = 10
/** Tokens, lengths that are too long by little and by much, signs. */
const words = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 4, 9, 8, 16, 40, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_fffc, 0xffff_ffff),
  fc.nat(4096),
)
const place = fc.oneof(
  { weight: 1, arbitrary: fc.integer({ min: 0, max: HEADER_WORDS - 1 }).map((word) => word * 4) },
  { weight: 4, arbitrary: fc.nat(1 << 16) },
)

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('byte' as const), at: place, value: fc.nat(255) }),
    fc.record({ kind: fc.constant('word' as const), at: place, value: words }),
    fc.record({ kind: fc.constant('copy' as const), at: place, from: place, size: fc.nat(64) }),
  ),
  { minLength: 1, maxLength: 8 },
)

/** Places wrap around within the first `size` bytes. */
export function mutate(bytes: Uint8Array, list: Mutation[], size = bytes.length): Buffer {
  const out = Buffer.from(bytes)
  for (const mutation of list) {
    const at = mutation.at % size
    if (mutation.kind === 'byte') out[at] = mutation.value
    else if (mutation.kind === 'copy')
      out.copyWithin(at, mutation.from % size, Math.min(size, (mutation.from % size) + mutation.size))
    else if (size >= 4) out.writeUInt32BE(mutation.value, Math.min(at & ~3, size - 4))
  }
  return out
}
