/** The shape of what a config says of a device's limits. */
import { z } from 'zod'
import { durationText, parseDuration } from './duration.ts'
import { BANDWIDTH_LEAST, BANDWIDTH_MOST, BURST_MOST, type Limit, RATE_MOST } from './limit.ts'
import { rule } from './rule.ts'
import { size } from './schema-size.ts'
import { parseSize, sizeLiteral } from './size.ts'

/** Of requests, or of interrupts. */
export const rate = rule(z.int(), (value, refuse) => {
  if (value < 1) refuse(`${value} in a second are none`, 'write 1 or more, or leave it out')
  else if (value > RATE_MOST) refuse(`${value} in a second are as good as no limit`, `write at most ${RATE_MOST}`)
})

const bandwidth = rule(size, (value, refuse) => {
  const bytes = parseSize(value)
  if (bytes === undefined || (bytes >= BANDWIDTH_LEAST && bytes <= BANDWIDTH_MOST)) return
  const bounds = `write ${sizeLiteral(BANDWIDTH_LEAST)} to ${sizeLiteral(BANDWIDTH_MOST)}`
  refuse(`${bytes} bytes in a second are too ${bytes < BANDWIDTH_LEAST ? 'few' : 'many'}`, bounds)
})

const burst = rule(z.string(), (value, refuse) => {
  const time = parseDuration(value)
  if (time === undefined) refuse(`'${value}' is no duration`, "write one such as '100ms'")
  else if (time > BURST_MOST)
    refuse(`${durationText(time)} are too long`, `write '${durationText(BURST_MOST)}' or less`)
})

export const limit = rule(
  z.strictObject({ iops: rate.optional(), bandwidth: bandwidth.optional(), burst: burst.optional() }),
  (value, refuse) => {
    if (value.iops === undefined && value.bandwidth === undefined) {
      refuse('a limit of what', "name iops, bandwidth, or both: limit: { iops: 500, bandwidth: '10M' }")
    }
  },
) satisfies z.ZodType<Limit>
