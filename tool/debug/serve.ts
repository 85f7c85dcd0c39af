/** One gdb at a port of this machine, and the VM that it debugs. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Client } from '../control/client.ts'
import { UserError } from '../ui/failure.ts'
import { Guest } from './guest.ts'
import { ACCEPTED, PacketReader, packetOf, REJECTED } from './packet.ts'
import { Stub } from './stub.ts'

const LOOPBACK = '127.0.0.1'

export interface Serving {
  port: number
  /** Somebody's gdb has ended, or the VM is gone for it. */
  close: () => Promise<void>
}

/** `port` 0: any that is free. `say`: what a person is told of comings and goings. */
export async function serveGdb(
  client: Client,
  vm: string,
  port: number,
  say: (line: string) => void,
): Promise<Serving> {
  let current: Session | undefined
  const server = createServer((socket) => {
    if (current) return void socket.destroy() // one debugger at a time
    const session = new Session(client, vm, socket, say)
    current = session
    void session.over.then(() => {
      current = undefined
    })
  })
  await listen(server, port)
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      server.close()
      current?.end()
      await current?.over
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program has it' : error.message
      reject(new UserError(`--port ${port}: ${why}; leave --port out for one that is free`))
    })
    server.listen(port, LOOPBACK, resolve)
  })
}

class Session {
  readonly over: Promise<void>
  readonly #socket: Socket
  readonly #client: Client
  readonly #guest: Guest
  readonly #stub: Stub
  /** Packets are answered one after the other. */
  #queue: Promise<void>
  #last: Buffer = Buffer.alloc(0)
  #isAttached = false

  constructor(client: Client, vm: string, socket: Socket, say: (line: string) => void) {
    this.#client = client
    this.#socket = socket
    this.#guest = new Guest(client, vm)
    this.#stub = new Stub(this.#guest)
    socket.setNoDelay(true)
    const fail = (error: unknown) => {
      say(`${vm}: ${error instanceof Error ? error.message : error}`)
      socket.destroy()
    }
    this.#queue = this.#begin().then(() => say(`gdb has ${vm}`), fail)
    const queue = (work: () => Promise<void>) => {
      this.#queue = this.#queue.then(() => (socket.destroyed ? undefined : work().catch(fail)))
    }
    const reader = new PacketReader({
      packet: (data) => queue(() => this.#answer(data.toString('latin1'))),
      interrupt: () => queue(() => this.#interrupt()),
      again: () => void socket.write(this.#last),
      accept: () => this.#stub.acknowledges && socket.write(ACCEPTED),
      reject: () => this.#stub.acknowledges && socket.write(REJECTED),
    })
    socket.on('data', (bytes: Buffer) => reader.feed(bytes))
    socket.on('error', () => socket.destroy())
    const stopListening = client.listen({
      state: (event) => {
        if (event.vm !== vm || !this.#stub.isRunning) return
        if (event.state === 'paused') queue(() => this.#halted())
        else if (event.state === 'stopped') queue(async () => this.#send('W00'))
        else if (event.state === 'crashed') queue(async () => this.#send('X0b'))
      },
      closed: () => socket.destroy(),
    })
    this.over = new Promise((resolve) => {
      socket.on('close', () => {
        void this.#queue.then(async () => {
          stopListening()
          await this.#leave().catch(() => {})
          say(`gdb has left ${vm}`)
          resolve()
        })
      })
    })
  }

  end(): void {
    this.#socket.destroy()
  }

  async #begin(): Promise<void> {
    const halted = this.#untilPaused()
    await this.#guest.attach()
    await halted
    this.#isAttached = true
  }

  /** A VM that is paused already is not told of again. */
  #untilPaused(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#client.listen({
        state: ({ vm, state }) => vm === this.#guest.vm && state === 'paused' && done(),
      })
      const done = () => {
        stop()
        clearInterval(timer)
        resolve()
      }
      const look = async () => {
        const { state } = await this.#client.ask('status', this.#guest.vm)
        if (state === 'paused') done()
      }
      const timer = setInterval(() => void look().catch(done), 200)
    })
  }

  async #answer(packet: string): Promise<void> {
    const reply = await this.#stub.answer(packet)
    if (reply !== undefined) this.#send(reply)
    if (/^(D|vKill)/.test(packet)) {
      this.#isAttached = false
      this.#socket.end()
    }
  }

  async #interrupt(): Promise<void> {
    if (this.#stub.isRunning) await this.#guest.attach()
  }

  async #halted(): Promise<void> {
    if (!this.#stub.isRunning) return
    for (const packet of await this.#stub.stopped()) this.#send(packet)
  }

  #send(reply: string): void {
    this.#last = packetOf(reply)
    this.#socket.write(this.#last)
  }

  /** Whoever goes without a word leaves the VM as it would be without them. */
  async #leave(): Promise<void> {
    if (!this.#isAttached) return
    if (this.#stub.isRunning) {
      const halted = this.#untilPaused()
      await this.#guest.attach()
      await halted
    }
    await this.#guest.detach()
  }
}
