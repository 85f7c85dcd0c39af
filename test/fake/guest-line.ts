/** The control line of a VM as core passes it on: up to eight bytes to host, up to seven back. */
import { type FromBoard, fromBoard } from '../../tool/control/protocol.ts'
import { Splitter } from '../../tool/control/split.ts'

interface Calls {
  lineWrite(bytes: bigint, count: number): void
  lineRead(): bigint
}

export class GuestLine {
  readonly #call: Calls
  readonly #records: unknown[] = []
  readonly #splitter = new Splitter({
    text: (bytes) => {
      throw new Error(`text on a line of records: ${bytes.toString('latin1')}`)
    },
    record: (text) => this.#records.push(JSON.parse(text)),
  })

  constructor(call: Calls) {
    this.#call = call
  }

  write(text: string): void {
    const bytes = Buffer.from(text, 'latin1')
    for (let at = 0; at < bytes.length; at += 8) {
      const word = Buffer.alloc(8)
      const count = bytes.copy(word, 0, at)
      this.#call.lineWrite(word.readBigUInt64LE(), count)
    }
  }

  /** What came since the last call; each is what the schema says. */
  records(): FromBoard[] {
    for (;;) {
      const word = Buffer.alloc(8)
      word.writeBigUInt64LE(BigInt.asUintN(64, this.#call.lineRead()))
      if (word[7] === 0) break
      this.#splitter.feed(word.subarray(0, word[7]))
    }
    return this.#records.splice(0).map((record) => fromBoard.parse(record))
  }
}
