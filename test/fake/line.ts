/** The far end of the console's line as a program has it: requests out, records and text in. */
import { type FromBoard, fromBoard, type Reply } from '../../tool/control/protocol.ts'
import { Splitter } from '../../tool/control/split.ts'
import { FakeHost, type FakeHostOptions } from './host.ts'

export const RS = '\x1e'

export class Line {
  readonly host: FakeHost
  text = ''
  readonly #records: unknown[] = []
  readonly #splitter = new Splitter({
    text: (bytes) => {
      this.text += bytes.toString('latin1')
    },
    record: (text) => this.#records.push(JSON.parse(text)),
  })
  #seen = 0

  constructor(options: FakeHostOptions = {}) {
    this.host = new FakeHost(options)
  }

  /** Everything that came since the last call; each is what the schema says. */
  records(): FromBoard[] {
    this.host.settle()
    this.#splitter.feed(Buffer.from(this.host.uart.sent.slice(this.#seen)))
    this.#seen = this.host.uart.sent.length
    return this.#records.splice(0).map((record) => fromBoard.parse(record))
  }

  /** Types a record's bytes; what comes back. */
  send(record: string | Uint8Array): FromBoard[] {
    this.host.type(Buffer.concat([Buffer.from(RS), Buffer.from(record), Buffer.from('\n')]))
    return this.records()
  }

  ask(method: string, params?: object, id: string | number = 1): Reply {
    const records = this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return records.find((record) => 'id' in record) as Reply
  }

  /** The code of the one answer, 0 if it is a result. */
  code(record: string | Uint8Array): number {
    const records = this.send(record) as Reply[]
    if (records.length !== 1) throw new Error(`${records.length} answers to ${record}`)
    const [reply] = records
    return 'error' in reply! ? reply.error.code : 0
  }

  /** Enough time for the next requests. */
  rest(): void {
    this.host.now += 10_000_000
  }
}
