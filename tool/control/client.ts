/** One client of a board: requests with their replies, events, and the human text around them. */
import type { Duplex } from 'node:stream'
import { RECORD_START } from '../../src/abi/control.ts'
import { EXIT, UserError } from '../ui/failure.ts'
import { unlock } from './authenticate.ts'
import {
  challenge,
  type DebugOperation,
  type DebugParams,
  fromBoard,
  type Hello,
  hello,
  type Report,
  type Request,
  type StateEvent,
  type Status,
  status,
  type TracePiece,
  tracePiece,
} from './protocol.ts'
import { Refusal, refusal } from './refusal.ts'
import { Splitter } from './split.ts'

/** Seconds that a reply may take: a line of 115,200 baud carries a request and its reply in a tenth of one. */
const PATIENCE = 5
/** A request that came too fast is sent again after so many ms. */
const PAUSE = 50
/** A log comes as one record. */
const RECORD_MOST = 2 ** 20
/** ms: a line that was opened stays open for a minute after a request; how long our last word may take. */
const [BEAT, GRACE] = [20_000, 300]

interface Waiting {
  settle: (result: unknown) => void
  fail: (error: Error) => void
  vm?: string | undefined
}

type Params = NonNullable<Request['params']>

export interface Listener {
  state?: (event: StateEvent) => void
  report?: (report: Report) => void
  text?: (bytes: Buffer) => void
  /** The board or whoever connects us with it is gone. */
  closed?: () => void
}

export class Client {
  readonly #line: Duplex
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Set<Listener>()
  /** Many clients share one line: numbers that no other will use. */
  #next = Math.floor(Math.random() * 2 ** 40) * 100
  #isClosed = false
  readonly #key: Buffer | undefined
  /** While we hold the line open: a word now and then, so that it stays so. */
  #beat: NodeJS.Timeout | undefined
  #unlocking: Promise<Hello> | undefined

