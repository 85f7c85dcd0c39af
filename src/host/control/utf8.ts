/** Whether bytes are well-formed UTF-8: The Unicode Standard, table "Well-Formed UTF-8 Byte Sequences". */

export function isUtf8(at: usize, length: u32): boolean {
  let i: u32 = 0
  while (i < length) {
    const ch: u32 = load<u8>(at + i)
    i += 1
    if (ch < 0x80) continue
    if (ch < 0xc2 || ch > 0xf4) return false
    const more: u32 = ch < 0xe0 ? 1 : ch < 0xf0 ? 2 : 3
    if (length - i < more) return false
    // The second byte shuts out overlong forms, surrogates and what lies above U+10FFFF.
    const low: u32 = ch === 0xe0 ? 0xa0 : ch === 0xf0 ? 0x90 : 0x80
    const high: u32 = ch === 0xed ? 0x9f : ch === 0xf4 ? 0x8f : 0xbf
    if (!isWithin(at + i, low, high)) return false
    for (let k: u32 = 1; k < more; k++) if (!isWithin(at + i + k, 0x80, 0xbf)) return false
    i += more
  }
  return true
}

function isWithin(at: usize, low: u32, high: u32): boolean {
  const ch: u32 = load<u8>(at)
  return ch >= low && ch <= high
}
