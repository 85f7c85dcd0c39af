/** Records on their way out (RFC 7464): each is composed apart and goes to the UART whole or not at all, between any two bytes of
 * the human text, which whoever reads records puts together again. */

import { RECORD_END, RECORD_MOST, RECORD_START } from '../../abi/control'
import { byteOf } from '../../lib/literal'
import { RING_HEADER, Ring } from '../ring'

const WAITING_SIZE: u32 = 4096
const WAITING = memory.data(4112, 16)
const COMPOSED = memory.data(1536)
let length: u32 = 0

if (RING_HEADER + WAITING_SIZE !== 4112) ERROR('record: WAITING is a ring and its bytes')
if (RECORD_MOST !== 1536) ERROR('record: COMPOSED holds one record')

function waiting(): Ring {
  return changetype<Ring>(WAITING)
}

export function initRecords(): void {
  waiting().init(WAITING_SIZE)
}

export function beginRecord(): void {
  length = 0
  add('{"jsonrpc":"2.0",')
}

/** False: there is no room for it, or it became too long; it is forgotten. */
export function endRecord(): boolean {
  add('}')
  if (length >= <u32>RECORD_MOST || WAITING_SIZE - waiting().used() < length + 2) return false
  waiting().push(RECORD_START)
  for (let i: u32 = 0; i < length; i++) waiting().push(load<u8>(COMPOSED + i))
  waiting().push(RECORD_END)
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

export function hasRecord(): boolean {
  return waiting().used() !== 0
}

/** Up to `limit` bytes; `to` has room for them. */
export function moveRecord(to: Ring, limit: u32): void {
  for (let i: u32 = 0; i < limit && waiting().used() !== 0; i++) to.push(waiting().pop())
}
