/** Answers `trace` requests: begin, end, and what a core's ring holds from a record on. doc/trace.md. */

import { ERROR_PARAMS } from '../../abi/control'
import { TRACE_MOST, TRACE_RECORDS } from '../../abi/trace'
import { add, addField, addNumber, endRecord } from '../control/record'
import { beginReply, refuse } from '../control/reply'
import { frequency } from '../control/session'
import { ticks, traceBegin, traceCount, traceWord } from '../core'
import { at, isOp, readParameters, vcpu } from './parameter'
import { addWordBytes } from './serve'

const NO_RING: u64 = u64.MAX_VALUE

/** `text` is the request; its `vcpu` is a core, its `at` the first record's number. */
export function serveTrace(text: usize, length: u32): void {
  if (!readParameters(text, length)) refuse(ERROR_PARAMS)
  else if (isOp('read')) answer(vcpu)
  else if (isOp('begin') || isOp('end')) {
    traceBegin(isOp('begin') ? 1 : 0)
    beginReply()
    add('{}')
    endRecord()
  } else refuse(ERROR_PARAMS)
}

/** Records that were overwritten before they were read are passed over; `first` is the first that is told. */
function answer(core: u32): void {
  const count = traceCount(core)
  if (count === NO_RING) {
    refuse(ERROR_PARAMS)
    return
  }
  // One may be being written now, in the place of the oldest.
  const oldest: u64 = count > <u64>TRACE_RECORDS - 1 ? count - (TRACE_RECORDS - 1) : 0
  const first = at > count ? count : max<u64>(at, oldest)
  const some = <u32>min<u64>(count - first, TRACE_MOST)
  beginReply()
  add('{"first":')
  addNumber(first)
  addField('hz', frequency)
  addField('now', ticks())
  add(',"data":"')
  for (let i: u32 = 0; i < some; i++) {
    addWordBytes(traceWord(core, <u32>first + i, 0), 0, 8)
    addWordBytes(traceWord(core, <u32>first + i, 1), 0, 8)
  }
  add('"')
  // What the core has written meanwhile may be among these.
  const later = traceCount(core)
  addField('torn', later > first + (TRACE_RECORDS - 1) ? later - first - (TRACE_RECORDS - 1) : 0)
  add('}')
  endRecord()
}