  /** `key`: what the board was built with, if its line wants one. */
  constructor(line: Duplex, key?: Buffer) {
    this.#line = line
    this.#key = key
    const splitter = new Splitter(
      {
        text: (bytes) => this.#tell((listener) => listener.text?.(bytes)),
        record: (text) => this.#hear(JSON.parse(text)),
      },
      RECORD_MOST,
    )
    line.on('data', (bytes: Buffer) => splitter.feed(bytes))
    line.on('error', () => this.#end())
    line.on('close', () => this.#end())
    line.on('end', () => this.#end())
  }

  /** Answers with how to stop listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Also shows the board that we have its key, if its line is locked. */
  async hello(): Promise<Hello> {
    const answer = await this.#request('hello')
    const locked = challenge.safeParse(answer).data
    return locked ? this.#unlock() : hello.parse(answer)
  }

  /** `method` is `status`, `explain` or an operation. */
  async ask(method: string, vm: string): Promise<Status> {
    return status.parse(await this.#request(method, { vm }))
  }

  /** A debugger's wish; the answer is the caller's to read. */
  async debug(vm: string, op: DebugOperation, params: DebugParams = {}): Promise<unknown> {
    return this.#request('debug', { vm, op, ...params })
  }

  /** `keep`: bytes of its RAM, whole pages. The VM's driver hears of it; how far it has come is `away` of a status. */
  async balloon(vm: string, keep: number): Promise<Status> {
    return status.parse(await this.#request('balloon', { vm, keep }))
  }

  /** Of the terminal at a VM's virtio console. */
  async size(vm: string, columns: number, rows: number): Promise<Status> {
    return status.parse(await this.#request('size', { vm, columns, rows }))
  }

  /** Cores begin or end to write what they do. */
  async trace(op: 'begin' | 'end'): Promise<void> {
    await this.#request('trace', { op })
  }

  /** Which port of its console is to have the keyboard: by its name, `console` for the console's own. */
  async port(vm: string, port: string): Promise<Status> {
    return status.parse(await this.#request('port', { vm, port }))
  }

  /** What a core's ring holds from record `from` on; undefined: it has none. */
  async readTrace(core: number, from: number): Promise<TracePiece | undefined> {
    try {
      const params: Params = { op: 'read', vcpu: core, at: `0x${from.toString(16)}` }
      return tracePiece.parse(await this.#request('trace', params))
    } catch (error) {
      if (error instanceof Refusal && error.reason === 'bad-params') return undefined
      throw error
    }
  }

  /** What the board has said so far, if somebody at this end of the line kept it. */
  async log(): Promise<string | undefined> {
    try {
      return ((await this.#request('log')) as { text: string }).text
    } catch (error) {
      if (error instanceof Refusal && error.reason === 'unknown-method') return undefined
      throw error
    }
  }

  type(bytes: Uint8Array | string): void {
    this.#line.write(bytes)
  }

  close(): void {
    const isFirst = !this.#isClosed
    this.#isClosed = true
    clearInterval(this.#beat)
    if (!this.#beat || !isFirst) {
      this.#line.destroy()
      return
    }
    // Whoever comes to the line after us has to show the key.
    this.#line.end(record({ jsonrpc: '2.0', id: this.#next++, method: 'bye' }), () => this.#line.destroy())
    setTimeout(() => this.#line.destroy(), GRACE).unref()
  }

  /** Several requests that found the line locked open it once. */
  #unlock(): Promise<Hello> {
    this.#unlocking ??= this.#prove().finally(() => {
      this.#unlocking = undefined
    })
    return this.#unlocking
  }

  async #prove(): Promise<Hello> {
    const board = await unlock((method, params) => this.#request(method, params), this.#key)
    this.#beat ??= setInterval(() => void this.#request('hello').catch(() => {}), BEAT).unref()
    return board
  }

  /** A VM of `template`, by that name or by a name of its own. */
  async create(template: string, vm?: string): Promise<Status> {
    return status.parse(await this.#request('create', { template, ...(vm !== undefined && { vm }) }))
  }

  async destroy(vm: string, force: boolean): Promise<Status> {
    return status.parse(await this.#request('destroy', { vm, ...(force && { force }) }))
  }

  async #request(method: string, params?: Params): Promise<unknown> {
    for (;;) {
      try {
        return await this.#send(method, params)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (error.reason === 'locked' && this.#key) await this.#unlock()
        else if (error.reason === 'too-fast') await new Promise((resolve) => setTimeout(resolve, PAUSE))
        else throw error
      }
    }
  }

  #send(method: string, params?: Params): Promise<unknown> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        act()
      }
      const silence = `the board does not answer within ${PATIENCE} s; does its config say control: false, is its line another's?`
      const fail = (error: Error) => settle(() => reject(error))
      const timer = setTimeout(() => fail(new UserError(silence, EXIT.TIMEOUT)), PATIENCE * 1000)
      this.#waiting.set(id, {
        settle: (result) => settle(() => resolve(result)),
        fail,
        vm: params?.vm ?? params?.template,
      })
      if (this.#isClosed) return fail(gone())
      const request = { jsonrpc: '2.0', id, method, ...(params && { params }) }
      this.#line.write(record(request))
    })
  }

  #hear(value: unknown): void {
    const { id, result } = value as { id?: number; result?: unknown }
    const waiting = id === undefined ? undefined : this.#waiting.get(id)
    if (waiting && result !== undefined) {
      waiting.settle(result)
      return
    }
    const said = fromBoard.safeParse(value).data
    if (!said) return
    if ('error' in said) waiting?.fail(refusal(said.error, waiting.vm))
    else if ('method' in said && said.method === 'state') this.#tell(({ state }) => state?.(said.params))
    else if ('method' in said) this.#tell(({ report }) => report?.(said.params))
  }

  #tell(act: (listener: Listener) => void): void {
    for (const listener of [...this.#listeners]) act(listener)
  }

  #end(): void {
    for (const { fail } of [...this.#waiting.values()]) fail(gone())
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#beat)
    this.#tell(({ closed }) => closed?.())
  }
}

function record(request: object): string {
  return `${String.fromCharCode(RECORD_START)}${JSON.stringify(request)}\n`
}

export function gone(): UserError {
  return new UserError('the board is gone')
}
