/**
 * Who gets what is typed, and the commands behind Ctrl-]:
 * 1 to 9 or a name's beginning and Enter: keyboard and raw screen to that VM; 0: all VMs' lines, keyboard to the first;
 * ?: list; :: a command line (monitor.ts); c: colours on or off; Ctrl-] again: types Ctrl-]. A name that begins with c is typed with a capital C.
 */

import { isAttached } from './attachment'
import { typeFor } from './input'
import { beginMonitor, monitorByte } from './monitor'
import { sayColour, sayFocus, sayNoControl, sayNoSuchVm, sayVms } from './notice'
import { isColoured, setColoured } from './screen'
import { NAME_SIZE, NOBODY, sourceAt } from './source'
import { focusOf, setFocus } from './turn'

const CTRL_BRACKET: u32 = 0x1d
const ESC: u32 = 0x1b

enum Mode {
  Typing,
  Command,
  Name,
  Monitor,
}

let mode: Mode = Mode.Typing
let vmCount: u32 = 0
/** The beginning of a name, as far as it is typed. */
const TYPED = memory.data(32)
let typedLength: u32 = 0

export function initKeyboard(count: u32): void {
  vmCount = count
}

/** False: whoever has the keyboard has no room for the byte now. */
export function typed(ch: u32): bool {
  if (mode === Mode.Typing && ch !== CTRL_BRACKET) return typeFor(keyboardOf(), ch)
  if (mode === Mode.Command && ch === CTRL_BRACKET) return typeBracket()
  if (mode === Mode.Command) command(ch)
  else if (mode === Mode.Name) nameByte(ch)
  else if (mode === Mode.Monitor) {
    if (!monitorByte(ch)) mode = Mode.Typing
  } else mode = Mode.Command
  return true
}

function typeBracket(): bool {
  if (!typeFor(keyboardOf(), CTRL_BRACKET)) return false
  mode = Mode.Typing
  return true
}

function keyboardOf(): u32 {
  return focusOf() !== NOBODY ? focusOf() : 0
}

function command(ch: u32): void {
  mode = Mode.Typing
  if (ch === 0x30) focusOn(NOBODY)
  else if (ch > 0x30 && ch <= 0x39) focusOn(ch - 0x31)
  else if (ch === 0x3f) sayVms(vmCount, keyboardOf())
  else if (ch === 0x63) toggleColour()
  else if (ch === 0x3a) beginCommand()
  else if (ch > 0x20 && ch < 0x7f) {
    mode = Mode.Name
    typedLength = 0
    nameByte(ch)
  }
}

/** The prompt's code comes with the control protocol's. */
function beginCommand(): void {
  if (!isAttached()) {
    sayNoControl()
    return
  }
  if (beginMonitor()) mode = Mode.Monitor
}

function toggleColour(): void {
  setColoured(!isColoured())
  sayColour(isColoured())
}

function focusOn(vm: u32): void {
  if (vm !== NOBODY && !isVm(vm)) {
    sayNoSuchVm()
    return
  }
  setFocus(vm)
  sayFocus(keyboardOf(), vm !== NOBODY)
}

/** core counts the VMs after it started us: one that has a name is there. */
function isVm(vm: u32): boolean {
  return vm < vmCount && sourceAt(vm).nameLength !== 0
}

function nameByte(ch: u32): void {
  if (ch === ESC || ch === CTRL_BRACKET) mode = Mode.Typing
  else if (ch === 0x0d || ch === 0x0a) {
    mode = Mode.Typing
    const vm = vmNamed()
    if (vm === NOBODY) sayNoSuchVm()
    else focusOn(vm)
  } else if (ch === 0x08 || ch === 0x7f) {
    if (typedLength > 0) typedLength -= 1
  } else if (typedLength < NAME_SIZE) {
    store<u8>(TYPED + typedLength, lower(ch) as u8)
    typedLength += 1
  }
}

/** The VM whose whole name was typed, or else the only one whose name begins so. */
function vmNamed(): u32 {
  let found: u32 = NOBODY
  let count = 0
  for (let vm: u32 = 0; vm < vmCount; vm++) {
    if (!beginsAsTyped(vm)) continue
    if (sourceAt(vm).nameLength === typedLength) return vm
    found = vm
    count += 1
  }
  return count === 1 ? found : NOBODY
}

function beginsAsTyped(vm: u32): boolean {
  const source = sourceAt(vm)
  if (typedLength === 0 || typedLength > source.nameLength) return false
  for (let i: u32 = 0; i < typedLength; i++) {
    if (lower(source.nameAt(i)) !== load<u8>(TYPED + i)) return false
  }
  return true
}

function lower(ch: u32): u32 {
  return ch >= 0x41 && ch <= 0x5a ? ch + 0x20 : ch
}
