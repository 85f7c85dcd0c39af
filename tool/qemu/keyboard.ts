/** What is typed goes to the board's console, byte by byte; signals end the run. */

const CTRL_C = 0x03
/** So many Ctrl-C within WITHIN ms mean us, not the guest. */
const INSISTED = 3
const WITHIN = 1000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export class Keyboard {
  readonly #interactive: boolean
  readonly #quit: () => void
  #type: ((bytes: Buffer) => void) | undefined
  #presses: number[] = []

  /** `interactive`: both ends are a terminal, so that single keys count. */
  constructor(interactive: boolean, quit: () => void) {
    this.#interactive = interactive
    this.#quit = quit
  }

  start(type: (bytes: Buffer) => void): void {
    this.#type = type
    for (const signal of SIGNALS) process.on(signal, this.#quit)
    // A terminal whose output goes elsewhere keeps its Ctrl-C: nobody sees what is typed.
    if (process.stdin.isTTY && !this.#interactive) return
    process.stdin.on('error', () => {})
    if (this.#interactive) process.stdin.setRawMode(true)
    process.stdin.on('data', this.#hear)
    process.stdin.resume()
  }

  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.#quit)
    process.stdin.off('data', this.#hear)
    if (this.#interactive) process.stdin.setRawMode(false)
    process.stdin.pause()
    // An open pipe as stdin would keep us waiting for its writer.
    process.stdin.unref?.()
  }

  readonly #hear = (bytes: Buffer): void => {
    this.#type?.(bytes)
    if (!this.#interactive) return
    const now = Date.now()
    for (const byte of bytes) this.#presses = byte === CTRL_C ? [...this.#presses, now] : []
    this.#presses = this.#presses.filter((at) => now - at < WITHIN)
    if (this.#presses.length >= INSISTED) this.#quit()
  }
}
