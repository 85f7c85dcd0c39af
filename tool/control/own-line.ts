/** A line of a QEMU board's that has records alone: QEMU makes its socket as it starts, a moment after we started it. */
import { rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

/** ms until the socket is looked for again. */
const AGAIN = 20

export class OwnLine {
  readonly #path: string
  #socket: Socket | undefined
  #isClosed = false
  /** What was to be sent before there was a socket. */
  #early: Buffer[] = []

  constructor(path: string) {
    this.#path = path
    rmSync(path, { force: true })
  }

  open(hear: (bytes: Buffer) => void): void {
    if (this.#isClosed) return
    const socket = connect(this.#path)
    socket.on('error', () => setTimeout(() => this.open(hear), AGAIN).unref())
    socket.on('connect', () => {
      this.#socket = socket
      socket.removeAllListeners('error')
      socket.on('error', () => {})
      for (const bytes of this.#early.splice(0)) socket.write(bytes)
    })
    socket.on('data', hear)
  }

  send(bytes: Buffer): void {
    if (this.#socket) this.#socket.write(bytes)
    else this.#early.push(bytes)
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.destroy()
    rmSync(this.#path, { force: true })
  }
}
