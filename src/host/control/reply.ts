/** Replies: JSON-RPC 2.0, "Response object". */

import {
  ERROR_ADDRESS_TAKEN,
  ERROR_BAD_NAME,
  ERROR_BAD_TEMPLATE,
  ERROR_CRITICAL,
  ERROR_FIXED,
  ERROR_LACKS_BALLOON,
  ERROR_LACKS_CPU,
  ERROR_LATER,
  ERROR_LOCKED,
  ERROR_METHOD,
  ERROR_NAME_TAKEN,
  ERROR_NO_CHALLENGE,
  ERROR_NO_CORE,
  ERROR_NO_MEMORY,
  ERROR_NO_ROOM,
  ERROR_NOT_DEBUGGABLE,
  ERROR_NOT_UTF8,
  ERROR_PARAMS,
  ERROR_PARSE,
  ERROR_REQUEST,
  ERROR_TOO_DEEP,
  ERROR_TOO_LONG,
  ERROR_UNKNOWN_PORT,
  ERROR_UNKNOWN_TEMPLATE,
  ERROR_UNKNOWN_VM,
  ERROR_WRONG_KEY,
  ERROR_WRONG_STATE,
} from '../../abi/control'
import {
  CONTROL_ADDRESS_TAKEN,
  CONTROL_BAD_NAME,
  CONTROL_BAD_TEMPLATE,
  CONTROL_CRITICAL,
  CONTROL_FIXED,
  CONTROL_LACKS_BALLOON,
  CONTROL_LACKS_CPU,
  CONTROL_NAME_TAKEN,
  CONTROL_NO_CORE,
  CONTROL_NO_MEMORY,
  CONTROL_NO_ROOM,
  CONTROL_UNKNOWN,
  CONTROL_UNKNOWN_PORT,
  CONTROL_UNKNOWN_TEMPLATE,
  CONTROL_UNKNOWN_VM,
} from '../../abi/life'
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

/** `ms`: how long to wait before the next. */
export function refuseFor(code: u32, ms: u64): void {
  beginError(code)
  add(',"data":{"ms":')
  addNumber(ms)
  add('}}')
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

/** What core answered, CONTROL_*. */
export function errorOf(code: u32): u32 {
  switch (code) {
    case CONTROL_UNKNOWN_VM:
      return ERROR_UNKNOWN_VM
    case CONTROL_LACKS_CPU:
      return ERROR_LACKS_CPU
    case CONTROL_CRITICAL:
      return ERROR_CRITICAL
    case CONTROL_FIXED:
      return ERROR_FIXED
    case CONTROL_UNKNOWN_TEMPLATE:
      return ERROR_UNKNOWN_TEMPLATE
    case CONTROL_BAD_NAME:
      return ERROR_BAD_NAME
    case CONTROL_NAME_TAKEN:
      return ERROR_NAME_TAKEN
    case CONTROL_NO_ROOM:
      return ERROR_NO_ROOM
    case CONTROL_NO_MEMORY:
      return ERROR_NO_MEMORY
    case CONTROL_NO_CORE:
      return ERROR_NO_CORE
    case CONTROL_BAD_TEMPLATE:
      return ERROR_BAD_TEMPLATE
    case CONTROL_LACKS_BALLOON:
      return ERROR_LACKS_BALLOON
    case CONTROL_UNKNOWN_PORT:
      return ERROR_UNKNOWN_PORT
    case CONTROL_ADDRESS_TAKEN:
      return ERROR_ADDRESS_TAKEN
    case CONTROL_UNKNOWN:
      return ERROR_PARAMS
  }
  return ERROR_WRONG_STATE
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
    case ERROR_UNKNOWN_TEMPLATE:
      return 'unknown-template'
    case ERROR_NAME_TAKEN:
      return 'name-taken'
    case ERROR_NO_ROOM:
      return 'no-room'
    case ERROR_NO_MEMORY:
      return 'no-memory'
    case ERROR_NO_CORE:
      return 'no-core'
    case ERROR_CRITICAL:
      return 'critical'
    case ERROR_FIXED:
      return 'fixed'
    case ERROR_BAD_NAME:
      return 'bad-name'
    case ERROR_BAD_TEMPLATE:
      return 'bad-template'
    case ERROR_NOT_DEBUGGABLE:
      return 'not-debuggable'
    case ERROR_LACKS_BALLOON:
      return 'lacks-balloon'
    case ERROR_UNKNOWN_PORT:
      return 'unknown-port'
    case ERROR_ADDRESS_TAKEN:
      return 'address-taken'
    case ERROR_LOCKED:
      return 'locked'
    case ERROR_WRONG_KEY:
      return 'wrong-key'
    case ERROR_LATER:
      return 'later'
    case ERROR_NO_CHALLENGE:
      return 'no-challenge'
    case ERROR_TOO_LONG:
      return 'too-long'
    case ERROR_TOO_DEEP:
      return 'too-deep'
    case ERROR_NOT_UTF8:
      return 'not-utf8'
  }
  return 'too-fast'
}
