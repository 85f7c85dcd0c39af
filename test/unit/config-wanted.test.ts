/** Whoever writes a field wrong is told what belongs there: tool/config/wanted.ts has a line for every field of the schema. */
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { systemSchema, vmSchema } from '../../tool/config/schema.ts'
import { WANTED } from '../../tool/config/wanted.ts'

/** Written by `debian` and `assemblyscript`, not by people. */
const BUILDERS = /\.source$|\.kernel\.flavour$/

/** The paths of a schema's fields, as problem.ts writes them: `vms[].devices[].limit.iops`. */
function fields(schema: z.core.$ZodType, at: string): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  const below = (inner: z.core.$ZodType, path: string) => [path, ...fields(inner, path)]
  if (def.type === 'object') {
    return Object.entries(def.shape).flatMap(([name, inner]) => below(inner, at ? `${at}.${name}` : name))
  }
  if (def.type === 'array') return below(def.element, `${at}[]`)
  if (def.type === 'record') return below(def.valueType, `${at}.*`)
  if (def.type === 'union') return def.options.flatMap((option) => fields(option, at))
  if (def.type === 'optional') return fields(def.innerType, at)
  if (def.type === 'lazy') return fields(def.getter(), at)
  return []
}

const FIELDS = new Set([...fields(systemSchema, ''), ...fields(vmSchema, 'vms[]')])

test('every field has a line, and every line a field', () => {
  expect(FIELDS.size).toBeGreaterThan(100)
  expect([...FIELDS].filter((field) => !(field in WANTED) && !BUILDERS.test(field))).toEqual([])
  expect(Object.keys(WANTED).filter((field) => field !== '' && !FIELDS.has(field))).toEqual([])
})
