/** Linux on several vCPUs while hackbench sends between all of them and CPUs go and come back; `npm run stress` for longer. */
import { test } from 'vitest'
import { survives } from './harness/survive.ts'

const ROUNDS = Number(process.env.STRESS_ROUNDS ?? 3)
const MINUTE = 60_000

test.each([
  [2, 2],
  [2, 4],
  [3, 2],
  [3, 4],
] as const)(
  'hackbench and hot-unplug, GICv%d, %d vCPUs',
  (gic, cpus) => survives(gic, { cpus, rounds: ROUNDS }),
  3 * MINUTE + ROUNDS * MINUTE,
)
