/** Monitor commands out of a typed line: a word of this list, and a VM's name where the command wants one. Nothing here acts. */

import { CONTROL_PAUSE, CONTROL_RESTART, CONTROL_RESUME, CONTROL_START, CONTROL_STOP } from '../abi/life'
import { byteOf } from '../lib/literal'

export enum Command {
  /** The line is empty. */
  None,
  Unknown,
  Help,
  List,
  Explain,
  /** One of CONTROL_*: `Control + what`. */
  Control,
}

/** Characters of a line; a longer one is not executed. */
export const LINE_SIZE: u32 = 64
const SPACE: u32 = 0x20

/** The line that is being typed. */
const LINE = memory.data(64)
let length: u32 = 0
/** Where its second word is. */
let nameFrom: u32 = 0
let nameTo: u32 = 0
let isMore = false

export function beginLine(): void {
  length = 0
}

/** False: the line is full. */
export function pushLine(ch: u32): boolean {
  if (length >= LINE_SIZE) return false
  store<u8>(LINE + length, ch as u8)
  length += 1
  return true
}

/** False: there is nothing to take back. */
export function popLine(): boolean {
  if (length === 0) return false
  length -= 1
  return true
}

/** What the line asks; `Command.Control` and above carry what. */
export function parseLine(): u32 {
  const from = skip(0, true)
  const to = skip(from, false)
  nameFrom = skip(to, true)
  nameTo = skip(nameFrom, false)
  isMore = skip(nameTo, true) < length
  if (from === to) return Command.None
  if (isWord(from, to, 'ps')) return Command.List
  if (isWord(from, to, 'help') || isWord(from, to, '?')) return Command.Help
  if (isWord(from, to, 'explain')) return Command.Explain
  if (isWord(from, to, 'start')) return Command.Control + CONTROL_START
  if (isWord(from, to, 'stop')) return Command.Control + CONTROL_STOP
  if (isWord(from, to, 'restart')) return Command.Control + CONTROL_RESTART
  if (isWord(from, to, 'pause')) return Command.Control + CONTROL_PAUSE
  if (isWord(from, to, 'resume')) return Command.Control + CONTROL_RESUME
  return Command.Unknown
}

/** Words behind the command: 0, 1, or 2 for more than one. */
export function operandCount(): u32 {
  return nameFrom === nameTo ? 0 : isMore ? 2 : 1
}

export function operandLength(): u32 {
  return nameTo - nameFrom
}

export function operandAt(i: u32): u32 {
  return lineAt(nameFrom + i)
}

/** The first position from `at` on that is no space, or that is one. */
function skip(at: u32, spaces: boolean): u32 {
  let to = at
  while (to < length && (lineAt(to) === SPACE) === spaces) to++
  return to
}

function isWord(from: u32, to: u32, word: string): boolean {
  let i: u32 = 0
  for (; byteOf(word, i); i++) if (from + i >= to || lineAt(from + i) !== byteOf(word, i)) return false
  return from + i === to
}

function lineAt(i: u32): u32 {
  return load<u8>(LINE + i)
}
