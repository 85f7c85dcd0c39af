/** The shape of `confirm`. */
import { z } from 'zod'
import type { ConfirmConfig } from './define.ts'
import { durationText, parseDuration } from './duration.ts'
import { rule } from './rule.ts'

/** Microseconds. A trial is looked at every 2.5 s: src/core/watchdog.ts. */
const LEAST = 1_000_000
const MOST = 3600_000_000
const MARGIN = 5_000_000

const duration = rule(z.string(), (value, refuse) => {
  const time = parseDuration(value)
  if (time === undefined) refuse(`'${value}' is no duration`, "write one such as '30s'")
  else if (time < LEAST || time > MOST) refuse(`${durationText(time)} is no time for a trial`, "write '1s' to '3600s'")
})

export const confirm = rule(z.strictObject({ after: duration, within: duration.optional() }), (value, refuse) => {
  const [after, within] = [value.after, value.within ?? ''].map(parseDuration)
  if (after === undefined || within === undefined || within >= after + MARGIN) return
  refuse(
    `${durationText(within)} leave no time to begin in`,
    `write '${durationText(after + MARGIN)}' or more`,
    'within',
  )
}) satisfies z.ZodType<ConfirmConfig>
