/** Comparing NUL-terminated bytes in memory with names written in the source (ASCII; static, so nothing is allocated). */

/** `name` followed by `end`, and nothing else, stands at `at`; reads no byte at or past `limit`. */
export function equals(at: usize, limit: usize, name: string, end: u32 = 0): bool {
  const length = <usize>name.length
  if (at >= limit || limit - at <= length) return false
  const from = changetype<usize>(name)
  for (let i: usize = 0; i < length; i++) {
    if (<u16>load<u8>(at + i) != load<u16>(from + (i << 1))) return false
  }
  return load<u8>(at + length) == end
}

/** Length of the string at `at`, or -1 if no NUL comes before `limit`. */
export function lengthWithin(at: usize, limit: usize): i32 {
  for (let end = at; end < limit; end++) if (load<u8>(end) == 0) return <i32>(end - at)
  return -1
}
