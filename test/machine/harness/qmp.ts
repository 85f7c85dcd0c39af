/** QEMU's machine protocol over a socket in the file system: docs/interop/qmp-spec.rst. */
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

interface Message {
  return?: unknown
  error?: { desc: string }
  event?: string
}

export class Qmp {
  readonly #socket: Socket
  readonly #replies: ((message: Message) => void)[] = []
  readonly #events: string[] = []
  readonly #waiting = new Map<string, () => void>()

  private constructor(socket: Socket) {
    this.#socket = socket
    createInterface(socket).on('line', (line) => this.#hear(JSON.parse(line)))
  }

  /** The socket must be there; QEMU may not listen yet. */
  static async open(path: string): Promise<Qmp> {
    const socket = await dial(path)
    // QEMU that ends takes the connection with it.
    socket.on('error', () => {})
    const qmp = new Qmp(socket)
    await qmp.ask('qmp_capabilities')
    return qmp
  }

  async ask(execute: string, values?: object): Promise<unknown> {
    const reply = new Promise<Message>((resolve) => this.#replies.push(resolve))
    this.#socket.write(`${JSON.stringify({ execute, ...(values && { arguments: values }) })}\n`)
    const { error, return: result } = await reply
    if (error) throw new Error(`QEMU refuses ${execute}: ${error.desc}`)
    return result
  }

  /** Until it has happened, since the connection began. */
  async event(name: string): Promise<void> {
    if (this.#events.includes(name)) return
    await new Promise<void>((resolve) => this.#waiting.set(name, resolve))
  }

  /** A word of the machine's physical memory, or of a device's registers. */
  async word(address: number): Promise<number> {
    const line = String(
      await this.ask('human-monitor-command', { 'command-line': `xp /1wx 0x${address.toString(16)}` }),
    )
    return Number(/: (0x[0-9a-f]+)/.exec(line)![1])
  }

  close(): void {
    this.#socket.destroy()
  }

  #hear(message: Message): void {
    if (message.event !== undefined) {
      this.#events.push(message.event)
      this.#waiting.get(message.event)?.()
    } else if (message.return !== undefined || message.error) this.#replies.shift()?.(message)
  }
}

const TRIES = 100

async function dial(path: string): Promise<Socket> {
  for (let i = 1; ; i++) {
    const socket = connect(path)
    const refusal = await new Promise<Error | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined)).once('error', resolve)
    })
    if (!refusal) return socket
    if (i === TRIES) throw refusal
    await sleep(20)
  }
}
