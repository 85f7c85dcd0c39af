/** Linux on several vCPUs while hackbench sends between all of them and CPUs go and come back; `npm run stress` for longer. */
import { test } from 'vitest'
import { some } from './harness/some.ts'
import { survives } from './harness/survive.ts'

const ROUNDS = Number(process.env.STRESS_ROUNDS ?? 3)
const MINUTE = 60_000

const KINDS = [
  [2, 2],
  [3, 4],
  [2, 4],
  [3, 2],
] as const

test.each(some(KINDS, KINDS.slice(0, 2)))(
  'hackbench and hot-unplug, GICv%d, %d vCPUs',
  (gic, cpus) => survives(gic, { cpus, rounds: ROUNDS }),
  3 * MINUTE + ROUNDS * MINUTE,
)
