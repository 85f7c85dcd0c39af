/** A virtio device on a memory bus from its driver's side: the device that core granted. Virtio 1.2, "Device Initialization", "Virtio
 * Over MMIO". */
import { ACKNOWLEDGE, DEVICE_NEEDS_RESET, DRIVER, DRIVER_OK, F_VERSION_1, FAILED, FEATURES_OK } from '../arch/virtio'
import * as register from '../arch/virtio-mmio'
import { after, isOver } from './clock'
import { deviceRead, deviceWrite } from './core'

/** Milliseconds that a device may take to reset itself. */
const PATIENCE: u32 = 100
/** Tries at reading a configuration that keeps changing. */
const TRIES: u32 = 16

/** It ends whatever it does, and touches our memory no more when this returns. False: it does not, nor is it to be used. "Device
 * Reset". */
export function reset(): bool {
  deviceWrite(register.Status, 0)
  const end = after(PATIENCE)
  while (deviceRead(register.Status) != 0) if (isOver(end)) return false
  return true
}

/** After `reset`: the features among `wanted` that it offers, VERSION_1 always among them; 0: it wants others, and is given up.
 * Queues come next, then `goLive`. */
export function negotiate(wanted: u64): u64 {
  deviceWrite(register.Status, ACKNOWLEDGE)
  deviceWrite(register.Status, ACKNOWLEDGE | DRIVER)
  const accepted = offered() & (wanted | F_VERSION_1)
  if (!(accepted & F_VERSION_1)) return giveUp()
  for (let half: u32 = 0; half < 2; half++) {
    deviceWrite(register.DriverFeaturesSel, half)
    deviceWrite(register.DriverFeatures, <u32>(accepted >> ((<u64>half) << 5)))
  }
  deviceWrite(register.Status, ACKNOWLEDGE | DRIVER | FEATURES_OK)
  return deviceRead(register.Status) & FEATURES_OK ? accepted : giveUp()
}

function offered(): u64 {
  deviceWrite(register.DeviceFeaturesSel, 1)
  const high = <u64>deviceRead(register.DeviceFeatures)
  deviceWrite(register.DeviceFeaturesSel, 0)
  return (high << 32) | <u64>deviceRead(register.DeviceFeatures)
}

function giveUp(): u64 {
  deviceWrite(register.Status, FAILED)
  return 0
}

export function goLive(): void {
  deviceWrite(register.Status, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK)
}

/** Why it interrupted, which it forgets: of register.USED_BUFFER, register.CONFIGURATION_CHANGE. Before a look at the queues: what it
 * answers later interrupts again. */
export function takeInterrupt(): u32 {
  const why = deviceRead(register.InterruptStatus)
  if (why) deviceWrite(register.InterruptACK, why)
  return why
}

/** It broke down, and does nothing more before it is reset. "Device Status Field". */
export function needsReset(): bool {
  return (deviceRead(register.Status) & DEVICE_NEEDS_RESET) != 0
}

/** The word at `offset` of its configuration space. */
export function readConfig(offset: u32): u32 {
  return deviceRead(register.Config + offset)
}

/** The two words at `offset`, as they stood at one moment. "Device Configuration Space". */
export function readConfig64(offset: u32): u64 {
  let value: u64 = 0
  for (let i: u32 = 0; i < TRIES; i++) {
    const generation = deviceRead(register.ConfigGeneration)
    value = <u64>readConfig(offset) | ((<u64>readConfig(offset + 4)) << 32)
    if (deviceRead(register.ConfigGeneration) == generation) break
  }
  return value
}
