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
