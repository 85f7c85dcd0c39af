/** Values with names for tables of tests. */

/** Names and values for `test.each`, with the names in hexadecimal. */
export function hex<T extends number | bigint>(values: T[]): [string, T][] {
  return values.map((value) => [`0x${value.toString(16)}`, value])
}
