/**
 * One core under hard constant-bandwidth servers, moment by moment: the slow and obvious form of what the scheduler does, as
 * doc/why/admission.md states it. Time is a whole number of any unit; there is no cost of switching. Who gets time that nobody
 * claims is not the model's to say.
 */

export interface ModelClaim {
  priority: number
  budget: number
  period: number
}

/** A stretch at whose end a server must have had all that it was promised, for it wanted it all the while. */
export interface ModelPeriod {
  server: number
  start: number
  end: number
  /** The budget, or what a wake-up found left of it. */
  promised: number
  got: number
}

class Server {
  readonly claim: ModelClaim
  awake = false
  /** Of the budget. */
  left = 0
  period: ModelPeriod
  /** It did not sleep while something was left. */
  wanted = false

  constructor(server: number, claim: ModelClaim) {
    this.claim = claim
    this.period = { server, start: 0, end: 0, promised: 0, got: 0 }
  }

  /** Left / time > budget / period: used from now on, it would be more than the server's part of the time. */
  isAhead(time: number): boolean {
    return this.left * this.claim.period > time * this.claim.budget
  }

  begin(start: number, end: number, left: number): void {
    this.left = left
    this.period = { server: this.period.server, start, end, promised: left, got: 0 }
    this.wanted = true
  }
}

export class CoreModel {
  now = 0
  /** All that are over, in the order of their ends. */
  readonly periods: ModelPeriod[] = []
  readonly #servers: Server[]

  constructor(claims: readonly ModelClaim[]) {
    this.#servers = claims.map((claim, index) => new Server(index, claim))
  }

  left(index: number): number {
    return this.#servers[index]!.left
  }

  /** The last moment at which a wake-up would find that what is left still counts. */
  latestWake(index: number): number {
    const { claim, left, period } = this.#servers[index]!
    return period.end - Math.ceil((left * claim.period) / claim.budget)
  }

  wake(index: number): void {
    const server = this.#servers[index]!
    if (server.awake) return
    server.awake = true
    const { budget, period } = server.claim
    const { end } = server.period
    if (this.now >= end || server.isAhead(end - this.now)) server.begin(this.now, this.now + period, budget)
    else server.begin(this.now, end, server.left)
  }

  sleep(index: number): void {
    const server = this.#servers[index]!
    server.awake = false
    if (server.left > 0) server.wanted = false
  }

  isAwake(index: number): boolean {
    return this.#servers[index]!.awake
  }

  /** Who has the best claim to the next unit of time. */
  claimant(): number | undefined {
    for (const server of this.#servers) this.#refill(server)
    return this.#choose()?.period.server
  }

  /** One unit of time; who had it by claim. */
  step(): number | undefined {
    const claimant = this.claimant()
    const server = claimant === undefined ? undefined : this.#servers[claimant]
    if (server) {
      server.left--
      server.period.got++
    }
    this.now++
    for (const { period, wanted } of this.#servers) {
      if (wanted && period.end === this.now) this.periods.push({ ...period })
    }
    return claimant
  }

  /** A period follows the last one without a gap, even where that was late. */
  #refill(server: Server): void {
    const { end } = server.period
    const { budget, period } = server.claim
    if (!server.awake || server.left > 0 || this.now < end) return
    if (end + period > this.now) server.begin(end, end + period, budget)
    else server.begin(this.now, this.now + period, budget)
  }

  #choose(): Server | undefined {
    let best: Server | undefined
    for (const server of this.#servers) {
      if (server.awake && server.left > 0 && (!best || goesBefore(server, best))) best = server
    }
    return best
  }
}

function goesBefore(a: Server, b: Server): boolean {
  return a.claim.priority === b.claim.priority ? a.period.end < b.period.end : a.claim.priority > b.claim.priority
}
