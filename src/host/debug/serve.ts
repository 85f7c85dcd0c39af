/** Answers `debug` requests: a debugger's wishes, one at a time. core decides what is allowed. doc/debug.md. */

import { ERROR_NOT_DEBUGGABLE, ERROR_PARAMS, ERROR_UNKNOWN_VM, ERROR_WRONG_STATE } from '../../abi/control'
import {
  DEBUG_ATTACH,
  DEBUG_DETACH,
  DEBUG_GO,
  DEBUG_STEP,
  DEBUG_STEP_QUIET,
  READ_MOST,
  REGISTER_FPCR,
  REGISTER_HALT,
  REGISTER_HALT_AT,
  REGISTER_ON,
  REGISTER_PSTATE,
  REGISTER_V,
  REGISTERS,
  WRITE_MOST,
} from '../../abi/debug'
import { CONTROL_DONE, CONTROL_UNKNOWN, CONTROL_UNKNOWN_VM } from '../../abi/life'
import { add, addByte, addField, addNumber, endRecord } from '../control/record'
import { beginReply, refuse, refuseState } from '../control/reply'
import {
  debug,
  debugHalts,
  debugPlace,
  debugPoint,
  debugPoints,
  debugRead,
  debugRegister,
  debugSetRegister,
  debugVcpus,
  debugWrite,
} from '../core'
import { at, count, dataByte, dataSize, dataWord, isOp, readParameters, vcpu } from './parameter'

/** What `debugPlace` answers where a guest maps nothing. */
const NOWHERE: u64 = u64.MAX_VALUE

/** `text` is the request. */
export function serveDebug(text: usize, length: u32, vm: u32): void {
  if (!readParameters(text, length)) {
    refuse(ERROR_PARAMS)
    return
  }
  const what = requested()
  if (what) {
    request(what, vm)
    return
  }
  if (!debugHalts(vm)) {
    refuseState(ERROR_WRONG_STATE, vm)
    return
  }
  if (isOp('halt')) answerHalt(vm)
  else if (isOp('registers')) answerRegisters(vm)
  else if (isOp('read')) answerMemory(vm)
  else if (isOp('write')) done(write(vm))
  else if (isOp('set')) done(debugSetRegister(vm, vcpu, count, dataWord()) !== 0)
  else if (isOp('point')) done(debugPoint(vm, vcpu, count, at, dataByteOr(4)) !== 0)
  else refuse(ERROR_PARAMS)
}

/** DEBUG_*, 0 for other operations. */
function requested(): u32 {
  if (isOp('attach')) return DEBUG_ATTACH
  if (isOp('detach')) return DEBUG_DETACH
  if (isOp('go')) return DEBUG_GO
  if (isOp('step')) return DEBUG_STEP
  return isOp('step-quiet') ? DEBUG_STEP_QUIET : 0
}

function request(what: u32, vm: u32): void {
  const code = debug(what, vm, vcpu)
  if (code === CONTROL_DONE) done(true)
  else if (code === CONTROL_UNKNOWN) refuse(what <= <u32>DEBUG_ATTACH ? ERROR_NOT_DEBUGGABLE : ERROR_PARAMS)
  else if (code === CONTROL_UNKNOWN_VM) refuse(ERROR_UNKNOWN_VM)
  else refuseState(ERROR_WRONG_STATE, vm)
}

function done(isDone: boolean): void {
  if (!isDone) {
    refuse(ERROR_PARAMS)
    return
  }
  beginReply()
  add('{}')
  endRecord()
}

function dataByteOr(otherwise: u32): u32 {
  return dataSize() ? dataByte(0) : otherwise
}

/** How many points there are, and of each vCPU whether it is on, why it halted, and where. */
function answerHalt(vm: u32): void {
  beginReply()
  add('{"breakpoints":')
  addNumber(debugPoints() & 0xff)
  addField('watchpoints', debugPoints() >> 8)
  add(',"vcpus":[')
  const vcpus = debugVcpus(vm)
  for (let i: u32 = 0; i < vcpus; i++) {
    if (i) addByte(0x2c)
    add('{"on":')
    addNumber(debugRegister(vm, i, REGISTER_ON))
    addField('halt', debugRegister(vm, i, REGISTER_HALT))
    add(',"at":"0x')
    addHex(debugRegister(vm, i, REGISTER_HALT_AT), 60)
    add('"}')
  }
  add(']}')
  endRecord()
}

/** As many 64-bit registers as fit one record, the first `count`; each byte in turn, the lowest first. */
function answerRegisters(vm: u32): void {
  const last = min<u32>(count < <u32>REGISTER_V ? REGISTER_PSTATE : REGISTER_FPCR, REGISTERS - 1)
  beginData()
  for (let i = count; i <= last; i++) addWordBytes(debugRegister(vm, vcpu, i), 0, 8)
  endData()
}

/** From a guest's address on, up to where it maps nothing. */
function answerMemory(vm: u32): void {
  beginData()
  const end = at + min<u32>(count, READ_MOST)
  let va = at
  while (va < end) {
    // The smallest pages that a guest can have are 4 KiB: within 8 aligned bytes all is one page's.
    const ipa = debugPlace(vm, vcpu, va)
    if (ipa === NOWHERE) break
    const first = <u32>va & 7
    const some = <u32>min<u64>(8 - first, end - va)
    addWordBytes(debugRead(vm, ipa), first, some)
    va += some
  }
  endData()
}

/** Every byte's place is known before the first one is written. */
function write(vm: u32): boolean {
  const size = dataSize()
  if (size > <u32>WRITE_MOST) return false
  for (let i: u32 = 0; i < size; i++) if (debugPlace(vm, vcpu, at + i) === NOWHERE) return false
  for (let i: u32 = 0; i < size; i++) debugWrite(vm, debugPlace(vm, vcpu, at + i), dataByte(i))
  return true
}

function beginData(): void {
  beginReply()
  add('{"data":"')
}

function endData(): void {
  add('"}')
  endRecord()
}

function addWordBytes(word: u64, first: u32, size: u32): void {
  for (let i = first; i < first + size; i++) addHex((word >> (i << 3)) & 0xff, 4)
}

/** From the digit at bit `shift` down. */
function addHex(value: u64, shift: i32): void {
  for (let bit = shift; bit >= 0; bit -= 4) {
    const digit = <u32>(value >> bit) & 15
    addByte(digit < 10 ? 0x30 + digit : 0x57 + digit)
  }
}
