/** Parts a console's bytes into records (RFC 7464) and the text around them, which reads as if no record had stood in it. */
import { RECORD_END, RECORD_MOST, RECORD_START } from '../../src/abi/control.ts'

export interface Parts {
  /** Everything that belongs to no record. */
  text: (bytes: Buffer) => void
  /** JSON, not looked at yet. */
  record: (text: string) => void
}

/** A record that became longer has lost its end. */
const MOST = Math.max(RECORD_MOST, 4096)

export class Splitter {
  readonly #parts: Parts
  readonly #most: number
  /** The record that has not ended yet. */
  #open: Buffer[] | undefined
  #length = 0

  constructor(parts: Parts, most = MOST) {
    this.#parts = parts
    this.#most = most
  }

  feed(bytes: Buffer): void {
    let rest = bytes
    while (rest.length > 0) rest = this.#open ? this.#record(rest) : this.#text(rest)
  }

  #text(bytes: Buffer): Buffer {
    const start = bytes.indexOf(RECORD_START)
    const end = start < 0 ? bytes.length : start
    if (end > 0) this.#parts.text(bytes.subarray(0, end))
    if (start < 0) return Buffer.alloc(0)
    this.#open = []
    this.#length = 0
    return bytes.subarray(start + 1)
  }

  #record(bytes: Buffer): Buffer {
    const end = bytes.findIndex((byte) => byte === RECORD_END || byte === RECORD_START)
    const piece = end < 0 ? bytes : bytes.subarray(0, end)
    this.#open!.push(piece)
    this.#length += piece.length
    if (end < 0) {
      if (this.#length > this.#most) this.#giveUp()
      return Buffer.alloc(0)
    }
    const whole = Buffer.concat(this.#open!)
    const isWhole = bytes[end] === RECORD_END
    // A record that another's beginning cuts off is text, as far as it came.
    if (isWhole) this.#close(whole)
    else {
      this.#open = undefined
      if (whole.length > 0) this.#parts.text(whole)
    }
    return bytes.subarray(isWhole ? end + 1 : end)
  }

  /** What is no JSON was no record: a panic's line may have cut it off. */
  #close(whole: Buffer): void {
    this.#open = undefined
    const text = whole.toString('utf8')
    if (isJson(text)) this.#parts.record(text)
    else this.#parts.text(Buffer.concat([whole, Buffer.from('\n')]))
  }

  #giveUp(): void {
    const bytes = Buffer.concat(this.#open!)
    this.#open = undefined
    this.#parts.text(bytes)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
