/** Shows the console on a terminal as it comes, each VM's name in its own colour; nothing waits for the end of a line. */
import { colors } from '../ui/color.ts'
import type { Console } from './console.ts'

/** The same order as src/host's own colours. */
const PALETTE = [colors.cyan, colors.green, colors.yellow, colors.magenta, colors.blue, colors.red]
/** How long the beginning of what may be a name waits for the rest, ms. */
const PATIENCE = 40

export class Screen {
  readonly #write: (text: string) => void
  readonly #painted: Map<string, string>
  /** What may become a prefix; undefined once the line's beginning is out. */
  #held: string | undefined = ''
  #timer: NodeJS.Timeout | undefined

  constructor(console: Console, vmNames: readonly string[], write: (text: string) => void) {
    this.#write = write
    this.#painted = new Map(
      [...vmNames, undefined].map((name, i) => {
        const prefix = console.prefix(name ?? 'bulkhead')
        const paint = name === undefined ? colors.bold : PALETTE[i % PALETTE.length]!
        return [prefix, `${paint(prefix.slice(0, -3))} | `]
      }),
    )
  }

  feed(text: string): void {
    for (const piece of text.split(/(?<=\n)/)) this.#piece(piece)
    if (this.#held) this.#timer ??= setTimeout(() => this.flush(), PATIENCE)
  }

  /** Whatever is held goes out as it is. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#held) return
    this.#write(this.#held)
    this.#held = undefined
  }

  #piece(piece: string): void {
    if (this.#held === undefined) this.#write(piece)
    else {
      this.#held += piece
      this.#decide(this.#held)
    }
    if (!piece.endsWith('\n')) return
    this.flush()
    this.#held = ''
  }

  #decide(held: string): void {
    for (const [prefix, painted] of this.#painted) {
      if (held.startsWith(prefix)) {
        this.#held = undefined
        this.#write(painted + held.slice(prefix.length))
        return
      }
      if (prefix.startsWith(held)) return
    }
    this.#held = undefined
    this.#write(held)
  }
}
