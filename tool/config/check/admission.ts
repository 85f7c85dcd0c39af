/**
 * Whether one core can keep what was promised of it: exact, in whole microseconds. The core schedules hard constant-bandwidth
 * servers, the more urgent priority first and the earliest deadline among equals; doc/why/admission.md derives the test.
 */
import type { Server } from '../server.ts'

export type Claim = Pick<Server, 'priority' | 'budget' | 'period'>

const sum = (numbers: bigint[]) => numbers.reduce((total, number) => total + number, 0n)

/** A common denominator of every budget / period. */
function denominator(claims: readonly Claim[]): bigint {
  return claims.reduce((product, { period }) => product * BigInt(period), 1n)
}

/** Budget / period in parts of `whole`. */
function part({ budget, period }: Claim, whole: bigint): bigint {
  return BigInt(budget) * (whole / BigInt(period))
}

/** All of them together in hundredths of a percent, rounded up: above 10000 only if it is more than the core. */
export function hundredths(claims: readonly Claim[]): number {
  const whole = denominator(claims)
  return Number((sum(claims.map((claim) => part(claim, whole))) * 10_000n + whole - 1n) / whole)
}

/** A priority whose servers may miss their deadlines. */
export interface Late {
  priority: number
  /** Microseconds: the shortest period of that priority; in so long a time... */
  period: number
  /** ...servers of higher priority can take so much, rounded up. */
  taken: number
}

/** The most urgent priority that cannot be kept; undefined if the core can keep all. */
export function firstLate(claims: readonly Claim[]): Late | undefined {
  const whole = denominator(claims)
  const priorities = [...new Set(claims.map(({ priority }) => priority))].sort((a, b) => b - a)
  for (const priority of priorities) {
    const own = claims.filter((claim) => claim.priority === priority)
    const above = claims.filter((claim) => claim.priority > priority)
    const period = Math.min(...own.map((claim) => claim.period))
    const wanted = sum(own.map((claim) => part(claim, whole) * BigInt(period)))
    const taken = sum(above.map((claim) => taking(claim, period, whole)))
    if (wanted + taken <= BigInt(period) * whole) continue
    return { priority, period, taken: Math.min(period, Number((taken + whole - 1n) / whole)) }
  }
  return undefined
}

/** The most that a more urgent server runs in `time`, in parts of `whole`: one budget at once, its share of the rest. */
function taking(claim: Claim, time: number, whole: bigint): bigint {
  return BigInt(claim.budget) * whole + part(claim, whole) * BigInt(time - claim.budget)
}

/** The largest budget that `mine` could have for the core to keep all promises; undefined if `least` is too much already. */
export function largestBudget(claims: readonly Claim[], mine: (claim: Claim) => boolean, least: number) {
  const keeps = (budget: number) =>
    firstLate(claims.map((claim) => (mine(claim) ? { ...claim, budget } : claim))) === undefined
  if (!keeps(least)) return undefined
  let fits = least
  let over = Math.max(...claims.filter(mine).map(({ period }) => period)) + 1
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2)
    if (keeps(middle)) fits = middle
    else over = middle
  }
  return fits
}
