/** Bytes on their way to the UART, and the one unfinished line that stands on the screen. */

import { byteOf } from '../lib/literal'
import { Ring } from './ring'
import { HYPERVISOR, NOBODY, nameColumns, sourceAt } from './source'

const STAGED_SIZE: u32 = 256
const STAGED = memory.data(272, 16)

/** Whose unfinished line stands on the screen. */
let lineOf: u32 = NOBODY
/** Its text changed colour: undone before anyone else prints. */
let styled = false
let coloured = false

export function initScreen(): void {
  staged().init(STAGED_SIZE)
}

/** Large enough for what one source byte can lead to: end of line, name, colours and one character. */
export function staged(): Ring {
  return changetype<Ring>(STAGED)
}

export function openLine(): u32 {
  return lineOf
}

export function setColoured(on: boolean): void {
  coloured = on
}

export function isColoured(): boolean {
  return coloured
}

export function emit(ch: u32): void {
  staged().push(ch)
}

function emitText(text: string): void {
  for (let i: u32 = 0; byteOf(text, i); i++) emit(byteOf(text, i))
}

export function markStyled(): void {
  styled = true
}

/** Puts the cursor behind `source`'s name: goes on in its line, or ends another's and begins one. */
export function enterLine(source: u32): void {
  if (lineOf === source) return
  endLine()
  lineOf = source
  sourceAt(source).column = 0
  if (coloured) emitColour(source)
  const owner = sourceAt(source)
  for (let i: u32 = 0; i < nameColumns(); i++) emit(i < owner.nameLength ? owner.nameAt(i) : 0x20)
  if (coloured) emitText('\x1b[0m')
  emitText(' | ')
}

/** The line of a VM that has the screen to itself: no name, and no way to know its columns. */
export function enterRaw(source: u32): void {
  if (lineOf === source) return
  endLine()
  lineOf = source
}

export function endLine(): void {
  if (lineOf === NOBODY) return
  if (styled) emitText('\x1b[0m')
  styled = false
  lineOf = NOBODY
  emitText('\r\n')
}

/** The VM with the raw screen has ended its line itself. */
export function endRaw(): void {
  lineOf = NOBODY
}

/** Before the screen goes to another VM or to all; `wasRaw`: colours or a hidden cursor may be left over. */
export function leaveRaw(wasRaw: boolean): void {
  if (wasRaw) emitText('\x1b[0m\x1b[?25h')
  endLine()
}

/** Six colours for the VMs, bold for Bulkhead itself. */
function emitColour(source: u32): void {
  if (source >= HYPERVISOR) {
    emitText('\x1b[1m')
    return
  }
  emitText('\x1b[3')
  emit(byteOf('623541', source % 6))
  emitText('m')
}
