/** What the console says to the person at the keyboard, in lines of its own. */

import { byteOf } from '../lib/literal'
import { vmState } from './core'
import { accept } from './output'
import { CONSOLE, outputOf, sourceAt } from './source'

/** The longest line, so that a line is printed whole or not at all. */
const LONGEST: u32 = 128

function hasRoom(): boolean {
  return outputOf(CONSOLE).used() + LONGEST < 2048
}

function text(words: string): void {
  for (let i: u32 = 0; byteOf(words, i); i++) accept(CONSOLE, byteOf(words, i))
}

function number(value: u32): void {
  if (value >= 10) accept(CONSOLE, 0x30 + value / 10)
  accept(CONSOLE, 0x30 + (value % 10))
}

function name(vm: u32, columns: u32): void {
  const source = sourceAt(vm)
  for (let i: u32 = 0; i < source.nameLength || i < columns; i++) {
    accept(CONSOLE, i < source.nameLength ? source.nameAt(i) : 0x20)
  }
}

/** `vm`: who has the keyboard; `alone`: and the screen to itself. */
export function sayFocus(vm: u32, alone: boolean): void {
  if (!hasRoom()) return
  text(alone ? 'screen and keyboard: ' : 'screen: all; keyboard: ')
  name(vm, 0)
  text(alone ? ' (Ctrl-] 0 shows all)\n' : '\n')
}

export function sayNoSuchVm(): void {
  if (!hasRoom()) return
  text('no such VM, or more than one: Ctrl-] ? lists them\n')
}

export function sayColour(on: boolean): void {
  if (!hasRoom()) return
  text(on ? 'colours on\n' : 'colours off\n')
}

export function sayVms(vmCount: u32, keyboard: u32): void {
  for (let vm: u32 = 0; vm < vmCount; vm++) {
    if (!hasRoom()) return
    if (sourceAt(vm).nameLength === 0) continue
    if (vm < 9) accept(CONSOLE, 0x20)
    number(vm + 1)
    text(' ')
    name(vm, 16)
    text(stateName(vmState(vm)))
    text(vm === keyboard ? ', has the keyboard\n' : '\n')
  }
  if (!hasRoom()) return
  text('Ctrl-] then 1 to 9, or a name and Enter: that VM alone; 0: all; c: colours; Ctrl-]: types Ctrl-]\n')
}

function stateName(state: u32): string {
  if (state === 1) return ' running'
  if (state === 2) return ' stopped'
  if (state === 3) return ' crashed'
  if (state === 4) return ' starting'
  return ' absent'
}
