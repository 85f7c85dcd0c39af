/** What is typed goes to the board's console, byte by byte; QEMU's own way out, and signals, end the run. */

const CTRL_A = 0x01
const CTRL_C = 0x03
const X = 0x78
/** So many Ctrl-C within WITHIN ms mean us, not the guest. */
const INSISTED = 3
const WITHIN = 1000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `quit`: the person at the keyboard has had enough; `interrupted`: somebody sent a signal. */
export type Leave = (why: 'quit' | 'interrupted') => void

export class Keyboard {
  readonly #interactive: boolean
  readonly #leave: Leave
  #type: ((bytes: Buffer) => void) | undefined
  #last = 0
  #presses: number[] = []

  /** `interactive`: both ends are a terminal, so that single keys count. */
  constructor(interactive: boolean, leave: Leave) {
    this.#interactive = interactive
    this.#leave = leave
  }

  start(type: (bytes: Buffer) => void): void {
    this.#type = type
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
    // A terminal whose output goes elsewhere keeps its Ctrl-C: nobody sees what is typed.
    if (process.stdin.isTTY && !this.#interactive) return
    process.stdin.on('error', () => {})
    if (this.#interactive) process.stdin.setRawMode(true)
    process.stdin.on('data', this.#hear)
    process.stdin.resume()
  }

  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal)
    process.stdin.off('data', this.#hear)
    if (this.#interactive) process.stdin.setRawMode(false)
    process.stdin.pause()
    // An open pipe as stdin would keep us waiting for its writer.
    process.stdin.unref?.()
  }

  readonly #onSignal = (): void => this.#leave('interrupted')

  readonly #hear = (bytes: Buffer): void => {
    if (this.#interactive && this.#isQuit(bytes)) this.#leave('quit')
    else this.#type?.(bytes)
  }

  #isQuit(bytes: Buffer): boolean {
    const now = Date.now()
    for (const byte of bytes) {
      if (this.#last === CTRL_A && byte === X) return true
      // Ctrl-a twice is how one types a Ctrl-a.
      this.#last = this.#last === CTRL_A ? 0 : byte
      this.#presses = byte === CTRL_C ? [...this.#presses, now].filter((at) => now - at < WITHIN) : []
    }
    return this.#presses.length >= INSISTED
  }
}
