/** What the console says to the person at the keyboard, in lines of its own. */

import {
  STATE_CRASHED,
  STATE_DEFINED,
  STATE_PAUSED,
  STATE_RUNNING,
  STATE_STARTING,
  STATE_STOPPED,
  STATE_STOPPING,
} from '../abi/life'
import { byteOf } from '../lib/literal'
import { vmState } from './core'
import { accept } from './output'
import { CONSOLE, outputOf, sourceAt } from './source'

/** The longest line, so that a line is printed whole or not at all. */
const LONGEST: u32 = 128

export function hasRoom(): boolean {
  return outputOf(CONSOLE).used() + LONGEST < 2048
}

/** The number of characters said. */
export function say(words: string): u32 {
  let count: u32 = 0
  for (; byteOf(words, count); count++) accept(CONSOLE, byteOf(words, count))
  return count
}

export function sayByte(ch: u32): void {
  accept(CONSOLE, ch)
}

export function pad(columns: u32): void {
  for (let i: u32 = 0; i < columns; i++) accept(CONSOLE, 0x20)
}

/** Decimal, with blanks in front up to `columns`. */
export function number(value: u64, columns: u32): void {
  let divisor: u64 = 1
  let digits: u32 = 1
  while (value / divisor >= 10) {
    divisor *= 10
    digits += 1
  }
  if (digits < columns) pad(columns - digits)
  for (; divisor; divisor /= 10) accept(CONSOLE, 0x30 + <u32>((value / divisor) % 10))
}

export function name(vm: u32, columns: u32): void {
  const source = sourceAt(vm)
  for (let i: u32 = 0; i < source.nameLength || i < columns; i++) {
    accept(CONSOLE, i < source.nameLength ? source.nameAt(i) : 0x20)
  }
}

/** `vm`: who has the keyboard; `alone`: and the screen to itself. */
export function sayFocus(vm: u32, alone: boolean): void {
  if (!hasRoom()) return
  say(alone ? 'screen and keyboard: ' : 'screen: all; keyboard: ')
  name(vm, 0)
  say(alone ? ' (Ctrl-] 0 shows all)\n' : '\n')
}

export function sayNoSuchVm(): void {
  if (!hasRoom()) return
  say('no such VM, or more than one: Ctrl-] ? lists them\n')
}

export function sayNoControl(): void {
  if (hasRoom()) say('no commands: the config says control: false\n')
}

export function sayColour(on: boolean): void {
  if (!hasRoom()) return
  say(on ? 'colours on\n' : 'colours off\n')
}

export function sayVms(vmCount: u32, keyboard: u32): void {
  for (let vm: u32 = 0; vm < vmCount; vm++) {
    if (!hasRoom()) return
    if (sourceAt(vm).nameLength === 0) continue
    number(vm + 1, 2)
    say(' ')
    name(vm, 16)
    say(stateName(vmState(vm)))
    say(vm === keyboard ? ', has the keyboard\n' : '\n')
  }
  if (!hasRoom()) return
  say('Ctrl-] then 1 to 9, or a name and Enter: that VM alone; 0: all; c: colours; :: commands; Ctrl-]: types it\n')
}

export function stateName(state: u32): string {
  switch (state) {
    case STATE_DEFINED:
      return ' defined'
    case STATE_STARTING:
      return ' starting'
    case STATE_RUNNING:
      return ' running'
    case STATE_PAUSED:
      return ' paused'
    case STATE_STOPPING:
      return ' stopping'
    case STATE_STOPPED:
      return ' stopped'
    case STATE_CRASHED:
      return ' crashed'
  }
  return ' absent'
}
