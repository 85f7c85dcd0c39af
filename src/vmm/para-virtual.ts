/** The way to the VM's virtio devices. Their code is an extension (doc/extensions.md), which is there if core plugs a device:
 * whoever calls it asks here first. */
import { VIRTIO_STRIDE } from '../abi/guest-machine'
import { SETTING_KEY_SHIFT, SETTING_OF_VM, SETTING_SHARED } from '../abi/setting'
import * as register from '../arch/virtio-mmio'
import { setSharedCount } from './joined'
import * as console from './virtio/console'
import * as device from './virtio/device'
import * as mmio from './virtio/mmio'
import { isAny } from './virtio/turn'
import { fitsWord, part } from './width'

const SHARED_OF_VM: u32 = (SETTING_OF_VM << 8) | SETTING_SHARED

/** 1 once a slot was filled, or the VM shares memory. */
const plugged = memory.data(4, 4)

function isThere(): bool {
  return load<u32>(plugged) != 0
}

/** Puts a device of `type` into slot `index`, once, before the guest runs. */
export function plug(index: u32, type: u32): void {
  store<u32>(plugged, 1)
  device.attach(index, type)
}

/** `offset` counts from the first slot. */
export function readSlot(offset: u32, size: u32): u64 {
  return isThere() ? mmio.readSlot(offset, size) : readEmpty(offset & (VIRTIO_STRIDE - 1), size)
}

/** A transport without a device, as guests find it that probe all of them. Virtio 1.2, "MMIO Device Register Layout". */
function readEmpty(at: u32, size: u32): u64 {
  if (at >= register.Config || !fitsWord(at, size)) return 0
  const word = at & ~3
  if (word == register.MagicValue) return part(register.MAGIC, at, size)
  if (word == register.Version) return part(register.VERSION_2, at, size)
  return word == register.VendorID ? part(register.VENDOR, at, size) : 0
}

export function writeSlot(vcpu: u32, offset: u32, size: u32, value: u32): void {
  if (isThere()) mmio.writeSlot(vcpu, offset, size, value)
}

/** One of src/abi/setting.ts, before the guest runs. */
export function configure(setting: u64): void {
  if (<u32>(setting >> SETTING_KEY_SHIFT) == SHARED_OF_VM) {
    store<u32>(plugged, 1)
    setSharedCount(<u32>setting)
  } else if (isThere()) device.configure(setting)
}

/** Whether some device goes on by itself: in its next turn, or after a time. */
export function isBusy(): bool {
  return isAny()
}

/** What waits for its next turn, or for a time that has come, goes on. */
export function goOn(vcpu: u32): void {
  if (isBusy()) device.goOn(vcpu)
}

/** Something has come for the VM's devices: frames, packets or room for them, answers of disks, events of GPIO lines, a doorbell. */
export function frames(vcpu: u32): void {
  if (isThere()) device.collect(vcpu)
}

/** Whether typed bytes go to a virtio console: its driver is up. */
export function hasKeyboard(): bool {
  return isThere() && console.hasKeyboard()
}

export function space(): u32 {
  return console.space()
}

export function input(byte: u32): void {
  console.input(byte)
}

/** Typed bytes have come, or host's ring has room again, or there are events for its control line. */
export function room(vcpu: u32): void {
  if (isThere()) device.hear(vcpu)
}
