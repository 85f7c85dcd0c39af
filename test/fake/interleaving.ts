/** Depth-first search through every order in which things may happen: each run makes the choices of the last but for the latest
 * that has an alternative left. */

export class Choices {
  #taken: { index: number; count: number }[] = []
  #next = 0

  /** One of `count`, the first at first. */
  pick(count: number): number {
    if (this.#next === this.#taken.length) this.#taken.push({ index: 0, count })
    return this.#taken[this.#next++]!.index
  }

  /** Goes on to the next order; false when all were seen. */
  advance(): boolean {
    this.#next = 0
    while (this.#taken.length > 0) {
      const last = this.#taken.at(-1)!
      if (++last.index < last.count) return true
      this.#taken.pop()
    }
    return false
  }
}

/** Runs `run` once for each order, or for `most` of them; says how many. */
export function everyOrder(run: (choices: Choices) => void, most: number): number {
  const choices = new Choices()
  let count = 0
  do run(choices)
  while (++count < most && choices.advance())
  return count
}
