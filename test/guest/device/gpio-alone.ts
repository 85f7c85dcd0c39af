/** Has one line of the board's GPIO, which stays as it set it, whatever neighbours do to theirs; and reaches no other. */
import {
  DIRECTION_OUT,
  IRQ_EDGE_RISING,
  MSG_GET_VALUE,
  MSG_SET_DIRECTION,
  MSG_SET_IRQ_TYPE,
  MSG_SET_VALUE,
} from '../../../src/arch/virtio-gpio'
import { initGuest } from '../../../src/guest/entry'
import { ask, lineCount, NOT_OK, openGpio } from '../../../src/guest/virtio/gpio'
import { Queue } from '../../../src/guest/virtio/queue'
import { fail, pass } from '../program/verdict'

export { onSync } from '../../../src/guest/entry'

const NAME = 'gpio-alone'
/** Above the program. */
const MEMORY: u64 = 0x4018_0000
const ROUNDS: u32 = 4000

const requestQueue = memory.data(64, 16)
const eventQueue = memory.data(64, 16)

export function main(_dtb: u64, _start: u64, level: u32): void {
  initGuest(level)
  const requests = changetype<Queue>(requestQueue)
  if (!openGpio(requests, changetype<Queue>(eventQueue), MEMORY)) fail(NAME, 'there is no GPIO', 0)
  if (lineCount(requests) !== 1) fail(NAME, 'it has lines', lineCount(requests))
  if (ask(requests, MSG_SET_VALUE, 0, 1) !== 0) fail(NAME, 'its line takes no value', 0)
  if (ask(requests, MSG_SET_DIRECTION, 0, DIRECTION_OUT) !== 0) fail(NAME, 'its line is no output', 0)
  if (ask(requests, MSG_SET_IRQ_TYPE, 0, IRQ_EDGE_RISING) !== NOT_OK) fail(NAME, 'an output interrupts', 0)
  for (let i: u32 = 0; i < ROUNDS; i++) {
    if (ask(requests, MSG_GET_VALUE, 0, 0) !== 1) fail(NAME, 'somebody changed its line', i)
    if (ask(requests, MSG_SET_VALUE, 1 + i, 0) !== NOT_OK) fail(NAME, 'it can drive line', 1 + i)
  }
  if (ask(requests, MSG_SET_VALUE, 0, 0) !== 0) fail(NAME, 'its line takes no other value', 0)
  if (ask(requests, MSG_GET_VALUE, 0, 0) !== 0) fail(NAME, 'its line does not follow', 0)
  pass(NAME)
}

export function onIrq(_count: u64): void {}
