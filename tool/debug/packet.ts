/** Packets of GDB's remote serial protocol. GDB manual, "Remote Protocol", "Overview": `$data#checksum`, acknowledged by + or -. */

/** What the other end may send before we answer; also our PacketSize. */
export const PACKET_MOST = 4096
const INTERRUPT = 0x03
const [DOLLAR, HASH, ESCAPE, PLUS, MINUS] = [0x24, 0x23, 0x7d, 0x2b, 0x2d]
/** An escaped byte comes with this bit turned. */
const TURN = 0x20

export interface Heard {
  packet: (data: Buffer) => void
  /** Ctrl-C. */
  interrupt: () => void
  /** Our last packet did not arrive as it was. */
  again: () => void
  /** The packet that came is wrong; it is asked for anew. */
  reject: () => void
  /** The packet that came is right. */
  accept: () => void
}

/** Finds packets in a stream of bytes, cut anywhere. What belongs to none is passed over. */
export class PacketReader {
  readonly #heard: Heard
  #data: number[] | undefined
  /** Digits of the checksum so far; undefined before the #. */
  #sum: string | undefined
  #isLong = false

  constructor(heard: Heard) {
    this.#heard = heard
  }

  feed(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte)
  }

  #byte(byte: number): void {
    if (byte === DOLLAR) {
      // A $ never stands within a packet: the last one was cut off.
      this.#data = []
      this.#sum = undefined
      this.#isLong = false
    } else if (!this.#data) {
      if (byte === INTERRUPT) this.#heard.interrupt()
      else if (byte === MINUS) this.#heard.again()
    } else if (this.#sum !== undefined) this.#checksum(byte)
    else if (byte === HASH) this.#sum = ''
    else if (this.#data.length < PACKET_MOST) this.#data.push(byte)
    else this.#isLong = true
  }

  #checksum(byte: number): void {
    this.#sum += String.fromCharCode(byte)
    if (this.#sum!.length < 2) return
    const data = this.#data!
    this.#data = undefined
    const isRight = /^[0-9a-f]{2}$/i.test(this.#sum!) && Number.parseInt(this.#sum!, 16) === sumOf(data)
    const plain = isRight && !this.#isLong ? unescaped(data) : undefined
    if (!plain) {
      this.#heard.reject()
      return
    }
    this.#heard.accept()
    this.#heard.packet(plain)
  }
}

export const ACCEPTED = Buffer.of(PLUS!)
export const REJECTED = Buffer.of(MINUS!)

/** As it goes on the line. */
export function packetOf(data: string | Uint8Array): Buffer {
  const body: number[] = []
  for (const byte of Buffer.from(data as Uint8Array)) {
    if (byte === DOLLAR || byte === HASH || byte === ESCAPE || byte === 0x2a) body.push(ESCAPE!, byte ^ TURN)
    else body.push(byte)
  }
  return Buffer.concat([Buffer.of(DOLLAR!), Buffer.from(body), Buffer.from(`#${hex2(sumOf(body))}`)])
}

function sumOf(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)
}

/** Undefined: the last byte announces one that is not there. */
function unescaped(data: readonly number[]): Buffer | undefined {
  const plain: number[] = []
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== ESCAPE) plain.push(data[i]!)
    else if (++i < data.length) plain.push(data[i]! ^ TURN)
    else return undefined
  }
  return Buffer.from(plain)
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0')
}
