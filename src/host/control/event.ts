/** What nobody asked for: a VM's new state, and records that core composes. JSON-RPC 2.0, "Notification". */

import {
  CAUSE_CRASH,
  CAUSE_CREATE,
  CAUSE_DEBUG,
  CAUSE_DESTROY,
  CAUSE_OFF,
  CAUSE_PAUSE,
  CAUSE_READY,
  CAUSE_REFUSED,
  CAUSE_RESET,
  CAUSE_RESTART,
  CAUSE_START,
  CAUSE_STOP,
  LINE_GUEST,
  LINE_SERIAL,
} from '../../abi/control'
import { hasSessionOn } from '../attachment'
import { wakeGuest } from './guest'
import { consoleListens } from './lock'
import { add, addByte, addField, addNumber, addWord, beginRecord, sendTo } from './record'
import { milliseconds } from './session'
import { addName, stateWord } from './status'

/** Of the last event: those that found no room leave a gap. */
let sequence: u64 = 0
let reporting = false

export function tellState(vm: u32, state: u32, cause: u32): void {
  beginEvent('state')
  add(',"vm":')
  addName(vm)
  addWord('state', stateWord(state))
  addWord('cause', causeWord(cause))
  endEvent()
}

/** core composes a record: its method is `report`, its members follow from a comma on, and a line feed ends it. */
export function beginReport(vm: u32): void {
  reporting = true
  beginEvent('report')
  add(',"vm":')
  addName(vm)
}

/** Its next byte; what follows no beginning, as after a fault of ours, is passed over. */
export function reportByte(ch: u32): void {
  if (!reporting) return
  reporting = ch !== 0x0a
  if (reporting) addByte(ch)
  else endEvent()
}

function beginEvent(method: string): void {
  sequence += 1
  beginRecord()
  add('"method":"')
  add(method)
  add('","params":{"seq":')
  addNumber(sequence)
  addField('ms', milliseconds())
}

/** To each line on which somebody has asked for something. */
function endEvent(): void {
  add('}}')
  if (consoleListens()) sendTo(LINE_SERIAL)
  if (hasSessionOn(LINE_GUEST) && sendTo(LINE_GUEST)) wakeGuest()
}

function causeWord(cause: u32): string {
  switch (cause) {
    case CAUSE_READY:
      return 'ready'
    case CAUSE_OFF:
      return 'off'
    case CAUSE_RESET:
      return 'reset'
    case CAUSE_CRASH:
      return 'crash'
    case CAUSE_REFUSED:
      return 'refused'
    case CAUSE_STOP:
      return 'stop'
    case CAUSE_RESTART:
      return 'restart'
    case CAUSE_START:
      return 'start'
    case CAUSE_DEBUG:
      return 'debug'
    case CAUSE_PAUSE:
      return 'pause'
    case CAUSE_CREATE:
      return 'create'
    case CAUSE_DESTROY:
      return 'destroy'
  }
  return 'resume'
}
