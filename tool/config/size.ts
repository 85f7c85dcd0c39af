/** Sizes as configs state them: `256M`, `1.5G`, `64K` in binary units, or a plain number of bytes. */

const UNIT: Record<string, number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }
const PATTERN = /^(\d+(?:\.\d+)?)([KMG]?)(i?B)?$/i

/** Bytes, or undefined where the text is no size (or no whole number of bytes). */
export function parseSize(size: string | number): number | undefined {
  if (typeof size === 'number') return Number.isSafeInteger(size) && size >= 0 ? size : undefined
  const match = PATTERN.exec(size.trim())
  if (!match) return undefined
  const [, digits, unit = '', suffix = ''] = match
  // `256MB` means powers of ten to some and powers of two to others: only `MiB` and `M` are clear.
  if (unit !== '' && suffix.toUpperCase() === 'B') return undefined
  if (unit === '' && suffix !== '') return undefined
  const bytes = Number(digits) * UNIT[unit.toUpperCase()]!
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** The shortest way to write a size in a config. */
export function sizeLiteral(bytes: number): string {
  for (const unit of ['G', 'M', 'K']) {
    if (bytes >= UNIT[unit]! && bytes % UNIT[unit]! === 0) return `'${bytes / UNIT[unit]!}${unit}'`
  }
  return String(bytes)
}
