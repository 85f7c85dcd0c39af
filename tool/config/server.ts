/** What a VM is promised of the cores that it shares: a budget in every period, for each of its vCPUs. */
import type { VmConfig } from './define.ts'
import { durationText, parseDuration } from './duration.ts'

export interface Server {
  /** The larger is the more urgent. */
  priority: number
  /** Microseconds of run time in each period. */
  budget: number
  /** Microseconds. */
  period: number
  /** Whether it may also use time that nobody claims. */
  spare: boolean
  /** Where the config says it in percent. */
  share?: number
}

/** Microseconds. Shorter ones would be eaten by the switches. */
export const BUDGET_LEAST = 50
export const PERIOD_LEAST = 100
export const PERIOD_MOST = 1_000_000
export const PRIORITY_MOST = 255
/** The period behind `share`: one percent of it is 100 us. */
export const SHARE_PERIOD = 10_000
export const SHARE_LEAST = (BUDGET_LEAST / SHARE_PERIOD) * 100

/** Microseconds of SHARE_PERIOD, or undefined where the percentage is no whole number of them. */
export function shareBudget(share: number): number | undefined {
  const budget = Math.round((share * SHARE_PERIOD) / 100)
  return (budget * 100) / SHARE_PERIOD === share ? budget : undefined
}

/** Of a config that the schema has passed; undefined for a VM with cores of its own. */
export function serverOf({ share, cpu }: Pick<VmConfig, 'share' | 'cpu'>): Server | undefined {
  if (share !== undefined) {
    return { priority: 0, budget: shareBudget(share)!, period: SHARE_PERIOD, spare: true, share }
  }
  if (!cpu) return undefined
  const { budget, period, priority = 0, spare = false } = cpu
  return { priority, budget: parseDuration(budget)!, period: parseDuration(period)!, spare }
}

/** `share: 20` or `budget: '2ms'`, as this config would write another budget. */
export function budgetLiteral({ share, period }: Server, budget: number): string {
  return share === undefined ? `budget: '${durationText(budget)}'` : `share: ${(budget * 100) / period}`
}

/** `80 %`, to a hundredth. */
export function percentText({ budget, period }: Pick<Server, 'budget' | 'period'>): string {
  return `${Number(((budget / period) * 100).toFixed(2))} %`
}
