/** Rules of a config's schema that say both halves of their line: what is wrong, and what would be right. */
import type { z } from 'zod'

/** `at`: the field below the value that is to blame; problem.ts joins all three to a line. */
export type Refuse = (reason: string, remedy: string, at?: string) => void

export function rule<T extends z.ZodType>(schema: T, check: (value: z.output<T>, refuse: Refuse) => void): T {
  return schema.superRefine((value, context) =>
    check(value as z.output<T>, (reason, remedy, at) =>
      context.addIssue({ code: 'custom', path: at === undefined ? [] : [at], params: { reason, remedy } }),
    ),
  )
}
