/** The prompt behind `Ctrl-] :`: one line, one command, answered in lines of the console's own. core decides what is allowed. */

import {
  CONTROL_DONE,
  CONTROL_LACKS_CPU,
  CONTROL_RESUME,
  CONTROL_START,
  CONTROL_UNKNOWN_VM,
  EXPLAIN_LINES,
} from '../abi/life'
import { sayAccounts } from './account'
import { beginLine, Command, operandAt, operandCount, operandLength, parseLine, popLine, pushLine } from './command'
import { hasKey } from './control/lock'
import { explain, vmState } from './core'
import { hasRoom, name, say, sayByte, stateName } from './notice'
import { operate } from './operate'
import { NOBODY, sourceAt, VMS } from './source'

const BACKSPACE: u32 = 0x08
const DELETE: u32 = 0x7f

/** False: there is none, and that was said. */
export function beginMonitor(): bool {
  if (hasKey()) {
    if (hasRoom()) say('this line wants a key, which programs have: npx bulkhead\n')
    return false
  }
  beginLine()
  say(': ')
  return true
}

/** A typed byte; false once the line is done, by Enter, Esc or Ctrl-C. */
export function monitorByte(ch: u32): boolean {
  if (ch === 0x0d || ch === 0x0a) {
    say('\n')
    execute(parseLine())
    return false
  }
  if (ch === 0x1b || ch === 0x1d || ch === 0x03) {
    say('\n')
    return false
  }
  if (ch === BACKSPACE || ch === DELETE) {
    if (popLine()) say('\x08 \x08')
  } else if (ch >= 0x20 && ch < 0x7f && pushLine(ch)) sayByte(ch)
  return true
}

function execute(command: u32): void {
  // An answer is printed whole or not at all, and nobody acts on a request whose answer would be lost.
  if (command === Command.None || !hasRoom()) return
  if (command === Command.Unknown) say('no such command: help lists them\n')
  else if (command === Command.Help) help()
  else if (command === Command.List) sayAccounts()
  else if (operandCount() !== 1) say('say which VM, and nothing behind: ps lists them\n')
  else {
    const vm = vmNamed()
    if (vm === NOBODY) say('no such VM: ps lists them\n')
    else if (command === Command.Explain) explain(vm, EXPLAIN_LINES)
    else {
      const what = command - Command.Control
      answer(vm, what, operate(what, vm))
    }
  }
}

function help(): void {
  say('ps: all VMs; explain VM: what its vCPUs do\n')
  say('start VM, stop VM, restart VM, pause VM, resume VM\n')
}

/** What ends or pauses is told by the CPU that sees to it, once it has. */
function answer(vm: u32, what: u32, code: u32): void {
  if (code === CONTROL_UNKNOWN_VM) say('no such VM: ps lists them\n')
  else if (code === CONTROL_LACKS_CPU) say('it cannot run: one of its CPUs did not start\n')
  else if (code !== CONTROL_DONE) {
    name(vm, 0)
    say(' cannot do that now: it is')
    say(stateName(vmState(vm)))
    say('\n')
  } else if (what === CONTROL_START || what === CONTROL_RESUME) {
    name(vm, 0)
    say(what === CONTROL_START ? ' starts\n' : ' goes on\n')
  }
}

/** The VM whose whole name was typed: a beginning is no ground to stop one. */
function vmNamed(): u32 {
  const length = operandLength()
  for (let vm: u32 = 0; vm < VMS; vm++) {
    const source = sourceAt(vm)
    let i: u32 = 0
    while (i < length && i < source.nameLength && operandAt(i) === source.nameAt(i)) i++
    if (i === length && length === source.nameLength) return vm
  }
  return NOBODY
}
