/** One line to a board and many clients of it: everything that the board says goes to all, and each one's records reach the board whole. */
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { RECORD_END, RECORD_START } from '../../src/abi/control.ts'
import { refusalText, UserError } from '../ui/failure.ts'
import { Splitter } from './split.ts'

/** Bytes of the console's text that late comers may ask for. */
const LOG_MOST = 256 * 1024
/** Bytes that wait for a client that does not read; then it is let go. */
const BEHIND_MOST = 4 * 2 ** 20

export class Hub {
  readonly #clients = new Set<Socket>()
  readonly #toBoard: (bytes: Buffer) => void
  readonly #toLine: (bytes: Buffer) => void
  readonly #log: Buffer[] = []
  #logged = 0
  readonly #text: Splitter
  #server: Server | undefined
  #path: string | undefined

  /** `toLine`: for records, where the board has a line of their own. */
  constructor(toBoard: (bytes: Buffer) => void, toLine = toBoard) {
    this.#toBoard = toBoard
    this.#toLine = toLine
    this.#text = new Splitter({ text: (bytes) => this.#keep(bytes), record: () => {} })
  }

  /** Bytes from the board. */
  hear(bytes: Buffer): void {
    for (const client of this.#clients) this.#send(client, bytes)
    this.#text.feed(bytes)
  }

  /** From a line of records alone: each goes on whole, or it would mix with the console's text. */
  readonly line = new Splitter({
    text: () => {},
    record: (text) => {
      for (const client of this.#clients) this.#send(client, framed(text))
    },
  })

  /** Clients may come by this Unix socket, which only this user can open. */
  async listen(path: string): Promise<void> {
    rmSync(path, { force: true })
    const server = createServer((socket) => this.#welcome(socket))
    const before = process.umask(0o077)
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(path, resolve)
      })
    } catch (error) {
      throw new UserError(refusalText(error, path) ?? `${path}: ${(error as Error).message}`)
    } finally {
      process.umask(before)
    }
    this.#server = server
    this.#path = path
  }

  close(): void {
    for (const client of this.#clients) client.end()
    this.#server?.close()
    if (this.#path !== undefined) rmSync(this.#path, { force: true })
    this.#server = undefined
  }

  #welcome(socket: Socket): void {
    this.#clients.add(socket)
    const leave = () => void this.#clients.delete(socket)
    socket.on('close', leave)
    socket.on('error', leave)
    const splitter = new Splitter({
      text: this.#toBoard,
      record: (text) => {
        if (!this.#answer(socket, text)) this.#toLine(framed(text))
      },
    })
    socket.on('data', (bytes: Buffer) => splitter.feed(bytes))
  }

  /** What only this end of the line knows; false: the request is the board's. */
  #answer(socket: Socket, text: string): boolean {
    const { method, id } = Object(JSON.parse(text)) as { method?: unknown; id?: unknown }
    const answer = (result: object) => this.#send(socket, framed(JSON.stringify({ jsonrpc: '2.0', id, result })))
    if (method === 'log') answer({ text: Buffer.concat(this.#log).toString('utf8') })
    // The line is everybody's: who leaves last locks it.
    else if (method === 'bye' && this.#clients.size > 1) answer({})
    else return false
    return true
  }

  #send(client: Socket, bytes: Buffer): void {
    if (client.writableLength > BEHIND_MOST) client.destroy()
    else client.write(bytes)
  }

  #keep(bytes: Buffer): void {
    this.#log.push(bytes)
    this.#logged += bytes.length
    while (this.#logged > LOG_MOST && this.#log.length > 1) this.#logged -= this.#log.shift()!.length
  }
}

function framed(text: string): Buffer {
  return Buffer.concat([Buffer.of(RECORD_START), Buffer.from(text), Buffer.of(RECORD_END)])
}
