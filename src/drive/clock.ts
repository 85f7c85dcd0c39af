/** Waiting for a device, with an end. */
import { ticks } from './core'

let perMillisecond: u64 = 0

/** `frequency` of core's counter, Hz. Once, before any wait. */
export function setFrequency(frequency: u64): void {
  perMillisecond = max<u64>(frequency / 1000, 1)
}

/** The count at which so many milliseconds have passed. */
export function after(milliseconds: u32): u64 {
  return ticks() + perMillisecond * <u64>milliseconds
}

export function isOver(at: u64): bool {
  return ticks() >= at
}
