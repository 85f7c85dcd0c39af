/** The fields that say how a VM lives: its ends, its watchdog and heart-beat, and whom it comes after. */
import { z } from 'zod'
import { durationText, parseDuration } from './duration.ts'
import { type Refuse, rule } from './rule.ts'

const RESTARTS_MOST = 0xffff
/** Microseconds. */
const MILLISECOND = 1000
const BACKOFF_MOST = 60_000_000
const HEARTBEAT_MOST = 60_000_000
/** For a guest to come up. */
const PATIENCE_MOST = 600_000_000

/** A duration between two others; `what` begins the sentence about one that is not. */
function duration(what: string, least: number, most: number) {
  const range = `write '${durationText(least)}' to '${durationText(most)}'`
  return rule(z.string(), (value, refuse: Refuse) => {
    const wait = parseDuration(value)
    if (wait === undefined) refuse(`'${value}' is no duration`, `write one such as '100ms'`)
    else if (wait < least || wait > most) refuse(`${what} of ${durationText(wait)} is none that is kept`, range)
  })
}

export const reaction = z.union([z.enum(['restart', 'stop', 'reboot-board']), z.strictObject({ start: z.string() })])

const limit = rule(z.union([z.int(), z.literal(Number.POSITIVE_INFINITY)]), (value, refuse) => {
  if (value < 1) refuse(`${value} restarts are none`, "write onCrash: 'stop', onReboot: 'stop'")
  else if (Number.isFinite(value) && value > RESTARTS_MOST) {
    refuse(`${value} is too large`, `write at most ${RESTARTS_MOST}, or Infinity for no limit`)
  }
})

export const restarts = z.strictObject({
  limit: limit.optional(),
  backoff: duration('a wait', MILLISECOND, BACKOFF_MOST).optional(),
  onLimit: z.union([z.enum(['stop', 'reboot-board']), z.strictObject({ start: z.string() })]).optional(),
})

export const heartbeat = rule(
  z.strictObject({
    within: duration('a heart-beat', MILLISECOND, HEARTBEAT_MOST),
    first: duration('a wait for the first sign', MILLISECOND, PATIENCE_MOST).optional(),
  }),
  ({ within, first }, refuse) => {
    if (first !== undefined && parseDuration(first)! < parseDuration(within)!) {
      refuse('the first sign would be due before a later one', `write '${within}' or more`, 'first')
    }
  },
)

const turn = z.strictObject({
  vm: z.string(),
  ready: z.boolean().optional(),
  within: duration('a wait for others', MILLISECOND, PATIENCE_MOST).optional(),
})

export const after = z.array(z.union([z.string(), turn]))
