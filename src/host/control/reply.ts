/** Replies: JSON-RPC 2.0, "Response object". */

import {
  ERROR_LACKS_CPU,
  ERROR_METHOD,
  ERROR_NOT_DEBUGGABLE,
  ERROR_NOT_UTF8,
  ERROR_PARAMS,
  ERROR_PARSE,
  ERROR_REQUEST,
  ERROR_TOO_DEEP,
  ERROR_TOO_LONG,
  ERROR_UNKNOWN_VM,
  ERROR_WRONG_STATE,
} from '../../abi/control'
import { vmState } from '../core'
import { add, addBytes, addNumber, addWord, beginRecord, endRecord } from './record'
import { idFrom, idTo } from './request'
import { stateWord } from './status'

/** Up to the result, which the caller adds. */
export function beginReply(): void {
  begin()
  add(',"result":')
}

export function refuse(code: u32): void {
  beginError(code)
  add('}')
  endRecord()
}

export function refuseState(code: u32, vm: u32): void {
  beginError(code)
  add(',"data":{"state":"')
  add(stateWord(vmState(vm)))
  add('"}}')
  endRecord()
}

function begin(): void {
  beginRecord()
  add('"id":')
  if (idTo) addBytes(idFrom, idTo)
  else add('null')
}

function beginError(code: u32): void {
  begin()
  add(',"error":{"code":-')
  addNumber(code)
  addWord('message', reason(code))
}

/** In a word; the tool has sentences. */
function reason(code: u32): string {
  switch (code) {
    case ERROR_PARSE:
      return 'not-json'
    case ERROR_REQUEST:
      return 'not-a-request'
    case ERROR_METHOD:
      return 'unknown-method'
    case ERROR_PARAMS:
      return 'bad-params'
    case ERROR_UNKNOWN_VM:
      return 'unknown-vm'
    case ERROR_WRONG_STATE:
      return 'wrong-state'
    case ERROR_LACKS_CPU:
      return 'lacks-cpu'
    case ERROR_NOT_DEBUGGABLE:
      return 'not-debuggable'
    case ERROR_TOO_LONG:
      return 'too-long'
    case ERROR_TOO_DEEP:
      return 'too-deep'
    case ERROR_NOT_UTF8:
      return 'not-utf8'
  }
  return 'too-fast'
}
