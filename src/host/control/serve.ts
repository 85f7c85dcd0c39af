/** Answers requests of the control protocol: one reply for each. core decides what is allowed. doc/control.md. */

import {
  ERROR_METHOD,
  ERROR_NO_CHALLENGE,
  ERROR_NOT_DEBUGGABLE,
  ERROR_PARAMS,
  ERROR_TOO_FAST,
  ERROR_TOO_LONG,
  ERROR_UNKNOWN_VM,
  ERROR_WRONG_STATE,
} from '../../abi/control'
import {
  CONTROL_DESTROY,
  CONTROL_DESTROY_FORCED,
  CONTROL_DONE,
  CONTROL_PAUSE,
  CONTROL_RESTART,
  CONTROL_RESUME,
  CONTROL_START,
  CONTROL_STOP,
  CONTROL_UNKNOWN_PORT,
  CONTROL_WRONG_STATE,
  EXPLAIN_RECORDS,
  FIGURE_DEBUGGABLE,
  FIGURE_TRACEABLE,
} from '../../abi/life'
import { openSession } from '../attachment'
import { balloon, consolePort, consoleSize, explain, vmFigure } from '../core'
import { serveDebug } from '../debug/serve'
import { serveTrace } from '../debug/trace'
import { operate } from '../operate'
import { NOBODY, sourceAt, VMS } from '../source'
import { serveCreate } from './create'
import { currentLine } from './line'
import { isLocked, serveBye, serveLocked, stayOpen } from './lock'
import { isGranted } from './rate'
import { endRecord } from './record'
import { beginReply, errorOf, refuse, refuseState } from './reply'
import {
  columns,
  isForced,
  isMethod,
  isWord,
  keep,
  NO_NUMBER,
  parseRequest,
  portFrom,
  portTo,
  rows,
  vmFrom,
  vmTo,
} from './request'
import { addHello, addStatus } from './status'

export function serve(at: usize, length: u32): void {
  const wrong = parseRequest(at, length)
  if (!isGranted()) refuse(ERROR_TOO_FAST)
  else if (wrong) refuse(wrong)
  else if (isLocked()) serveLocked()
  else if (isMethod('bye')) serveBye()
  else if (isMethod('authenticate')) refuse(ERROR_NO_CHALLENGE)
  else {
    stayOpen()
    openSession(currentLine())
    answer(at, length)
  }
}

export function serveTooLong(): void {
  parseRequest(0, 0) // whose it was nobody knows
  refuse(ERROR_TOO_LONG)
}

function answer(at: usize, length: u32): void {
  if (isMethod('hello')) {
    beginReply()
    addHello()
    endRecord()
    return
  }
  if (isMethod('trace')) {
    if (vmFigure(0, FIGURE_TRACEABLE)) serveTrace(at, length)
    else refuse(ERROR_METHOD)
    return
  }
  if (isMethod('create')) {
    serveCreate()
    return
  }
  const what = requested()
  const isStatus = isMethod('status')
  const isDebug = isMethod('debug')
  const isBalloon = isMethod('balloon')
  const isSize = isMethod('size')
  const isPort = isMethod('port')
  if (!what && !isStatus && !isDebug && !isBalloon && !isSize && !isPort && !isMethod('explain')) {
    refuse(ERROR_METHOD)
    return
  }
  if (
    vmFrom === 0 ||
    (isBalloon && keep === NO_NUMBER) ||
    (isSize && max(columns, rows) > <u64>u32.MAX_VALUE) ||
    (isPort && portFrom === 0)
  ) {
    refuse(ERROR_PARAMS)
    return
  }
  const vm = vmNamed()
  if (vm === NOBODY) refuse(ERROR_UNKNOWN_VM)
  else if (what) reply(operate(what, vm), vm)
  else if (isBalloon) reply(balloon(vm, keep), vm)
  else if (isSize) reply(consoleSize(vm, <u32>columns, <u32>rows), vm)
  else if (isPort) reply(choosePort(vm), vm)
  else if (isDebug) {
    if (vmFigure(vm, FIGURE_DEBUGGABLE)) serveDebug(at, length, vm)
    else refuse(ERROR_NOT_DEBUGGABLE)
  } else {
    if (!isStatus) explain(vm, EXPLAIN_RECORDS)
    beginReply()
    addStatus(vm)
    endRecord()
  }
}

/** CONTROL_*, 0 for other methods. */
function requested(): u32 {
  if (isMethod('start')) return CONTROL_START
  if (isMethod('stop')) return CONTROL_STOP
  if (isMethod('restart')) return CONTROL_RESTART
  if (isMethod('pause')) return CONTROL_PAUSE
  if (isMethod('destroy')) return isForced ? CONTROL_DESTROY_FORCED : CONTROL_DESTROY
  return isMethod('resume') ? CONTROL_RESUME : 0
}

/** Bytes of a port's name: src/abi/setting.ts, SETTING_PORT. */
const PORT_NAME_MOST: usize = 11
const PORT_PIECE: u32 = 6

/** CONTROL_*. The console's own port is called `console`, and no other is. */
function choosePort(vm: u32): u32 {
  if (isWord(portFrom, portTo, 'console')) return consolePort(vm, 0, 0)
  if (portFrom === portTo || portTo - portFrom > PORT_NAME_MOST) return CONTROL_UNKNOWN_PORT
  return consolePort(vm, portPiece(0), portPiece(PORT_PIECE))
}

function portPiece(from: u32): u64 {
  let piece: u64 = 0
  for (let i: u32 = 0; i < PORT_PIECE && portFrom + from + i < portTo; i++) {
    piece |= (load<u8>(portFrom + from + i) as u64) << (i << 3)
  }
  return piece
}

/** The answer says that it has begun; events say when it is done. */
function reply(code: u32, vm: u32): void {
  if (code === CONTROL_DONE) {
    beginReply()
    addStatus(vm)
    endRecord()
  } else if (code === CONTROL_WRONG_STATE) refuseState(ERROR_WRONG_STATE, vm)
  else refuse(errorOf(code))
}

function vmNamed(): u32 {
  const length = <u32>(vmTo - vmFrom)
  for (let vm: u32 = 0; vm < VMS; vm++) {
    const source = sourceAt(vm)
    let i: u32 = 0
    while (i < length && i < source.nameLength && <u32>load<u8>(vmFrom + i) === source.nameAt(i)) i++
    if (i === length && length === source.nameLength && length) return vm
  }
  return NOBODY
}
