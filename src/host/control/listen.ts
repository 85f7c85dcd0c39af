/** Tells a request's bytes from what is typed: a record begins with RS and an object or array, ends with LF, and holds no other control
 * byte than blanks. What is no record is the keyboard's. */

import { LINE_GUEST, LINE_SERIAL, RECORD_END, RECORD_START, REQUEST_MOST } from '../../abi/control'
import { typed } from '../keyboard'
import { currentLine, Line, lineAt, requestOf, turnTo } from './line'
import { serve, serveTooLong } from './serve'
import { isWired } from './wire'

enum State {
  Typing,
  /** RS came: a record, if the next byte begins one. */
  Begun,
  Record,
}

/** From the console's UART. False: whoever has the keyboard has no room for the byte now. */
export function hear(ch: u32): bool {
  if (isWired()) return typed(ch)
  turnTo(LINE_SERIAL)
  return hearOn(lineAt(LINE_SERIAL), ch)
}

/** From the UART that has records alone. */
export function hearWire(ch: u32): void {
  turnTo(LINE_SERIAL)
  hearOn(lineAt(LINE_SERIAL), ch)
}

/** From the VM that holds `control`: nobody types there, so that what is no record is nobody's. */
export function hearGuest(ch: u32): void {
  turnTo(LINE_GUEST)
  hearOn(lineAt(LINE_GUEST), ch)
}

function hearOn(line: Line, ch: u32): bool {
  if (line.state === State.Record) return recordByte(line, ch)
  if (ch === RECORD_START) {
    line.state = State.Begun
    return true
  }
  if (line.state === State.Typing) return text(ch)
  if (ch === 0x7b || ch === 0x5b) {
    line.state = State.Record
    line.length = 0
    return recordByte(line, ch)
  }
  // Ctrl-^ and a key: it was a person.
  if (!text(RECORD_START)) return false
  line.state = State.Typing
  return text(ch)
}

function text(ch: u32): bool {
  return currentLine() !== LINE_SERIAL || isWired() || typed(ch)
}

function recordByte(line: Line, ch: u32): bool {
  const length = line.length
  if (ch === RECORD_START) {
    // The rest of the last one was lost on the way.
    if (length) serve(requestOf(line), min<u32>(length, REQUEST_MOST))
    line.state = State.Begun
    return true
  }
  if (ch === RECORD_END) {
    line.state = State.Typing
    if (length > <u32>REQUEST_MOST) serveTooLong()
    else serve(requestOf(line), length)
    return true
  }
  // Somebody types: whoever began the record is gone.
  if (ch < 0x20 && ch !== 0x09 && ch !== 0x0d) {
    line.state = State.Typing
    return text(ch)
  }
  if (length < <u32>REQUEST_MOST) store<u8>(requestOf(line) + length, ch as u8)
  if (length <= <u32>REQUEST_MOST) line.length = length + 1
  return true
}
