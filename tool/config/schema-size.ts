/** Sizes and paths, as several parts of a config have them. */
import { z } from 'zod'
import { rule } from './rule.ts'
import { parseSize } from './size.ts'

export const size = rule(z.union([z.string(), z.number()]), (value, refuse) => {
  if (parseSize(value) !== undefined) return
  refuse(`${JSON.stringify(value)} is no size`, "write '256M', '1G' or a number of bytes")
})

export const file = rule(z.string(), (value, refuse) => {
  if (value === '') refuse('the path is empty', 'write a path relative to the config')
  else if (value.includes('\0')) refuse('the path holds a NUL', 'take it out')
})
