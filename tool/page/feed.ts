/** What the page is told of a running board: asked once a second however many look, and kept for those who come late. */
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { reportText, stateText } from '../control/cause.ts'
import type { Client } from '../control/client.ts'
import type { Status } from '../control/protocol.ts'
import { useOf } from '../control/use.ts'
import { Console, HYPERVISOR } from '../qemu/console.ts'
import { addressText } from './section.ts'
import { HAPPENED, LINES, type Line, PLACES, SNAPSHOT, type Snapshot, type VmNow } from './wire.ts'

/** Between two looks at the board, ms. */
const PULSE = 1000
/** What late comers get. */
const LINES_MOST = 500
const HAPPENED_MOST = 100
/** A guest may print without ever ending a line. */
const LINE_MOST = 2000

/** src/core/report-boot.ts: where a VM's RAM is. */
const PLACED = /^VM '([a-z0-9-]+)': .* at (0x[0-9a-f]+), CPUs? /

export type Message = [name: string, value: unknown]

export class Feed {
  #snapshot: Snapshot = { isThere: false, words: 'Waiting for the board.', vms: [] }
  readonly #lines: Line[] = []
  readonly #happened: Line[] = []
  #places: Record<string, string> = {}
  readonly #tell: (message: Message) => void

  /** `tell` hears all that is new. */
  constructor(tell: (message: Message) => void) {
    this.#tell = tell
  }

  /** All that is known. */
  get all(): Message[] {
    return [
      [SNAPSHOT, this.#snapshot],
      [LINES, this.#lines],
      [HAPPENED, this.#happened],
      [PLACES, this.#places],
    ]
  }

  /** Follows the board until it is gone or `signal` aborts. `vms`: the config's, by name. */
  async follow(client: Client, vms: readonly string[], signal: AbortSignal): Promise<void> {
    const hello = await client.hello()
    const missing = vms.filter((vm) => !hello.vms.includes(vm))
    const other = missing.length ? ` It is not this config's system: it has ${hello.vms.join(', ')}.` : ''
    const words = `Attached to ${hello.board}, ${hello.build}.${other}`
    const lines = new Console(hello.vms)
    const decoder = new StringDecoder('utf8')
    const hear = (text: string) => this.#hear(lines.feed(text).map(({ source, text }) => ({ source, text })))
    let isGone = false
    const stop = client.listen({
      text: (bytes) => hear(decoder.write(bytes)),
      state: (event) => this.#note({ source: event.vm, text: stateText(event) }),
      report: (report) =>
        report.kind !== 'state' &&
        report.kind !== 'exits' &&
        this.#note({ source: report.vm, text: reportText(report) }),
      closed: () => {
        isGone = true
      },
    })
    try {
      hear((await client.log()) ?? '')
      const look = () => Promise.all(hello.vms.map((vm) => client.ask('status', vm)))
      for (let before = await look(); !isGone && !signal.aborted; ) {
        await pause(PULSE, signal)
        if (signal.aborted) return
        const now = await look()
        this.#show({ isThere: true, words, vms: now.map((status, i) => vmNow(before[i]!, status)) })
        before = now
      }
    } catch (error) {
      if (!isGone) throw error
    } finally {
      stop()
    }
  }

  /** No board is there. */
  lose(words: string): void {
    if (this.#snapshot.isThere || this.#snapshot.words !== words) this.#show({ isThere: false, words, vms: [] })
  }

  #show(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    this.#tell([SNAPSHOT, snapshot])
  }

  #hear(news: Line[]): void {
    if (news.length === 0) return
    const short = news.slice(-LINES_MOST).map(({ source, text }) => ({ source, text: text.slice(0, LINE_MOST) }))
    keep(this.#lines, short, LINES_MOST)
    this.#tell([LINES, short])
    for (const { source, text } of news) {
      const [, vm, address] = (source === HYPERVISOR && PLACED.exec(text)) || []
      if (vm === undefined || address === undefined) continue
      this.#places = { ...this.#places, [vm]: addressText(Number(address)) }
      this.#tell([PLACES, this.#places])
    }
  }

  #note(line: Line): void {
    keep(this.#happened, [line], HAPPENED_MOST)
    this.#tell([HAPPENED, [line]])
  }
}

function keep(list: Line[], news: readonly Line[], most: number): void {
  list.push(...news)
  list.splice(0, list.length - most)
}

function vmNow(before: Status, now: Status): VmNow {
  return { ...useOf(before, now), restarts: now.restarts }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {})
}
