/** GPIO lines as core has them for a compartment: levels from outside, what each senses, events until they are taken. */

const [RISING, FALLING, HIGH, LOW] = [1, 2, 4, 8] as const
const OUTPUT = 1

export class FakeLines {
  readonly levels: number[]
  readonly directions: number[]
  readonly senses: number[]
  readonly #armed = new Set<number>()
  /** Edges that came while a line was not armed. */
  readonly #kept = new Set<number>()
  events = 0

  constructor(readonly count: number) {
    this.levels = Array(count).fill(0)
    this.directions = Array(count).fill(0)
    this.senses = Array(count).fill(0)
  }

  isArmed(line: number): boolean {
    return this.#armed.has(line)
  }

  /** From outside. */
  drive(line: number, level: number): void {
    const was = this.levels[line]
    if (this.directions[line] !== OUTPUT) this.levels[line] = level
    const edge = was === level ? 0 : level ? RISING : FALLING
    if (this.senses[line]! & edge) this.#kept.add(line)
    this.#look(line)
  }

  #look(line: number): void {
    const level = this.levels[line] ? HIGH : LOW
    if (!this.#armed.has(line) || !(this.#kept.has(line) || this.senses[line]! & level)) return
    this.#kept.delete(line)
    this.#armed.delete(line)
    this.events |= 1 << line
  }

  get services() {
    return {
      gpioCount: () => this.count,
      gpioValue: (line: number) => this.levels[line] ?? 0,
      gpioSet: (line: number, value: number) => {
        this.levels[line] = value ? 1 : 0
      },
      gpioDirection: (line: number) => this.directions[line] ?? 0,
      gpioDirect: (line: number, direction: number) => {
        this.directions[line] = direction
      },
      gpioSense: (line: number, type: number) => {
        this.senses[line] = type
        this.#armed.delete(line)
        this.#kept.delete(line)
        this.events &= ~(1 << line)
      },
      gpioArm: (line: number) => {
        this.#armed.add(line)
        this.#look(line)
      },
      gpioTake: () => {
        const { events } = this
        this.events = 0
        return events
      },
    }
  }
}
