/** Reads the board's one console: which VM, or the hypervisor, each line belongs to. The format is src/host's. */

export interface ConsoleLine {
  /** A VM's name, or HYPERVISOR. */
  source: string
  /** Without the name in front, control sequences and line end. */
  text: string
  /** As it stood on the console, without control sequences. */
  whole: string
}

export const HYPERVISOR = 'bulkhead'

/** Control sequences (ECMA-48, "Control sequences"): colours, and what host puts right when a VM loses the screen. */
const SEQUENCE = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-?]*[ -/]*[@-~]`, 'g')
/** What the host says when a VM gets the screen to itself, and when it loses it: src/host/notice.ts. */
const ALONE = /^screen and keyboard: (\S+)/
const SHARED = /^screen: all/

export class Console {
  readonly #names: Set<string>
  readonly #width: number
  #partial = ''
  /** The VM that has the raw screen: its lines have no name in front. */
  #alone: string | undefined

  constructor(vmNames: readonly string[]) {
    this.#names = new Set([...vmNames, HYPERVISOR])
    this.#width = Math.max(...[...this.#names].map((name) => name.length))
  }

  /** Every line that `text` completes. */
  feed(text: string): ConsoleLine[] {
    const pieces = (this.#partial + text).split('\n')
    this.#partial = pieces.pop()!
    return pieces.map((piece) => {
      const line = this.#attribute(piece)
      if (line.source === HYPERVISOR) this.#follow(line.text)
      return line
    })
  }

  /** The line that has not ended yet: a prompt stands there. */
  get partial(): ConsoleLine | undefined {
    return this.#partial ? this.#attribute(this.#partial) : undefined
  }

  /** `name | ` in front of a line of `source`. */
  prefix(source: string): string {
    return `${source.padEnd(this.#width)} | `
  }

  get prefixes(): string[] {
    return [...this.#names].map((name) => this.prefix(name))
  }

  #attribute(piece: string): ConsoleLine {
    const whole = piece.replace(SEQUENCE, '').replace(/\r/g, '')
    const match = /^([a-z][a-z0-9-]*) *\| ?/.exec(whole)
    const name = match?.[1]
    if (name !== undefined && this.#names.has(name) && whole.startsWith(this.prefix(name).trimEnd())) {
      return { source: name, text: whole.slice(match![0].length), whole }
    }
    // Before host drives the UART, and when the hypervisor panics, there is no name either.
    return { source: this.#alone ?? HYPERVISOR, text: whole, whole }
  }

  #follow(text: string): void {
    const alone = ALONE.exec(text)?.[1]
    if (alone !== undefined && this.#names.has(alone)) this.#alone = alone
    else if (SHARED.test(text)) this.#alone = undefined
  }
}
