/** The tokens of one JSON text, which is UTF-8. RFC 8259, "JSON Grammar". Nothing is copied: a token is a place in the text. */

export enum Token {
  End,
  Bad,
  ObjectBegin,
  ObjectEnd,
  ArrayBegin,
  ArrayEnd,
  Colon,
  Comma,
  Text,
  Number,
  /** true, false, null. */
  Word,
}

const QUOTE: u32 = 0x22
const BACKSLASH: u32 = 0x5c

let at: usize = 0
let end: usize = 0
/** The last token: from its first byte up to, not with, `tokenTo`; a text's quotes belong to it. */
export let tokenFrom: usize = 0
export let tokenTo: usize = 0

export function beginTokens(from: usize, length: u32): void {
  at = from
  end = from + length
}

export function nextToken(): Token {
  while (at < end && isBlank(load<u8>(at))) at++
  tokenFrom = at
  const token = at < end ? scan(load<u8>(at)) : Token.End
  tokenTo = at
  return token
}

function isBlank(ch: u32): boolean {
  return ch === 0x20 || ch === 0x09 || ch === 0x0a || ch === 0x0d
}

function scan(ch: u32): Token {
  if (ch === QUOTE) return text()
  if (ch === 0x2d || isDigit(ch)) return number()
  if (ch >= 0x61 && ch <= 0x7a) return word(ch)
  at++
  switch (ch) {
    case 0x7b:
      return Token.ObjectBegin
    case 0x7d:
      return Token.ObjectEnd
    case 0x5b:
      return Token.ArrayBegin
    case 0x5d:
      return Token.ArrayEnd
    case 0x3a:
      return Token.Colon
    case 0x2c:
      return Token.Comma
  }
  return Token.Bad
}

function text(): Token {
  at++
  while (at < end) {
    const ch: u32 = load<u8>(at)
    at++
    if (ch === QUOTE) return Token.Text
    if (ch < 0x20) return Token.Bad
    if (ch === BACKSLASH && !escape()) return Token.Bad
  }
  return Token.Bad
}

/** Behind a backslash. */
function escape(): boolean {
  if (at >= end) return false
  const ch: u32 = load<u8>(at)
  at++
  switch (ch) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return true
    case 0x75: // u
      for (let i = 0; i < 4; i++, at++) if (at >= end || !isHex(load<u8>(at))) return false
      return true
  }
  return false
}

/** No leading zeroes, and a digit on both sides of a point. */
function number(): Token {
  if (load<u8>(at) === 0x2d) at++
  const from = at
  if (!digits()) return Token.Bad
  if (load<u8>(from) === 0x30 && at - from > 1) return Token.Bad
  if (at < end && load<u8>(at) === 0x2e) {
    at++
    if (!digits()) return Token.Bad
  }
  if (at < end && (load<u8>(at) | 0x20) === 0x65) {
    at++
    if (at < end && (load<u8>(at) === 0x2b || load<u8>(at) === 0x2d)) at++
    if (!digits()) return Token.Bad
  }
  return Token.Number
}

function digits(): boolean {
  const from = at
  while (at < end && isDigit(load<u8>(at))) at++
  return at !== from
}

function word(first: u32): Token {
  const length: usize = first === 0x66 ? 5 : 4
  if (end - at < length) return Token.Bad
  // "true", "null", "fals" as little-endian words.
  const head = load<u32>(at)
  const isKnown =
    first === 0x66 ? head === 0x736c_6166 && load<u8>(at + 4) === 0x65 : head === 0x6575_7274 || head === 0x6c6c_756e
  if (!isKnown) return Token.Bad
  at += length
  return Token.Word
}

function isDigit(ch: u32): boolean {
  return ch >= 0x30 && ch <= 0x39
}

function isHex(ch: u32): boolean {
  const lower = ch | 0x20
  return isDigit(ch) || (lower >= 0x61 && lower <= 0x66)
}
