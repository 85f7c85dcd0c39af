/**
 * The serial line of a board whose config has a key: locked until a client has answered a nonce, and again once it has said `bye` or
 * nothing for a minute. core has the key and decides; of a VM's line the config has decided. doc/control.md.
 */

import {
  ERROR_LATER,
  ERROR_LOCKED,
  ERROR_NO_CHALLENGE,
  ERROR_PARAMS,
  ERROR_WRONG_KEY,
  KEY_SIZE,
  LINE_SERIAL,
  PROTOCOL_VERSION,
  UNLOCK_LATER,
  UNLOCK_RIGHT,
  UNLOCK_WRONG,
  UNLOCKED_MS,
} from '../../abi/control'
import { closeSession, hasSessionOn } from '../attachment'
import { challengeWord, keyed, offerWord, proofWord, ticks, unlock, unlockWait } from '../core'
import { currentLine } from './line'
import { add, addByte, addField, addNumber, endRecord } from './record'
import { beginReply, refuse, refuseFor } from './reply'
import { answerFrom, answerTo, isMethod, nonceFrom, nonceTo } from './request'
import { frequency } from './session'

const WORDS: u32 = KEY_SIZE / 8
const DIGITS: usize = KEY_SIZE * 2

/** The count at which the serial line is locked again; 0: it is. */
let openUntil: u64 = 0

export function isLocked(): bool {
  return currentLine() === LINE_SERIAL && isConsoleLocked()
}

function isConsoleLocked(): bool {
  return keyed() !== 0 && ticks() >= openUntil
}

/** Nobody types a key: the prompt is for lines without one. */
export function hasKey(): bool {
  return keyed() !== 0
}

/** A request came on a line that is open. */
export function stayOpen(): void {
  if (currentLine() === LINE_SERIAL) openUntil = ticks() + (UNLOCKED_MS / 1000) * frequency
}

/** Whether events go to the serial line: who has gone is told nothing. */
export function consoleListens(): bool {
  if (!hasSessionOn(LINE_SERIAL)) return false
  if (!isConsoleLocked()) return true
  closeSession(LINE_SERIAL)
  return false
}

/** `bye`: whoever asked is gone. */
export function serveBye(): void {
  closeSession(currentLine())
  if (currentLine() === LINE_SERIAL) openUntil = 0
  beginReply()
  add('{}')
  endRecord()
}

/** On a locked line. */
export function serveLocked(): void {
  if (isMethod('hello')) serveChallenge()
  else if (isMethod('authenticate')) serveAnswer()
  else refuse(ERROR_LOCKED)
}

/** Nothing of the board but what a client needs to answer. */
function serveChallenge(): void {
  beginReply()
  add('{"protocol":')
  addNumber(PROTOCOL_VERSION)
  add(',"challenge":"')
  for (let i: u32 = 0; i < WORDS; i++) addWordBytes(challengeWord(i))
  add('"')
  addField('wait', unlockWait())
  add('}')
  endRecord()
}

function serveAnswer(): void {
  if (!offer(nonceFrom, nonceTo, 0) || !offer(answerFrom, answerTo, WORDS)) {
    refuse(ERROR_PARAMS)
    return
  }
  const code = unlock()
  if (code === UNLOCK_RIGHT) {
    stayOpen()
    beginReply()
    add('{"proof":"')
    for (let i: u32 = 0; i < WORDS; i++) addWordBytes(proofWord(i))
    add('"}')
    endRecord()
  } else if (code === UNLOCK_LATER) refuseFor(ERROR_LATER, unlockWait())
  else if (code === UNLOCK_WRONG) refuseFor(ERROR_WRONG_KEY, unlockWait())
  else refuse(ERROR_NO_CHALLENGE)
}

/** Hexadecimal digits as words from `first` on. False: not so many, or none. */
function offer(from: usize, to: usize, first: u32): bool {
  if (to - from !== DIGITS) return false
  for (let i: u32 = 0; i < WORDS; i++) {
    let word: u64 = 0
    for (let byte: u32 = 0; byte < 8; byte++) {
      const at = from + (i << 4) + (byte << 1)
      const value = (digit(load<u8>(at)) << 4) | digit(load<u8>(at + 1))
      if (value > 0xff) return false
      word |= (<u64>value) << (byte << 3)
    }
    offerWord(first + i, word)
  }
  return true
}

/** 0x100 and more: it is none. */
function digit(ch: u32): u32 {
  if (ch >= 0x30 && ch <= 0x39) return ch - 0x30
  return ch >= 0x61 && ch <= 0x66 ? ch - 0x57 : 0x100
}

/** Lowest byte first. */
function addWordBytes(word: u64): void {
  let rest = word
  for (let i = 0; i < 8; i++, rest >>= 8) {
    addDigit(<u32>(rest >> 4) & 15)
    addDigit(<u32>rest & 15)
  }
}

function addDigit(value: u32): void {
  addByte(value < 10 ? 0x30 + value : 0x57 + value)
}
