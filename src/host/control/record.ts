/** Records on their way out (RFC 7464): each is composed apart and goes to its lines whole or not at all, at the console between any
 * two bytes of the human text, which whoever reads records puts together again. */

import { LINE_SERIAL, RECORD_END, RECORD_MOST, RECORD_START } from '../../abi/control'
import { byteOf } from '../../lib/literal'
import { roomForOutgoing, waitingOn } from '../outgoing'
import { currentLine } from './line'
import { pumpWire } from './wire'

const COMPOSED = memory.data(1536)
let length: u32 = 0

if (RECORD_MOST !== 1536) ERROR('record: COMPOSED holds one record')

export function beginRecord(): void {
  length = 0
  add('{"jsonrpc":"2.0",')
}

/** The line that asked gets it. False: there is no room for it, or it became too long; it is forgotten. */
export function endRecord(): boolean {
  add('}')
  return sendTo(currentLine())
}

/** What was composed, once it is whole. */
export function sendTo(line: u32): boolean {
  if (length >= <u32>RECORD_MOST || roomForOutgoing(line) < length + 2) return false
  const waiting = waitingOn(line)
  waiting.push(RECORD_START)
  for (let i: u32 = 0; i < length; i++) waiting.push(load<u8>(COMPOSED + i))
  waiting.push(RECORD_END)
  if (line === LINE_SERIAL) pumpWire()
  return true
}

export function addByte(ch: u32): void {
  if (length >= <u32>RECORD_MOST) return
  store<u8>(COMPOSED + length, ch as u8)
  length += 1
}

export function add(words: string): void {
  for (let i: u32 = 0; byteOf(words, i); i++) addByte(byteOf(words, i))
}

/** Bytes that are JSON already. */
export function addBytes(from: usize, to: usize): void {
  for (let at = from; at < to; at++) addByte(load<u8>(at))
}

/** A character within a JSON text. */
export function addCharacter(ch: u32): void {
  // No control bytes reach us: what could end or escape a text is all that is left.
  addByte(ch === 0x22 || ch === 0x5c || ch < 0x20 || ch > 0x7e ? 0x3f : ch)
}

export function addNumber(value: u64): void {
  let divisor: u64 = 1
  while (value / divisor >= 10) divisor *= 10
  for (; divisor; divisor /= 10) addByte(0x30 + <u32>((value / divisor) % 10))
}

/** `"name":value` behind a comma. */
export function addField(name: string, value: u64): void {
  add(',"')
  add(name)
  add('":')
  addNumber(value)
}

/** The same with a text, of words of our own. */
export function addWord(name: string, words: string): void {
  add(',"')
  add(name)
  add('":"')
  add(words)
  add('"')
}
