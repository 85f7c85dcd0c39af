/** What the admission test accepts is kept, whatever the VMs do; and little of what it refuses could have been. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Claim, firstLate, hundredths, largestBudget } from '../../tool/config/check/admission.ts'
import { claims, filled, withLast } from '../fake/claim.ts'
import { type Habit, Habitual, habit } from '../fake/habit.ts'
import { CoreModel, type ModelPeriod } from '../fake/server-model.ts'

const LENGTH = 1500

/** What was promised and not kept. */
function missed(list: readonly Claim[], habits: readonly Habit[]): ModelPeriod[] {
  const model = new CoreModel(list)
  const vms = list.map((_, i) => new Habitual(habits[i]!))
  while (model.now < LENGTH) {
    for (const [i, vm] of vms.entries()) {
      if (!vm.isDue(model.now)) continue
      model.wake(i)
      vm.wake()
    }
    const who = model.step()
    if (who === undefined || !vms[who]!.ran()) continue
    model.sleep(who)
    vms[who]!.sleep(model.now, model.latestWake(who))
  }
  return model.periods.filter(({ promised, got }) => got < promised)
}

const isWhole = (list: readonly Claim[]) => (period: ModelPeriod) => period.promised === list[period.server]!.budget

const habits = fc.array(habit, { minLength: 4, maxLength: 4 })

describe('a core that is filled to its last unit', () => {
  it('keeps every promise where all have one priority', () => {
    fc.assert(
      fc.property(claims(1).map(filled), habits, (list, habits) => {
        expect(missed(list, habits)).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('gives every server its whole budget in every whole period, whatever the priorities', () => {
    fc.assert(
      fc.property(claims(3).map(filled), habits, (list, habits) => {
        expect(missed(list, habits).filter(isWhole(list))).toEqual([])
      }),
      { numRuns: 800 },
    )
  })
})

describe('the test is needed', () => {
  it('for sums of at most the core are not enough', () => {
    const found = fc.check(
      fc.property(claims(3), habits, (list, habits) => {
        const last = list.at(-1)!
        const others = hundredths(list.slice(0, -1))
        const full = withLast(list, Math.max(1, Math.floor(((10_000 - others) * last.period) / 10_000)))
        expect(missed(full, habits).filter(isWhole(full))).toEqual([])
      }),
      { numRuns: 800 },
    )
    expect(found.failed).toBe(true)
  })

  it('and refuses no more than it must: one unit more, and one VM can make another late', () => {
    const urgent = { priority: 1, budget: 20, period: 100 }
    const other = { priority: 0, budget: 64, period: 100 }
    // It wakes at 80 with 16 left until 160, which is its part of the time, and at 160 it has a new budget.
    const spite: Habit = { kind: 'spiteful', first: 60, run: [4, 16 + 20 + LENGTH], sleep: [1] }
    const busy: Habit = { kind: 'busy', first: 80, run: [1], sleep: [1] }
    expect(firstLate([urgent, other])).toBeUndefined()
    expect(missed([urgent, other], [spite, busy])).toEqual([])
    const more = { ...other, budget: 65 }
    expect(firstLate([urgent, more])).toEqual({ priority: 0, period: 100, taken: 36 })
    expect(missed([urgent, more], [spite, busy])[0]).toMatchObject({ server: 1, start: 80, end: 180, got: 64 })
  })
})

describe('the arithmetic', () => {
  const third = { priority: 0, budget: 100, period: 300 }
  it('is exact', () => {
    const odd = { priority: 0, budget: 333_333, period: 999_999 }
    expect(firstLate([third, odd, third])).toBeUndefined()
    expect(firstLate([third, { ...odd, budget: 333_334 }, third])).toMatchObject({ priority: 0 })
    expect(hundredths([third, odd, third])).toBe(10_000)
    expect(hundredths([third, { ...odd, budget: 333_334 }, third])).toBe(10_001)
  })

  it('has no limit at 32 servers with periods that nothing divides', () => {
    const many = Array.from({ length: 32 }, (_, i) => ({ priority: i % 3, budget: 50, period: 999_983 - i }))
    expect(firstLate(many)).toBeUndefined()
  })

  it('finds the largest budget', () => {
    fc.assert(
      fc.property(claims(3), (list) => {
        const last = list.at(-1)!
        const most = largestBudget(list, (claim) => claim === last, 1)!
        expect(firstLate(withLast(list, most))).toBeUndefined()
        for (let budget = most + 1; budget <= last.period + 1; budget++) {
          expect(firstLate(withLast(list, budget))).toBeDefined()
        }
      }),
    )
  })
})
