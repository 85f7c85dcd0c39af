/** The guest's memory map: which device answers an access to what is not RAM. */

import { DEVICE_RTC, DEVICE_UART, DEVICE_WATCHDOG } from '../abi/compartment'
import {
  DEVICE_SIZE,
  FLASH_IPA,
  FLASH_SIZE,
  GICD_IPA,
  GICD_SIZE,
  GICR_IPA,
  RTC_IPA,
  UART_IPA,
  VIRTIO_IPA,
  VIRTIO_SLOTS,
  VIRTIO_STRIDE,
  WATCHDOG_IPA,
} from '../abi/guest-machine'
import * as core from './core'
import { hasDevice } from './fitted'
import { readWatchdog, writeWatchdog } from './life/watchdog'
import { readSlot, writeSlot } from './para-virtual'
import { readUart, writeUart } from './pl011/register'
import { readRtc, writeRtc } from './pl031'
import { readGicdV2, writeGicdV2 } from './vgic/gicd-v2'
import { readGicdV3, writeGicdV3 } from './vgic/gicd-v3'
import { gicrSize, readGicr, writeGicr } from './vgic/gicr'
import { machine } from './vgic/machine'

// Sizes as the u64 that an IPA is.
const GICD_END: u64 = GICD_SIZE
const DEVICE_END: u64 = DEVICE_SIZE
const VIRTIO_END: u64 = VIRTIO_SLOTS * VIRTIO_STRIDE
const FLASH_END: u64 = FLASH_SIZE

/** A read of `size` bytes, 1 to 8. What no device claims gets an external abort. */
export function mmioRead(vcpu: u32, ipa: u64, size: u32): u64 {
  const gicd = ipa - GICD_IPA
  if (gicd < GICD_END) {
    return machine().version == 3 ? readGicdV3(vcpu, <u32>gicd, size) : readGicdV2(vcpu, <u32>gicd, size)
  }
  const uart = ipa - UART_IPA
  if (uart < DEVICE_END && hasDevice(DEVICE_UART)) return readUart(vcpu, <u32>uart, size)
  const gicr = ipa - GICR_IPA
  if (gicr < gicrSize()) return readGicr(vcpu, <u32>gicr, size)
  const rtc = ipa - RTC_IPA
  if (rtc < DEVICE_END && hasDevice(DEVICE_RTC)) return readRtc(vcpu, <u32>rtc, size)
  const slots = ipa - VIRTIO_IPA
  if (slots < VIRTIO_END) return readSlot(<u32>slots, size)
  const watchdog = ipa - WATCHDOG_IPA
  if (watchdog < DEVICE_END && hasDevice(DEVICE_WATCHDOG)) return readWatchdog(vcpu, <u32>watchdog, size)
  // No flash is fitted: the bus floats high.
  if (ipa - FLASH_IPA < FLASH_END) return <u64>-1 >> (64 - (size << 3))
  core.refuse()
  return 0
}

/** A write of `size` bytes; what `value` holds above them means nothing. */
export function mmioWrite(vcpu: u32, ipa: u64, size: u32, value: u64): void {
  const word = <u32>value // no register takes more: the upper half of a 64-bit one does not exist
  const gicd = ipa - GICD_IPA
  if (gicd >= GICD_END) writeDevice(vcpu, ipa, size, word)
  else if (machine().version == 3) writeGicdV3(vcpu, <u32>gicd, size, word)
  else writeGicdV2(vcpu, <u32>gicd, size, word)
}

function writeDevice(vcpu: u32, ipa: u64, size: u32, word: u32): void {
  const uart = ipa - UART_IPA
  const gicr = ipa - GICR_IPA
  const rtc = ipa - RTC_IPA
  const slots = ipa - VIRTIO_IPA
  const watchdog = ipa - WATCHDOG_IPA
  if (uart < DEVICE_END && hasDevice(DEVICE_UART)) writeUart(vcpu, <u32>uart, size, word)
  else if (gicr < gicrSize()) writeGicr(vcpu, <u32>gicr, size, word)
  else if (rtc < DEVICE_END && hasDevice(DEVICE_RTC)) writeRtc(vcpu, <u32>rtc, size, word)
  else if (slots < VIRTIO_END) writeSlot(vcpu, <u32>slots, size, word)
  else if (watchdog < DEVICE_END && hasDevice(DEVICE_WATCHDOG)) writeWatchdog(vcpu, <u32>watchdog, size, word)
  else if (ipa - FLASH_IPA >= FLASH_END) core.refuse() // no flash is there to be written
}
