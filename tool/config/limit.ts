/** Limits of para-virtual devices, as configs state them and as the hypervisor wants them. */
import { parseDuration } from './duration.ts'
import { parseSize } from './size.ts'

export interface Limit {
  /** Requests in a second. */
  iops?: number
  /** Bytes in a second: `'10M'`. */
  bandwidth?: string | number
  /** For how long an idle device saves up what it did not use: `'100ms'` by default. */
  burst?: string
}

export const RATE_MOST = 1_000_000
/** Bytes in a second. */
export const BANDWIDTH_LEAST = 1024
export const BANDWIDTH_MOST = 2 ** 40
/** Microseconds. */
export const BURST_MOST = 10_000_000

/** Numbers of the settings that stand for it; microseconds for the burst. */
export function limitValues({ iops, bandwidth, burst }: Limit): { rate?: number; bandwidth?: number; burst?: number } {
  return {
    ...(iops !== undefined && { rate: iops }),
    ...(bandwidth !== undefined && { bandwidth: parseSize(bandwidth)! }),
    ...(burst !== undefined && { burst: parseDuration(burst)! }),
  }
}
