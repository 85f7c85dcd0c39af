/** One request of the control protocol out of a record: JSON-RPC 2.0, "Request object". Nothing here acts. */

import { ERROR_NOT_UTF8, ERROR_PARAMS, ERROR_PARSE, ERROR_REQUEST, ERROR_TOO_DEEP, ID_MOST } from '../../abi/control'
import { byteOf } from '../../lib/literal'
import { beginValues, depth, keyFrom, keyTo, nextValue, Value, valueFrom, valueTo } from './json'
import { isUtf8 } from './utf8'

enum Field {
  None,
  Version = 1,
  Id = 2,
  Method = 4,
  Params = 8,
  Vm = 16,
  Keep = 32,
  Columns = 64,
  Rows = 128,
  Template = 256,
  Force = 512,
  Port = 1024,
  Nonce = 2048,
  Answer = 4096,
}

/** Members that were there. */
let found: u32 = 0
/** `id` as it was written; the method's and the VM's name without their quotes. */
export let idFrom: usize = 0
export let idTo: usize = 0
let methodFrom: usize = 0
let methodTo: usize = 0
export let vmFrom: usize = 0
export let vmTo: usize = 0
/** Bytes that a VM is to keep; a terminal's size; NO_NUMBER each if it was not named. */
export let keep: u64 = u64.MAX_VALUE
export let columns: u64 = u64.MAX_VALUE
export let rows: u64 = u64.MAX_VALUE
export const NO_NUMBER: u64 = u64.MAX_VALUE
/** JSON's numbers are exact up to here. RFC 8259, "Numbers". */
const DIGITS_MOST: usize = 15
export let templateFrom: usize = 0
export let templateTo: usize = 0
export let isForced = false
export let portFrom: usize = 0
export let portTo: usize = 0
/** A client's, and what it makes of the board's. */
export let nonceFrom: usize = 0
export let nonceTo: usize = 0
export let answerFrom: usize = 0
export let answerTo: usize = 0

/** 0, or an ERROR_*. The places stay true as long as the text does; no id was found where `idTo` is 0. */
export function parseRequest(at: usize, length: u32): u32 {
  found = 0
  keep = columns = rows = NO_NUMBER
  idFrom = idTo = methodFrom = methodTo = vmFrom = vmTo = templateFrom = templateTo = portFrom = portTo = 0
  nonceFrom = nonceTo = answerFrom = answerTo = 0
  isForced = false
  if (!isUtf8(at, length)) return ERROR_NOT_UTF8
  const wrong = members(at, length)
  if (wrong) return wrong
  const wanted = Field.Version | Field.Id | Field.Method
  return (found & wanted) === wanted ? 0 : ERROR_REQUEST
}

/** The whole text is gone through even when something is wrong: whose request it was may stand behind. */
function members(at: usize, length: u32): u32 {
  let wrong: u32 = 0
  let inParams = false
  beginValues(at, length)
  while (true) {
    const value = nextValue()
    if (value === Value.Over) return wrong
    if (value === Value.Broken) return ERROR_PARSE
    if (value === Value.TooDeep) return ERROR_TOO_DEEP
    if (depth === 0 && value !== Value.Object) wrong = ERROR_REQUEST
    if (depth === 1) inParams = false
    const field =
      keyFrom === 0 || depth > 2 ? Field.None : depth === 1 ? ofRequest() : inParams ? ofParams() : Field.None
    if (field === Field.None) continue
    if (found & field || !take(field, value)) {
      if (!wrong) wrong = field >= Field.Vm ? ERROR_PARAMS : ERROR_REQUEST
    }
    found |= field
    if (field === Field.Params) inParams = true
  }
}

function ofRequest(): Field {
  if (isText(keyFrom, keyTo, 'jsonrpc')) return Field.Version
  if (isText(keyFrom, keyTo, 'id')) return Field.Id
  if (isText(keyFrom, keyTo, 'method')) return Field.Method
  return isText(keyFrom, keyTo, 'params') ? Field.Params : Field.None
}

function ofParams(): Field {
  if (isText(keyFrom, keyTo, 'keep')) return Field.Keep
  if (isText(keyFrom, keyTo, 'columns')) return Field.Columns
  if (isText(keyFrom, keyTo, 'rows')) return Field.Rows
  if (isText(keyFrom, keyTo, 'vm')) return Field.Vm
  if (isText(keyFrom, keyTo, 'template')) return Field.Template
  if (isText(keyFrom, keyTo, 'port')) return Field.Port
  if (isText(keyFrom, keyTo, 'nonce')) return Field.Nonce
  if (isText(keyFrom, keyTo, 'answer')) return Field.Answer
  return isText(keyFrom, keyTo, 'force') ? Field.Force : Field.None
}

/** False: not a value that this member may have. */
function take(field: Field, value: Value): boolean {
  if (field === Field.Params) return value === Value.Object
  if (field === Field.Id) {
    if ((value !== Value.Number && value !== Value.Text) || valueTo - valueFrom > <usize>ID_MOST) return false
    idFrom = valueFrom
    idTo = valueTo
    return true
  }
  if (field === Field.Force) {
    isForced = isWord(valueFrom, valueTo, 'true')
    return value === Value.Word && !isWord(valueFrom, valueTo, 'null')
  }
  if (field >= Field.Keep && field <= Field.Rows) return value === Value.Number && takeNumber(field)
  if (value !== Value.Text) return false
  if (field === Field.Version) return isText(valueFrom, valueTo, '2.0')
  if (field === Field.Method) {
    methodFrom = valueFrom + 1
    methodTo = valueTo - 1
  } else if (field === Field.Template) {
    templateFrom = valueFrom + 1
    templateTo = valueTo - 1
  } else if (field === Field.Port) {
    portFrom = valueFrom + 1
    portTo = valueTo - 1
  } else if (field === Field.Nonce) {
    nonceFrom = valueFrom + 1
    nonceTo = valueTo - 1
  } else if (field === Field.Answer) {
    answerFrom = valueFrom + 1
    answerTo = valueTo - 1
  } else {
    vmFrom = valueFrom + 1
    vmTo = valueTo - 1
  }
  return true
}

/** Digits alone: no sign, fraction or exponent. */
function takeNumber(field: Field): bool {
  if (valueTo - valueFrom > DIGITS_MOST) return false
  let number: u64 = 0
  for (let at = valueFrom; at < valueTo; at++) {
    const digit = <u32>load<u8>(at) - 0x30
    if (digit > 9) return false
    number = number * 10 + digit
  }
  if (field === Field.Keep) keep = number
  else if (field === Field.Columns) columns = number
  else rows = number
  return true
}

export function isMethod(name: string): boolean {
  return isWord(methodFrom, methodTo, name)
}

/** A text with its quotes. Names are compared as they are written: with an escape in it a name is another. */
function isText(from: usize, to: usize, name: string): boolean {
  return load<u8>(from) === 0x22 && isWord(from + 1, to - 1, name)
}

export function isWord(from: usize, to: usize, name: string): boolean {
  let at = from
  for (let i: u32 = 0; byteOf(name, i); i++, at++) if (at >= to || load<u8>(at) !== byteOf(name, i)) return false
  return at === to
}
