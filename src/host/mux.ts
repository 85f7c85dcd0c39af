/** Merges what all sources print into what the UART sends: every line behind its source's name, line ends made alike. */

import { RECORD_START } from '../abi/control'
import { filterAt, Verdict } from './escape'
import { hasOutgoing, moveOutgoing } from './outgoing'
import { hasText, moveText, takeFrom } from './output'
import { emit, endLine, endRaw, enterLine, enterRaw, isColoured, markStyled, openLine, staged } from './screen'
import { NOBODY, sourceAt } from './source'
import { endTurn, focusOf, nextSource, spoke } from './turn'

/** With a name, colours and a line's end before it, it fits the bytes staged for the UART. */
const STRETCH: u32 = 64

/** Stages what one source's next byte, or a stretch of its text, leads to, which may be nothing; false if nobody may print now. */
export function step(): boolean {
  if (hasOutgoing()) {
    moveOutgoing(staged(), STRETCH)
    return true
  }
  const source = nextSource()
  if (source === NOBODY) return false
  if (hasText(source) && !filterAt(source).isOpen()) {
    printText(source)
    return true
  }
  const ch = takeFrom(source)
  if (source === focusOf()) printRaw(source, ch)
  else {
    if (openLine() === focusOf()) cutSequence()
    print(source, ch)
  }
  spoke(source, 1)
  if (ch === 0x0a) endTurn()
  return true
}

/** Printable bytes outside of any sequence: nearly all that is ever printed, so not byte by byte. */
function printText(source: u32): void {
  if (source === focusOf()) enterRaw(source)
  else {
    if (openLine() === focusOf()) cutSequence()
    if (sourceAt(source).returned) endOwnLine(source)
    enterLine(source)
  }
  const count = moveText(source, staged(), STRETCH)
  if (source !== focusOf()) sourceAt(source).column += count
  spoke(source, count)
}

function printRaw(source: u32, ch: u32): void {
  // Nobody but the console begins a record.
  if (ch === RECORD_START) return
  // The filter follows, so that Bulkhead's lines stay out of the VM's sequences.
  filterAt(source).feed(ch)
  enterRaw(source)
  emit(ch)
  if (ch === 0x0a) endRaw()
}

/** CAN takes the terminal out of a control sequence that the focused VM has not ended: a line of Bulkhead's comes. */
function cutSequence(): void {
  if (focusOf() !== NOBODY && filterAt(focusOf()).cut()) emit(0x18)
}

function print(source: u32, ch: u32): void {
  const owner = sourceAt(source)
  const filter = filterAt(source)
  const verdict = filter.feed(ch)
  if (verdict === Verdict.Hidden) return
  if (verdict === Verdict.Control) {
    printControl(source, ch)
    return
  }
  if (verdict === Verdict.Style && !isColoured()) return
  if (owner.returned) endOwnLine(source)
  enterLine(source)
  if (verdict === Verdict.Style) markStyled()
  else owner.column += 1
  for (let i: u32 = 0; i < filter.count; i++) emit(filter.heldAt(i))
}

function printControl(source: u32, ch: u32): void {
  const owner = sourceAt(source)
  if (ch === 0x0d) {
    owner.returned = owner.column !== 0
    return
  }
  if (ch === 0x0a) {
    // A line that another's broke up has ended on the screen already.
    if (owner.column === 0) enterLine(source)
    endOwnLine(source)
    return
  }
  if (owner.returned) endOwnLine(source)
  if (ch === 0x08) {
    if (owner.column === 0 || openLine() !== source) return
    owner.column -= 1
  } else {
    enterLine(source)
    owner.column += 1
  }
  emit(ch)
}

/** A carriage return without a line feed ends the line too: else a source could write over what it printed. */
function endOwnLine(source: u32): void {
  const owner = sourceAt(source)
  owner.returned = false
  owner.column = 0
  if (openLine() === source) endLine()
}
