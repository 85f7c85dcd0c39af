/** Goes through one JSON text value by value, in one pass, and refuses what RFC 8259 does not allow. No recursion: what is open is
 * a bit for each level. */

import { DEPTH_MOST } from '../../abi/control'
import { beginTokens, nextToken, Token, tokenFrom, tokenTo } from './token'

export enum Value {
  /** The text is over, and was JSON. */
  Over,
  Broken,
  TooDeep,
  Text,
  Number,
  Word,
  /** Its members come next, one level deeper. */
  Object,
  Array,
}

/** What may come next. */
enum Expect {
  Value,
  ValueOrEnd,
  Key,
  KeyOrEnd,
  CommaOrEnd,
  Over,
}

let expect: Expect = Expect.Value
/** How many arrays and objects are open, and a bit for each of them that is an object. */
let open: u32 = 0
let objects: u32 = 0

/** Of the last value: how many arrays and objects it stands in; where it is; and its name, empty outside of objects. */
export let depth: u32 = 0
export let valueFrom: usize = 0
export let valueTo: usize = 0
export let keyFrom: usize = 0
export let keyTo: usize = 0

export function beginValues(at: usize, length: u32): void {
  beginTokens(at, length)
  expect = Expect.Value
  open = objects = 0
}

export function nextValue(): Value {
  keyFrom = keyTo = 0
  while (true) {
    const token = nextToken()
    if (expect === Expect.Over) return token === Token.End ? Value.Over : Value.Broken
    if (expect === Expect.CommaOrEnd) {
      if (token === Token.Comma) expect = isInObject() ? Expect.Key : Expect.Value
      else if (!close(token)) return Value.Broken
    } else if (expect === Expect.Key || expect === Expect.KeyOrEnd) {
      if (token === Token.Text) {
        keyFrom = tokenFrom
        keyTo = tokenTo
        if (nextToken() !== Token.Colon) return Value.Broken
        expect = Expect.Value
      } else if (expect === Expect.Key || !close(token)) return Value.Broken
    } else if (expect === Expect.ValueOrEnd && token === Token.ArrayEnd) close(token)
    else return value(token)
  }
}

function value(token: Token): Value {
  depth = open
  valueFrom = tokenFrom
  valueTo = tokenTo
  if (token === Token.ObjectBegin || token === Token.ArrayBegin) return begin(token === Token.ObjectBegin)
  if (token < Token.Text) return Value.Broken
  after()
  return token === Token.Text ? Value.Text : token === Token.Number ? Value.Number : Value.Word
}

function begin(isObject: boolean): Value {
  if (open >= <u32>DEPTH_MOST) return Value.TooDeep
  objects = (objects << 1) | (isObject ? 1 : 0)
  open++
  expect = isObject ? Expect.KeyOrEnd : Expect.ValueOrEnd
  return isObject ? Value.Object : Value.Array
}

/** False: not what ends the innermost one that is open. */
function close(token: Token): boolean {
  if (token !== (isInObject() ? Token.ObjectEnd : Token.ArrayEnd)) return false
  objects >>= 1
  open--
  after()
  return true
}

function after(): void {
  expect = open === 0 ? Expect.Over : Expect.CommaOrEnd
}

function isInObject(): boolean {
  return (objects & 1) !== 0
}
