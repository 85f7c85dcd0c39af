/** The shape of what a config says of cores and time; whether the promises can be kept together is check/share.ts's. */
import { z } from 'zod'
import type { CpuConfig } from './define.ts'
import { durationText, parseDuration } from './duration.ts'
import { rule } from './rule.ts'
import { BUDGET_LEAST, PERIOD_LEAST, PERIOD_MOST, PRIORITY_MOST, SHARE_LEAST, shareBudget } from './server.ts'

export const cores = rule(z.array(z.int().min(0)), (list, refuse) => {
  if (list.length === 0) refuse('no core is named', 'name one for each vCPU, such as [1]')
})

const duration = rule(z.string(), (value, refuse) => {
  if (parseDuration(value) === undefined) refuse(`'${value}' is no duration`, "write one such as '500us' or '2ms'")
})

const period = rule(duration, (value, refuse) => {
  const time = parseDuration(value)
  if (time === undefined || (time >= PERIOD_LEAST && time <= PERIOD_MOST)) return
  const bounds = `write '${durationText(PERIOD_LEAST)}' to '${durationText(PERIOD_MOST)}'`
  refuse(`a period of ${durationText(time)} is too ${time < PERIOD_LEAST ? 'short' : 'long'}`, bounds)
})

const budget = rule(duration, (value, refuse) => {
  const time = parseDuration(value)
  if (time === undefined || time >= BUDGET_LEAST) return
  refuse(
    `a budget of ${durationText(time)} is too little to get anywhere`,
    `write '${durationText(BUDGET_LEAST)}' or more`,
  )
})

const priority = rule(z.int(), (value, refuse) => {
  if (value < 0 || value > PRIORITY_MOST)
    refuse(`${value} is no priority`, `write 0 to ${PRIORITY_MOST}, the most urgent`)
})

export const cpu = rule(
  z.strictObject({ cores, budget, period, priority: priority.optional(), spare: z.boolean().optional() }),
  (value, refuse) => {
    const [most, wish] = [parseDuration(value.period), parseDuration(value.budget)]
    if (most === undefined || wish === undefined || wish <= most) return
    const reason = `a budget of ${durationText(wish)} does not fit into a period of ${durationText(most)}`
    refuse(reason, `write '${durationText(most)}' or less`, 'budget')
  },
) satisfies z.ZodType<CpuConfig>

export const share = rule(z.number(), (value, refuse) => {
  if (value > 100) refuse(`${value} % of a core are more than the whole`, 'write at most 100')
  else if (value < SHARE_LEAST)
    refuse(`${value} % of a core are too little to get anywhere`, `write at least ${SHARE_LEAST}`)
  else if (shareBudget(value) === undefined) {
    refuse(`${value} % is finer than a hundredth of a percent`, `write ${Number(value.toFixed(2))}`)
  }
})
