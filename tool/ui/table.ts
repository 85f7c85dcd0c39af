/** Columns for people: as wide as what stands in them; numbers to the right. */

export interface Column<T> {
  head: string
  /** A number stands at the right. */
  cell: (row: T) => string | number
}

export function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string[] {
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)))
  const widths = columns.map(({ head }, i) => Math.max(head.length, ...cells.map((row) => String(row[i]).length)))
  const isRight = columns.map((_, i) => cells.some((row) => typeof row[i] === 'number'))
  const line = (texts: (string | number)[]) =>
    texts
      .map((text, i) => (isRight[i] ? String(text).padStart(widths[i]!) : String(text).padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [line(columns.map(({ head }) => head)), ...cells.map(line)]
}
