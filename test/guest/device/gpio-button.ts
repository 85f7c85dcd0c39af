/** Has two lines of the board's GPIO: drives one and reads it back, hears the other one rise and fall three times, and finds no third. */
import {
  DIRECTION_IN,
  DIRECTION_OUT,
  IRQ_EDGES,
  IRQ_STATUS_VALID,
  MSG_GET_VALUE,
  MSG_SET_DIRECTION,
  MSG_SET_IRQ_TYPE,
  MSG_SET_VALUE,
} from '../../../src/arch/virtio-gpio'
import { print, printDecimal } from '../../../src/guest/console'
import { initGuest } from '../../../src/guest/entry'
import { hint_yield } from '../../../src/guest/hw'
import { ask, awaitLine, hasHappened, lineCount, NOT_OK, openGpio, statusOf } from '../../../src/guest/virtio/gpio'
import { Queue } from '../../../src/guest/virtio/queue'
import { fail, pass } from '../program/verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'gpio-button'
/** Above the program. */
const MEMORY: u64 = 0x4018_0000
const LED: u32 = 0
const BUTTON: u32 = 1
const PRESSES: u32 = 3

const requestQueue = memory.data(64, 16)
const eventQueue = memory.data(64, 16)

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  const requests = changetype<Queue>(requestQueue)
  const events = changetype<Queue>(eventQueue)
  if (!openGpio(requests, events, MEMORY)) fail(NAME, 'there is no GPIO', 0)
  if (lineCount(requests) !== 2) fail(NAME, 'it has lines', lineCount(requests))
  for (let line: u32 = 2; line < 40; line++) {
    if (ask(requests, MSG_GET_VALUE, line, 0) !== NOT_OK) fail(NAME, 'it can read line', line)
    if (ask(requests, MSG_SET_DIRECTION, line, DIRECTION_OUT) !== NOT_OK) fail(NAME, 'it can drive line', line)
  }
  drive(requests)
  if (ask(requests, MSG_SET_DIRECTION, BUTTON, DIRECTION_IN) !== 0) fail(NAME, 'the button is no input', 0)
  if (ask(requests, MSG_SET_IRQ_TYPE, BUTTON, IRQ_EDGES) !== 0) fail(NAME, 'the button does not interrupt', 0)
  for (let i: u32 = 1; i <= PRESSES; i++) {
    hear(requests, events, 1, 'button: waits\n', 'button: pressed ', i)
    hear(requests, events, 0, '', 'button: released ', i)
  }
  pass(NAME)
}

/** Until the button is as it should become. */
function hear(requests: Queue, events: Queue, value: u32, before: string, after: string, i: u32): void {
  awaitLine(events, BUTTON)
  print(before)
  while (!hasHappened(events)) hint_yield()
  if (statusOf(events) !== IRQ_STATUS_VALID) fail(NAME, 'the wait ended with', statusOf(events))
  if (ask(requests, MSG_GET_VALUE, BUTTON, 0) !== value) fail(NAME, 'the button should be', value)
  print(after)
  printDecimal(i)
  print('\n')
}

function drive(requests: Queue): void {
  if (ask(requests, MSG_SET_DIRECTION, LED, DIRECTION_OUT) !== 0) fail(NAME, 'the LED is no output', 0)
  for (let i: u32 = 0; i < 1000; i++) {
    const value = i & 1
    if (ask(requests, MSG_SET_VALUE, LED, value) !== 0) fail(NAME, 'the LED takes no value', i)
    if (ask(requests, MSG_GET_VALUE, LED, 0) !== value) fail(NAME, 'the LED is not what it was set to', i)
  }
  print('led: follows\n')
}

export function onIrq(_count: u64): void {}
