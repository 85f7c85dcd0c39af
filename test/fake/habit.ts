/** What a VM does with its time, for tests of the scheduler: it runs, sleeps and runs again. */
import fc from 'fast-check'

export interface Habit {
  kind: 'busy' | 'any' | 'spiteful'
  first: number
  run: number[]
  sleep: number[]
}

export const habit = fc.record({
  kind: fc.constantFrom('busy', 'any', 'spiteful'),
  first: fc.nat(30),
  run: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 7 }),
  sleep: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 7 }),
}) as fc.Arbitrary<Habit>

/** One VM that follows its habit. */
export class Habitual {
  /** When it wakes, while it sleeps. */
  next: number
  /** What it still wants before it sleeps; 0 while it does. */
  toRun = 0
  #turn = 0

  constructor(readonly habit: Habit) {
    this.next = habit.first
  }

  isDue(now: number): boolean {
    return this.toRun === 0 && now >= this.next
  }

  wake(): void {
    const { kind, run } = this.habit
    this.toRun = kind === 'busy' ? Number.POSITIVE_INFINITY : run[this.#turn % run.length]!
  }

  /** It has had a unit of time; whether it sleeps now. */
  ran(): boolean {
    return --this.toRun === 0
  }

  /** `latest` is as late as what is left of its budget still counts, so that two budgets come close together. */
  sleep(now: number, latest: number): void {
    const { kind, sleep } = this.habit
    this.next = now + sleep[this.#turn++ % sleep.length]!
    if (kind === 'spiteful' && latest > now) this.next = latest
  }
}
