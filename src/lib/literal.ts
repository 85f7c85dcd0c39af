/** A string of the source: ASCII bytes with a NUL behind the last, wherever the build put them (tool/compile/literal.ts). */

export function isEmpty(text: string): bool {
  return byteOf(text, 0) === 0
}

/** Byte `i`; 0 behind the last. No byte behind that one may be asked for. */
export function byteOf(text: string, i: u32): u32 {
  return load<u8>(changetype<usize>(text) + i)
}

/** NUL-terminated bytes as a text; they must stay. */
export function textAt(at: usize): string {
  return changetype<string>(at)
}
