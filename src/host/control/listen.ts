/** Tells a request's bytes from what is typed: a record begins with RS and an object or array, ends with LF, and holds no other control
 * byte than blanks. What is no record is the keyboard's. */

import { RECORD_END, RECORD_START, REQUEST_MOST } from '../../abi/control'
import { typed } from '../keyboard'
import { serve, serveTooLong } from './serve'

enum State {
  Typing,
  /** RS came: a record, if the next byte begins one. */
  Begun,
  Record,
}

const REQUEST = memory.data(512)
if (REQUEST_MOST !== 512) ERROR('listen: REQUEST holds one request')

let state: State = State.Typing
/** Bytes so far, those that found no room too. */
let length: u32 = 0

/** False: whoever has the keyboard has no room for the byte now. */
export function hear(ch: u32): bool {
  if (state === State.Record) return recordByte(ch)
  if (ch === RECORD_START) {
    state = State.Begun
    return true
  }
  if (state === State.Typing) return typed(ch)
  if (ch === 0x7b || ch === 0x5b) {
    state = State.Record
    length = 0
    return recordByte(ch)
  }
  // Ctrl-^ and a key: it was a person.
  if (!typed(RECORD_START)) return false
  state = State.Typing
  return typed(ch)
}

function recordByte(ch: u32): bool {
  if (ch === RECORD_START) {
    // The rest of the last one was lost on the way.
    if (length) serve(REQUEST, min<u32>(length, REQUEST_MOST))
    state = State.Begun
    return true
  }
  if (ch === RECORD_END) {
    state = State.Typing
    if (length > <u32>REQUEST_MOST) serveTooLong()
    else serve(REQUEST, length)
    return true
  }
  // Somebody types: whoever began the record is gone.
  if (ch < 0x20 && ch !== 0x09 && ch !== 0x0d) {
    state = State.Typing
    return typed(ch)
  }
  if (length < <u32>REQUEST_MOST) store<u8>(REQUEST + length, ch as u8)
  if (length <= <u32>REQUEST_MOST) length += 1
  return true
}
