/** core's own scheduler on one pretended CPU, as src/core/schedule.ts drives it: asked when it wants to be, or when a server wakes
 * or sleeps, and never in between. */
import { bareInternals, type Internals } from './internals.ts'
import type { ModelClaim } from './server-model.ts'

export interface Claim extends ModelClaim {
  /** It may have time that nobody claims. */
  spare?: boolean
}

const NEVER = (1n << 64n) - 1n
const unsigned = (value: number | bigint) => BigInt.asUintN(64, BigInt(value))

let shared: Internals | undefined

export class ServerCore {
  readonly #core: Internals
  /** When to ask again. */
  next = 0

  /** Who share spare time take turns of `turn` ticks. */
  constructor(claims: readonly Claim[], turn = 4) {
    shared ??= bareInternals()
    this.#core = shared
    this.#core.newCpu!(0, 0n, BigInt(turn * 1000))
    for (const [i, { priority, budget, period, spare }] of [...claims.entries()].reverse())
      this.#core.addServer!(0, i, priority, BigInt(budget), BigInt(period), spare ? 1 : 0)
  }

  wake(index: number, now: number): void {
    this.#core.wakeServer!(index, BigInt(now))
    this.next = Math.min(this.next, now)
  }

  /** Until `wake`, or until a timer of its own at `wakeAt`. */
  block(index: number, now: number, wakeAt?: number): void {
    this.#core.blockServer!(index, BigInt(now), wakeAt === undefined ? NEVER : BigInt(wakeAt))
    this.next = Math.min(this.next, now)
  }

  /** Who has the CPU from `now` on. */
  choose(now: number): number | undefined {
    const who = Number(this.#core.chooseServer!(0, BigInt(now)))
    this.next = Number(unsigned(this.#core.nextChoice!(0)))
    return who < 0 ? undefined : who
  }

  ran(index: number): number {
    return Number(this.#core.ranFor!(index))
  }

  stolen(index: number): number {
    return Number(this.#core.stolenFrom!(index))
  }

  /** Since when it is ready without the CPU. */
  readyAt(index: number): number {
    return Number(this.#core.readySince!(index))
  }

  left(index: number): number {
    return Number(this.#core.leftOf!(index))
  }
}
