/** Finds a virtio device among the machine's slots and brings it up. Virtio 1.2, "Virtio Over MMIO", "Device Initialization". */

import { VIRTIO_IPA, VIRTIO_SLOTS, VIRTIO_STRIDE } from '../../abi/guest-machine'
import { DRIVER, DRIVER_OK, FEATURES_OK } from '../../arch/virtio'
import * as register from '../../arch/virtio-mmio'
import { read32, write32 } from '../hw'

const ACKNOWLEDGE: u32 = 1

/** Address of the registers of device `index` of a type; 0 if there are not so many. */
export function findDevice(type: u32, index: u32): u64 {
  let left = index
  for (let slot: u32 = 0; slot < (VIRTIO_SLOTS as u32); slot++) {
    const base: u64 = VIRTIO_IPA + slot * VIRTIO_STRIDE
    if (read32(base + register.MagicValue) !== register.MAGIC) continue
    if (read32(base + register.Version) !== register.VERSION_2 || read32(base + register.DeviceID) !== type) continue
    if (left === 0) return base
    left -= 1
  }
  return 0
}

/** Resets the device and accepts `features` as far as it offers them. False: it wants others. Queues come next. */
export function negotiate(base: u64, features: u64): boolean {
  write32(base + register.Status, 0)
  write32(base + register.Status, ACKNOWLEDGE)
  write32(base + register.Status, ACKNOWLEDGE | DRIVER)
  for (let half: u32 = 0; half < 2; half++) {
    write32(base + register.DeviceFeaturesSel, half)
    write32(base + register.DriverFeaturesSel, half)
    write32(base + register.DriverFeatures, read32(base + register.DeviceFeatures) & ((features >> (half * 32)) as u32))
  }
  write32(base + register.Status, ACKNOWLEDGE | DRIVER | FEATURES_OK)
  return (read32(base + register.Status) & FEATURES_OK) !== 0
}

export function goLive(base: u64): void {
  write32(base + register.Status, read32(base + register.Status) | DRIVER_OK)
}
