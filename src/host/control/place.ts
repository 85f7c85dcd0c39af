/** Places of VMs that come and go: of who had one before, nothing is shown, and nothing that was typed for it reaches the next. */

import { filterAt } from '../escape'
import { forgetTyped } from '../input'
import { note } from '../output'
import { endLine, openLine } from '../screen'
import { NOBODY, OUTPUT_SIZE, outputOf, sourceAt } from '../source'
import { focusOf, setFocus } from '../turn'

/** Nobody has it any more: its name finds no VM. What is left of its output is shown while it is nobody's. */
export function leavePlace(vm: u32): void {
  if (focusOf() === vm) setFocus(NOBODY)
  sourceAt(vm).nameLength = 0
}

/** Another VM has it, whose name is yet to come. */
export function takePlace(vm: u32): void {
  if (openLine() === vm) endLine()
  outputOf(vm).init(OUTPUT_SIZE)
  filterAt(vm).cut()
  sourceAt(vm).column = 0
  sourceAt(vm).returned = false
  sourceAt(vm).nameLength = 0
  note(vm)
  forgetTyped(vm)
}
