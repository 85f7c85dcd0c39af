/** Comparing NUL-terminated bytes in memory with names written in the source (ASCII; static, so nothing is allocated). */

import { byteOf } from './literal'

/** `name` followed by `end`, and nothing else, stands at `at`; reads no byte at or past `limit`. */
export function equals(at: usize, limit: usize, name: string, end: u32 = 0): bool {
  for (let i: u32 = 0; at < limit; i++, at++) {
    const ch = byteOf(name, i)
    if (ch === 0) return load<u8>(at) == end
    if (load<u8>(at) != ch) return false
  }
  return false
}

/** Length of the string at `at`, or -1 if no NUL comes before `limit`. */
export function lengthWithin(at: usize, limit: usize): i32 {
  for (let end = at; end < limit; end++) if (load<u8>(end) == 0) return <i32>(end - at)
  return -1
}
