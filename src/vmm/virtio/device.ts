/** The devices by their types: one case for each in every question that the transport asks. */

import { VIRTIO_SLOTS } from '../../abi/guest-machine'
import { SETTING_BALLOON, SETTING_GPIO_NAMES, SETTING_KEY_SHIFT, SETTING_PORT } from '../../abi/setting'
import {
  F_EVENT_IDX,
  F_INDIRECT_DESC,
  F_RING_RESET,
  F_VERSION_1,
  VIRTIO_BALLOON,
  VIRTIO_BLOCK,
  VIRTIO_CONSOLE,
  VIRTIO_CONTROL,
  VIRTIO_ENTROPY,
  VIRTIO_GPIO,
  VIRTIO_NETWORK,
  VIRTIO_SOCKET,
} from '../../arch/virtio'
import { sharedCount } from '../joined'
import { collect as doorbells } from '../shared-memory'
import * as balloon from './balloon'
import * as block from './block'
import * as console from './console'
import * as controlLine from './control-line'
import * as gpio from './gpio'
import { setLimit } from './limit'
import * as net from './net'
import { close, closeQueue, openSlots, receive } from './port'
import * as rng from './rng'
import { hasPort, plug, release, Slot, slotAt } from './slot'
import * as socket from './socket'
import * as stored from './stored'
import { isOver, take } from './turn'

/** What every device offers. ACCESS_PLATFORM is not among it: a device here sees RAM as its driver does. */
const COMMON: u64 = F_VERSION_1 | F_INDIRECT_DESC | F_EVENT_IDX | F_RING_RESET

/** Puts a device of `type` into slot `index`, once, before the guest runs. A type that we have not leaves the slot empty. */
export function attach(index: u32, type: u32): void {
  switch (type) {
    case VIRTIO_ENTROPY:
      plug(index, type, rng.QUEUES, COMMON | rng.FEATURES)
      break
    case VIRTIO_CONSOLE:
      if (plug(index, type, console.QUEUES, COMMON | console.FEATURES)) console.attach(index)
      break
    case VIRTIO_CONTROL:
      if (plug(index, type, controlLine.QUEUES, COMMON | controlLine.FEATURES)) controlLine.attach(index)
      break
    case VIRTIO_BALLOON:
      if (plug(index, type, balloon.QUEUES, COMMON | balloon.FEATURES)) balloon.attach(index)
      break
    case VIRTIO_BLOCK:
      if (!plug(index, type, block.QUEUES, COMMON)) break
      stored.attach(slotAt(index))
      slotAt(index).offered |= block.features(slotAt(index).unit)
      break
    case VIRTIO_NETWORK:
      if (plug(index, type, net.QUEUES, COMMON)) net.attach(slotAt(index))
      break
    case VIRTIO_SOCKET:
      plug(index, type, socket.QUEUES, COMMON | socket.FEATURES)
      break
    case VIRTIO_GPIO:
      if (plug(index, type, gpio.QUEUES, COMMON | gpio.FEATURES)) gpio.attach(index)
      break
  }
}

/** There may be something in the device's queues. */
export function serve(vcpu: u32, slot: Slot): void {
  switch (slot.type) {
    case VIRTIO_ENTROPY:
      rng.serve(vcpu, slot)
      break
    case VIRTIO_CONSOLE:
      console.serve(vcpu, slot)
      break
    case VIRTIO_CONTROL:
      controlLine.serve(vcpu, slot)
      break
    case VIRTIO_BLOCK:
      if (stored.isStored(slot)) stored.serve(vcpu, slot)
      else block.serve(vcpu, slot)
      break
    case VIRTIO_NETWORK:
      net.serve(vcpu, slot)
      break
    case VIRTIO_SOCKET:
      socket.serve(vcpu, slot)
      break
    case VIRTIO_BALLOON:
      balloon.serve(vcpu, slot)
      break
    case VIRTIO_GPIO:
      gpio.serve(vcpu, slot)
      break
  }
}

/** Something has come to the ports of some of the VM's devices, or has room to go; disks have answered, lines have events, a doorbell
 * was rung, an operator wants something else. */
export function collect(vcpu: u32): void {
  for (let left = openSlots(); left; left &= left - 1) {
    const slot = slotAt(ctz(left))
    if (slot.type == VIRTIO_NETWORK) receive(vcpu, slot)
    else socket.serve(vcpu, slot)
  }
  stored.collect(vcpu)
  gpio.collect(vcpu)
  if (sharedCount()) doorbells(vcpu)
  balloon.look(vcpu)
  console.look(vcpu)
}

/** host has something for the VM's consoles, or room again. */
export function hear(vcpu: u32): void {
  console.room(vcpu)
  controlLine.look(vcpu)
}

/** The device forgets its driver; queues and status are reset already. */
export function reset(vcpu: u32, slot: Slot): void {
  if (slot.type == VIRTIO_CONSOLE) console.reset(vcpu)
  else if (hasPort(slot.type)) close(slot)
  else if (slot.type == VIRTIO_BALLOON) balloon.reset()
  else if (slot.type == VIRTIO_BLOCK) stored.reset(slot)
  else if (slot.type == VIRTIO_GPIO) gpio.reset()
  else if (slot.type == VIRTIO_CONTROL) controlLine.reset()
}

/** The device forgets one of its queues, which is reset already. */
export function resetQueue(slot: Slot, index: u32): void {
  if (hasPort(slot.type)) closeQueue(slot, index)
  else if (slot.type == VIRTIO_BLOCK) stored.reset(slot)
  else if (slot.type == VIRTIO_GPIO) gpio.resetQueue(index)
}

/** Whether the device can work with what the driver accepted of its offer. */
export function agrees(slot: Slot): bool {
  return slot.type != VIRTIO_NETWORK || net.agrees(slot)
}

/** The word at `offset`, a multiple of 4, of the device's configuration space. */
export function readConfig(slot: Slot, offset: u32): u32 {
  if (slot.type == VIRTIO_BLOCK) return block.readConfig(slot, offset)
  if (slot.type == VIRTIO_NETWORK) return net.readConfig(slot, offset)
  if (slot.type == VIRTIO_BALLOON) return balloon.readConfig(offset)
  if (slot.type == VIRTIO_SOCKET) return socket.readConfig(slot, offset)
  if (slot.type == VIRTIO_GPIO) return gpio.readConfig(offset)
  return slot.type == VIRTIO_CONSOLE ? console.readConfig(offset) : 0
}

export function writeConfig(slot: Slot, offset: u32, size: u32, value: u32): void {
  if (slot.type == VIRTIO_CONSOLE) console.writeConfig(offset, size, value)
  else if (slot.type == VIRTIO_BALLOON) balloon.writeConfig(offset, size, value)
}

/** What waited for its next turn, or for a time that has come, goes on: one device, the others in turns of their own. */
export function goOn(vcpu: u32): void {
  if (isOver()) {
    release(vcpu)
    doorbells(vcpu)
  }
  const slot = take()
  if (slot < <u32>VIRTIO_SLOTS) serve(vcpu, slotAt(slot))
}

/** One of src/abi/setting.ts, before the guest runs. What nobody knows means nothing. */
export function configure(setting: u64): void {
  if (setLimit(setting)) return
  const key = <u32>(setting >> SETTING_KEY_SHIFT) & 0xff
  if (key == SETTING_BALLOON) balloon.setTarget(<u32>setting)
  else if (key == SETTING_GPIO_NAMES) gpio.addNames(setting)
  else if (key == SETTING_PORT) console.addPort(setting)
}
