/** core's scheduler against the slow and obvious model of it, whatever the vCPUs of a core do. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claims, filled } from '../fake/claim.ts'
import { type Habit, Habitual, habit } from '../fake/habit.ts'
import { type Claim, ServerCore } from '../fake/server-core.ts'
import { CoreModel } from '../fake/server-model.ts'

const LENGTH = 500
const TURN = 4

const habits = fc.array(habit, { minLength: 4, maxLength: 4 })
const spares = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })
/** Which of the sleeps end by a timer, and which by somebody else. */
const timers = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 })

interface Played {
  model: CoreModel
  core: ServerCore
  rivalry: Rivalry
  /** Ticks that nobody had, and that each server was awake. */
  idle: number
  awake: number[]
  /** For how long it has waited at the end. */
  waits: number[]
}

/** Plays both side by side, and compares who has each tick. */
function play(list: readonly Claim[], habits: readonly Habit[], timers: readonly boolean[]): Played {
  const [model, core] = [new CoreModel(list), new ServerCore(list, TURN)]
  const rivalry = new Rivalry(list.length)
  const vms = list.map((_, i) => new Habitual(habits[i]!))
  const byTimer = list.map(() => false)
  const awake = list.map(() => 0)
  let [turn, idle] = [0, 0]
  let who: number | undefined
  for (let now = 0; now < LENGTH; now++) {
    for (const [i, vm] of vms.entries()) {
      if (!vm.isDue(now)) continue
      model.wake(i)
      rivalry.join(i)
      if (!byTimer[i]) core.wake(i, now)
      vm.wake()
    }
    if (now >= core.next) who = core.choose(now)
    const claimant = model.claimant()
    const mayHaveIt = claimant === undefined ? sparers(list, model) : [claimant]
    if (!mayHaveIt.includes(who)) throw new Error(`tick ${now} is given to ${who}, not to ${mayHaveIt.join(' or ')}`)
    if (claimant === undefined && who !== undefined) rivalry.give(who, sparers(list, model))
    model.step()
    for (const i of list.keys()) if (model.isAwake(i)) awake[i]!++
    if (who === undefined) idle++
    else if (vms[who]!.ran()) {
      model.sleep(who)
      vms[who]!.sleep(model.now, model.latestWake(who))
      byTimer[who] = timers[turn++ % timers.length]!
      core.block(who, model.now, byTimer[who] ? vms[who]!.next : undefined)
    }
  }
  const last = core.choose(LENGTH)
  const waits = list.map((_, i) => (i !== last && model.isAwake(i) ? LENGTH - core.readyAt(i) : 0))
  return { model, core, rivalry, idle, awake, waits }
}

/** How much more spare time than another each had, while both wanted it. */
class Rivalry {
  widest = 0
  readonly #lead: number[][]

  constructor(count: number) {
    this.#lead = Array.from({ length: count }, () => new Array<number>(count).fill(0))
  }

  /** It wants some from now on; what went before does not count. */
  join(server: number): void {
    for (const [other, row] of this.#lead.entries()) this.#lead[server]![other] = row[server] = 0
  }

  give(server: number, rivals: readonly (number | undefined)[]): void {
    for (const rival of rivals) {
      if (rival === undefined || rival === server) continue
      this.widest = Math.max(this.widest, ++this.#lead[server]![rival]!)
      this.#lead[rival]![server]!--
    }
  }
}

/** Those who may run when nobody has a claim. */
function sparers(list: readonly Claim[], model: CoreModel): (number | undefined)[] {
  const found = [...list.keys()].filter((i) => list[i]!.spare && model.isAwake(i))
  return found.length ? found : [undefined]
}

/** What each server had by claim, if the scheduler is asked up to `latest` ticks late. */
function playLate(list: readonly Claim[], habits: readonly Habit[], delays: readonly number[]): number[] {
  const core = new ServerCore(list, TURN)
  const vms = list.map((_, i) => new Habitual(habits[i]!))
  let turn = 0
  let who: number | undefined
  for (let now = 0; now < LENGTH; now++) {
    for (const [i, vm] of vms.entries()) {
      if (!vm.isDue(now)) continue
      core.wake(i, now)
      vm.wake()
    }
    if (now >= core.next + delays[turn % delays.length]!) {
      who = core.choose(now)
      turn++
    }
    if (who === undefined || !vms[who]!.ran()) continue
    core.block(who, now + 1)
    vms[who]!.sleep(now + 1, 0)
    who = undefined
  }
  core.choose(LENGTH)
  return list.map((_, i) => core.ran(i))
}

const withSpare = (list: readonly Claim[], spares: readonly boolean[]) =>
  list.map((claim, i) => ({ ...claim, spare: spares[i]! }))

describe('a shared core', () => {
  it('is given to whom the model gives it, at every moment, asked no more often than it wants', () => {
    fc.assert(
      fc.property(claims(3), habits, spares, timers, (list, habits, spares, timers) => {
        play(withSpare(list, spares), habits, timers)
      }),
      { numRuns: 200 },
    )
  })

  it('counts every tick once: run by somebody, or idle; and of each vCPU, run or stolen', () => {
    fc.assert(
      fc.property(claims(3), habits, spares, timers, (list, habits, spares, timers) => {
        const { core, idle, awake, waits } = play(withSpare(list, spares), habits, timers)
        const ran = list.map((_, i) => core.ran(i))
        expect(ran.reduce((sum, ticks) => sum + ticks, idle)).toBe(LENGTH)
        expect(list.map((_, i) => ran[i]! + core.stolen(i) + waits[i]!)).toEqual(awake)
      }),
      { numRuns: 200 },
    )
  })

  it('that is filled gives every vCPU its whole budget in every period that it is awake', () => {
    fc.assert(
      fc.property(claims(3).map(filled), habits, spares, timers, (list, habits, spares, timers) => {
        const { model } = play(withSpare(list, spares), habits, timers)
        const whole = model.periods.filter(({ server, promised }) => promised === list[server]!.budget)
        expect(whole.filter(({ got, promised }) => got < promised)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('gives nobody more than a budget and its part of the time, and what the scheduler came late', () => {
    const delays = fc.array(fc.nat(5), { minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(claims(3), habits, delays, (list, habits, delays) => {
        const ran = playLate(list, habits, delays)
        const late = Math.max(...delays)
        for (const [i, { budget, period }] of list.entries())
          expect(ran[i], `server ${i}`).toBeLessThanOrEqual(budget + (budget * LENGTH) / period + late)
      }),
      { numRuns: 200 },
    )
  })

  it('gives those who want spare time the same of it, from when they want it', () => {
    fc.assert(
      fc.property(claims(3), habits, spares, timers, (list, habits, spares, timers) => {
        expect(play(withSpare(list, spares), habits, timers).rivalry.widest).toBeLessThanOrEqual(2 * TURN)
      }),
      { numRuns: 200 },
    )
  })
})
