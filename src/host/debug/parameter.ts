/** What a `debug` request asks: its parameters, once the text was found to be a request. Nothing here acts. */

import { beginValues, depth, keyFrom, keyTo, nextValue, Value, valueFrom, valueTo } from '../control/json'
import { isWord } from '../control/request'

/** The operation's name, and bytes in hexadecimal: places in the text, without their quotes. */
export let opFrom: usize = 0
export let opTo: usize = 0
export let dataFrom: usize = 0
export let dataTo: usize = 0
/** Numbers, 0 where they are missing; `at` is written in hexadecimal. */
export let vcpu: u32 = 0
export let count: u32 = 0
export let at: u64 = 0

/** False: one of them is none. The text is a request: its braces and quotes are in order. */
export function readParameters(text: usize, length: u32): boolean {
  opFrom = opTo = dataFrom = dataTo = 0
  vcpu = count = 0
  at = 0
  let inParams = false
  beginValues(text, length)
  while (true) {
    const value = nextValue()
    if (value <= Value.TooDeep) return true
    if (depth === 1) inParams = isWord(keyFrom + 1, keyTo - 1, 'params')
    if (depth === 2 && inParams && !take(value)) return false
  }
}

function take(value: Value): boolean {
  const isText = value === Value.Text
  if (isKey('op')) {
    opFrom = valueFrom + 1
    opTo = valueTo - 1
    return isText
  }
  if (isKey('data')) {
    dataFrom = valueFrom + 1
    dataTo = valueTo - 1
    return isText && isHex(dataFrom, dataTo)
  }
  if (isKey('vcpu')) {
    vcpu = decimal()
    return value === Value.Number && vcpu !== BAD
  }
  if (isKey('count')) {
    count = decimal()
    return value === Value.Number && count !== BAD
  }
  if (!isKey('at')) return true
  const digits = valueTo - valueFrom - 4
  if (!isText || digits < 1 || digits > 16 || load<u16>(valueFrom + 1) !== 0x7830) return false
  const from = valueFrom + 3
  for (let i: usize = 0; i < digits; i++) at = (at << 4) | digit(load<u8>(from + i))
  return isHex(from, from + digits)
}

function isKey(name: string): boolean {
  return isWord(keyFrom + 1, keyTo - 1, name)
}

const BAD: u32 = u32.MAX_VALUE

/** The value, a JSON number: up to four digits, or BAD. */
function decimal(): u32 {
  if (valueTo - valueFrom > 4) return BAD
  let number: u32 = 0
  for (let place = valueFrom; place < valueTo; place++) {
    const ch: u32 = load<u8>(place)
    if (ch < 0x30 || ch > 0x39) return BAD
    number = number * 10 + ch - 0x30
  }
  return number
}

export function isOp(name: string): boolean {
  return isWord(opFrom, opTo, name)
}

/** Bytes of `data`. */
export function dataSize(): u32 {
  return <u32>(dataTo - dataFrom) >> 1
}

export function dataByte(i: u32): u32 {
  const place = dataFrom + ((<usize>i) << 1)
  return (digit(load<u8>(place)) << 4) | digit(load<u8>(place + 1))
}

/** The first eight bytes of `data` as a number, the lowest first. */
export function dataWord(): u64 {
  let word: u64 = 0
  for (let i: u32 = 0; i < min<u32>(dataSize(), 8); i++) word |= (<u64>dataByte(i)) << (i << 3)
  return word
}

function digit(ch: u32): u32 {
  return ch <= 0x39 ? ch - 0x30 : (ch | 0x20) - 0x57
}

function isHex(from: usize, to: usize): boolean {
  for (let place = from; place < to; place++) {
    const ch: u32 = load<u8>(place)
    const lower = ch | 0x20
    if (!(ch >= 0x30 && ch <= 0x39) && !(lower >= 0x61 && lower <= 0x66)) return false
  }
  return true
}
