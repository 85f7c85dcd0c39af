/** Replies: JSON-RPC 2.0, "Response object". */

import {
  ERROR_LACKS_CPU,
  ERROR_METHOD,
  ERROR_NOT_UTF8,
  ERROR_PARAMS,
  ERROR_PARSE,
  ERROR_REQUEST,
  ERROR_TOO_DEEP,
  ERROR_TOO_FAST,
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

function reason(code: u32): string {
  switch (code) {
    case ERROR_PARSE:
      return 'not JSON'
    case ERROR_REQUEST:
      return 'not a request: jsonrpc 2.0, id and method are wanted, each once'
    case ERROR_METHOD:
      return 'no such method: hello, status, start, stop, restart, pause, resume, explain'
    case ERROR_PARAMS:
      return 'params.vm is wanted: a name'
    case ERROR_UNKNOWN_VM:
      return 'no such VM: hello lists them'
    case ERROR_WRONG_STATE:
      return "the VM's state does not allow it"
    case ERROR_LACKS_CPU:
      return 'one of its CPUs did not start'
    case ERROR_TOO_LONG:
      return 'longer than 512 bytes'
    case ERROR_TOO_DEEP:
      return 'deeper than 8 levels'
    case ERROR_NOT_UTF8:
      return 'not UTF-8'
    case ERROR_TOO_FAST:
      return 'too many requests: 64 a second are taken'
  }
  return 'unknown'
}
