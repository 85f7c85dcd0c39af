/** Sets of claims to one core that the admission test accepts, and those that fill the core to its last unit. */
import fc from 'fast-check'
import { type Claim, firstLate, largestBudget } from '../../tool/config/check/admission.ts'

/** With what would remain for the last one: `filled` says what it takes. */
export function claims(priorities: number) {
  const period = fc.integer({ min: 3, max: 60 })
  const claim = fc
    .record({ priority: fc.nat(priorities - 1), period, part: fc.integer({ min: 1, max: 70 }) })
    .map(({ priority, period, part }) => ({ priority, period, budget: Math.ceil((period * part) / 100) }))
  const lists = fc.array(claim, { minLength: 2, maxLength: 4 })
  return lists.filter((list) => firstLate(withLast(list, 1)) === undefined)
}

export function withLast(list: readonly Claim[], budget: number): Claim[] {
  return list.map((claim, i) => (i === list.length - 1 ? { ...claim, budget } : claim))
}

/** The last claim as large as the core can keep. */
export function filled(list: readonly Claim[]): Claim[] {
  const last = list.at(-1)!
  return withLast(list, largestBudget(list, (claim) => claim === last, 1)!)
}
