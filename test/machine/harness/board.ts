/** A QEMU that a test talks to: what stood on its console, line by line and source by source, and what is typed there. */
import { existsSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { Console, type ConsoleLine, HYPERVISOR } from '../../../tool/qemu/console.ts'
import { QemuProcess } from '../../../tool/qemu/process.ts'

/** Seconds that a line may take on a slow machine; what a test waits for comes in a fraction of it. */
const PATIENCE = 90
/** Milliseconds, as for `bulkhead run --until`. */
const LULL = 100
/** Lines that a failure shows, the middle of repetitions left out. */
const SHOWN = 60

export interface Start {
  args: readonly string[]
  vmNames?: readonly string[]
}

/** A line, or the beginning of one that has not ended: a prompt. */
interface Watch {
  source: string
  pattern: RegExp
  found: (match: RegExpExecArray) => void
}

export class Board {
  /** Every line that has ended, in order. */
  readonly lines: ConsoleLine[] = []
  /** Resolves with QEMU's exit code when it ends, null when it was killed. */
  readonly ended: Promise<number | null>
  readonly #qemu: QemuProcess
  readonly #console: Console
  readonly #decoder = new StringDecoder('utf8')
  readonly #watches = new Set<Watch>()
  /** For each source, how many of its lines have been looked at: what was matched is never matched again. */
  readonly #seen = new Map<string, number>()
  #text = ''
  #isOver = false
  /** Nothing came for LULL. */
  #isQuiet = false
  #lull: NodeJS.Timeout | undefined

  constructor({ args, vmNames = [] }: Start) {
    this.#console = new Console(vmNames)
    this.#qemu = new QemuProcess(args)
    this.#qemu.child.stdout.on('data', (chunk: Buffer) => this.#hear(this.#decoder.write(chunk)))
    this.ended = this.#qemu.closed.then(({ code }) => {
      this.#isOver = true
      this.#rest()
      return code
    })
    this.ended.catch(() => {})
  }

  /** The process id of QEMU, for tests of what becomes of it. */
  get pid(): number {
    return this.#qemu.child.pid!
  }

  /** Everything on the console, as it came. */
  get text(): string {
    return this.#text
  }

  linesOf(source: string): string[] {
    return this.lines.filter((line) => line.source === source).map(({ text }) => text)
  }

  get hypervisorLines(): string[] {
    return this.linesOf(HYPERVISOR)
  }

  type(text: string): void {
    this.#qemu.child.stdin.write(text)
  }

  /** The next line of `source` that matches, after the last one that was waited for; also one that has not ended, if it looks like a
   * prompt: a blank is its last byte so far, or nothing came for LULL. */
  async line(source: string, pattern: RegExp, seconds = PATIENCE): Promise<RegExpExecArray> {
    const ready = this.#find({ source, pattern })
    if (ready) return ready
    if (this.#isOver) throw this.#failure(source, pattern, 'QEMU has ended')
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        this.#watches.delete(watch)
        act()
      }
      const fail = (why: string) => settle(() => reject(this.#failure(source, pattern, why)))
      const watch: Watch = { source, pattern, found: (match) => settle(() => resolve(match)) }
      const timer = setTimeout(() => fail(`${seconds} s are over`), seconds * 1000)
      this.#watches.add(watch)
      void this.ended.finally(() => this.#watches.has(watch) && fail('QEMU has ended'))
    })
  }

  /** Leaves out whatever `source` has said so far. */
  skip(source: string): void {
    this.#seen.set(source, this.linesOf(source).length)
  }

  /** A line of the hypervisor's own. */
  report(pattern: RegExp, seconds = PATIENCE): Promise<RegExpExecArray> {
    return this.line(HYPERVISOR, pattern, seconds)
  }

  /** QEMU's exit code once the machine has switched itself off. */
  async off(seconds = PATIENCE): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#failure('QEMU', /its end/, `${seconds} s are over`)), seconds * 1000)
    })
    return Promise.race([this.ended, late]).finally(() => clearTimeout(timer))
  }

  /** Until QEMU says (only with icount) that all cores wait, and that no timer will ever wake one. */
  async asleep(seconds = PATIENCE): Promise<void> {
    const words = /no active timers/
    await this.#until(() => words.test(this.#qemu.complaint), words, seconds)
  }

  /** Until QEMU's gdb port, a socket in the file system, is there. */
  async listening(socket: string, seconds = PATIENCE): Promise<void> {
    await this.#until(() => existsSync(socket), /its gdb port/, seconds)
  }

  /** Until what has come matches, records of the control protocol and all. */
  async heard(pattern: RegExp, seconds = PATIENCE): Promise<RegExpExecArray> {
    await this.#until(() => pattern.test(this.#text), pattern, seconds)
    return pattern.exec(this.#text)!
  }

  /** For what nobody announces: looks again and again until it is so. */
  async #until(isSo: () => boolean, what: RegExp, seconds: number): Promise<void> {
    const started = performance.now()
    while (!isSo()) {
      if (this.#isOver) throw this.#failure('QEMU', what, 'QEMU has ended')
      if (performance.now() - started > seconds * 1000) throw this.#failure('QEMU', what, `${seconds} s are over`)
      await sleep(20)
    }
  }

  get isRunning(): boolean {
    return !this.#isOver
  }

  async stop(): Promise<void> {
    await this.#qemu.stop()
  }

  #hear(text: string): void {
    this.#text += text
    this.lines.push(...this.#console.feed(text))
    this.#isQuiet = false
    clearTimeout(this.#lull)
    this.#lull = setTimeout(() => this.#rest(), LULL)
    this.#look()
  }

  /** What stands there now may be all of it. */
  #rest(): void {
    clearTimeout(this.#lull)
    this.#isQuiet = true
    this.#look()
  }

  #look(): void {
    for (const watch of this.#watches) {
      const match = this.#find(watch)
      if (match) watch.found(match)
    }
  }

  #find({ source, pattern }: Pick<Watch, 'source' | 'pattern'>): RegExpExecArray | undefined {
    const texts = this.linesOf(source)
    const partial = this.#console.partial
    if (partial?.source === source && (this.#isQuiet || partial.text.endsWith(' '))) texts.push(partial.text)
    for (let i = this.#seen.get(source) ?? 0; i < texts.length; i++) {
      const match = pattern.exec(texts[i]!)
      if (!match) continue
      this.#seen.set(source, i + 1)
      return match
    }
    return undefined
  }

  #failure(source: string, pattern: RegExp, why: string): Error {
    const all = this.lines.map(({ whole }) => whole)
    const alike = (i: number, j: number) => all[i]!.replace(/\d+/g, '#') === all[j]?.replace(/\d+/g, '#')
    const shown = all.filter((_, i) => !alike(i, i - 1) || !alike(i, i + 1)).slice(-SHOWN)
    const partial = this.#console.partial
    if (partial) shown.push(`${partial.whole}(no line end)`)
    const complaint = this.#qemu.complaint ? `\nQEMU: ${this.#qemu.complaint}` : ''
    return new Error(`${source}: ${pattern} did not come: ${why}${complaint}\n${shown.join('\n')}`)
  }
}

/** Runs `test` with a board that is gone afterwards, whatever happens. */
export async function withBoard<T>(start: Start, test: (board: Board) => Promise<T>): Promise<T> {
  const board = new Board(start)
  try {
    return await test(board)
  } finally {
    await board.stop()
  }
}
