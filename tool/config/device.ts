/** The models of devices that a VM's config may list; the GIC, PSCI and the timers are always there. */
import { DEVICE_RTC, DEVICE_UART } from '../../src/abi/compartment.ts'

/** The name in the config, and the bit that the bundle carries for it. */
export const DEVICES = {
  uart: DEVICE_UART,
  rtc: DEVICE_RTC,
} as const

export type DeviceName = keyof typeof DEVICES

export const DEVICE_NAMES = Object.keys(DEVICES) as DeviceName[]

export function deviceBits(devices: readonly DeviceName[]): number {
  return devices.reduce((bits, device) => bits | DEVICES[device], 0)
}

/** Virtio 1.2, "Device Types". */
export const VIRTIO_TYPES = { console: 3, entropy: 4 } as const

/** A para-virtual device, made by one of `virtio`'s functions; its place among those of the list is its slot. */
export interface VirtioDevice {
  virtio: keyof typeof VIRTIO_TYPES
}

export const virtio = {
  /** A console whose lines take one exit each; it has the keyboard once its driver is up. One for each VM. */
  console: (): VirtioDevice => ({ virtio: 'console' }),
  /** Random numbers. */
  entropy: (): VirtioDevice => ({ virtio: 'entropy' }),
}
