/**
 * Memory that a device reads and writes by itself. It is Normal write-back memory here; a device that does not look into the caches
 * sees memory behind them, so what changes sides is cleaned, and invalidated, to the point of coherency on the way. DDI 0487,
 * "Cache maintenance operations", "Mismatched memory attributes": a line may come back by itself until the device has written,
 * so what it wrote is invalidated once more before it is read.
 */
import { WINDOW_DMA } from '../abi/layout'
import { dmaAddress, dmaCoherent } from './core'
import * as hw from './hw'

/** No Cortex-A's write-back granule is larger (CTR_EL0.CWG): what the two sides write never shares one. */
export const LINE: u32 = 128

/** The address by which the device knows what stands at `at`. */
export function addressOf(at: usize): u64 {
  return dmaAddress() + <u64>(at - WINDOW_DMA)
}

/** Before the device is told of memory that it may read or write. Orders everything before the telling. */
export function toDevice(at: usize, size: u32): void {
  if (!dmaCoherent()) hw.clean(at, size)
  else hw.dmb_oshst()
}

/** After the device said that it has written, before that is read. */
export function fromDevice(at: usize, size: u32): void {
  if (!dmaCoherent()) hw.clean(at, size)
  else hw.dmb_oshld()
}
