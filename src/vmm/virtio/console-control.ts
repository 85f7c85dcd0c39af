/**
 * A console's control queues: what its driver says of the ports, and what it is told. What is to be told is kept as bits, so that
 * there is room for all of it however slowly the driver offers buffers. Virtio 1.2, "Multiport Device Operation".
 */

import * as port from '../../arch/virtio-console'
import * as core from '../core'
import { isConsole, nameLength, nameOf, PORTS_MOST, portCount } from './console-port'
import { answer, cost, fill, next, signal, TURN, take } from './queue'
import { queueOf, Slot } from './slot'
import { postpone } from './turn'

const message = memory.data(32, 8)
/** For each port a bit for each event that it is to be told of. */
const pending = memory.data(16, 4)
if (PORTS_MOST << 2 > 16) ERROR('more ports than memory')

@unmanaged
class Message {
  id: u32
  event: u16
  value: u16
}

export function reset(): void {
  memory.fill(pending, 0, PORTS_MOST << 2)
}

/** The driver's messages, then those for it. Only with F_MULTIPORT. */
export function serve(vcpu: u32, slot: Slot): void {
  listen(vcpu, slot)
  speak(vcpu, slot)
}

/** The terminal has another size. */
export function resize(vcpu: u32, slot: Slot): void {
  for (let i: u32 = 0; i < portCount(); i++) if (isConsole(i)) want(i, port.RESIZE)
  speak(vcpu, slot)
}

function listen(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, port.CONTROL_TRANSMIT)
  let turn: u32 = 0
  while (turn < TURN && next(vcpu, slot, queue)) {
    turn += cost()
    if (take(message, 0, port.MESSAGE_SIZE) == port.MESSAGE_SIZE) hear()
    answer(queue, 0)
  }
  signal(vcpu, queue)
  if (turn >= TURN) postpone(slot.index)
}

/** A message as it was copied. What says nothing of a port that there is, or that the driver has no use for one, changes nothing. */
function hear(): void {
  const said = changetype<Message>(message)
  if (said.value != 1) return
  if (said.event == port.DEVICE_READY) {
    for (let i: u32 = 0; i < portCount(); i++) want(i, port.DEVICE_ADD)
  } else if (said.event == port.PORT_READY && said.id < portCount()) {
    want(said.id, port.PORT_OPEN)
    if (said.id) want(said.id, port.PORT_NAME)
    if (!isConsole(said.id)) return
    want(said.id, port.CONSOLE_PORT)
    if (core.terminalSize()) want(said.id, port.RESIZE)
  }
}

function want(index: u32, event: u32): void {
  store<u32>(pending + (index << 2), load<u32>(pending + (index << 2)) | (1 << event))
}

/** As far as there are buffers: events of a port in the order of their numbers, so that it is a console before it is open. */
function speak(vcpu: u32, slot: Slot): void {
  const queue = queueOf(slot, port.CONTROL_RECEIVE)
  for (let i: u32 = 0; i < portCount(); i++) {
    for (let left = load<u32>(pending + (i << 2)); left && next(vcpu, slot, queue); left &= left - 1) {
      store<u32>(pending + (i << 2), left & (left - 1))
      answer(queue, fill(message, compose(i, ctz(left))))
    }
  }
  signal(vcpu, queue)
}

/** The message's size. */
function compose(index: u32, event: u32): u32 {
  const said = changetype<Message>(message)
  said.id = index
  said.event = <u16>event
  said.value = 1
  if (event == port.RESIZE) {
    store<u32>(message + port.MESSAGE_SIZE, core.terminalSize()) // le16 cols, le16 rows
    return port.MESSAGE_SIZE + 4
  }
  if (event != port.PORT_NAME) return port.MESSAGE_SIZE
  const length = nameLength(index)
  memory.copy(message + port.MESSAGE_SIZE, nameOf(index), length)
  return port.MESSAGE_SIZE + length
}
