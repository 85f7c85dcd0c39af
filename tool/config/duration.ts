/** Durations as configs state them: `500us`, `2ms`, `1s`. */

const MICROSECONDS: Record<string, number> = { us: 1, ms: 1000, s: 1_000_000 }
const PATTERN = /^(\d+)(?:\.(\d{1,6}))?(us|ms|s)$/

/** Microseconds, or undefined where the text is no duration (or no whole number of microseconds). */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text.trim())
  if (!match) return undefined
  const [, whole, decimals = '', unit] = match
  // In millionths, so that 0.3ms is exactly 300us.
  const millionths = (Number(whole) * 1_000_000 + Number(decimals.padEnd(6, '0'))) * MICROSECONDS[unit!]!
  if (!Number.isSafeInteger(millionths) || millionths % 1_000_000 !== 0) return undefined
  return millionths / 1_000_000
}

/** The shortest way to say a duration: `2ms`. */
export function durationText(microseconds: number): string {
  for (const unit of ['s', 'ms']) {
    const size = MICROSECONDS[unit]!
    if (microseconds >= size && microseconds % size === 0) return `${microseconds / size}${unit}`
  }
  return `${microseconds}us`
}
