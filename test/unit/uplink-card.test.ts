/** The service that drives the board's network card: frames in and out, and a card that lies. */
import { beforeEach, describe, expect, test } from 'vitest'
import { UPLINK_BUFFER, UPLINK_RECEIVE, UPLINK_TRANSMIT, UPLINK_TRANSMIT_AT } from '../../src/abi/uplink.ts'
import { type CardOptions, FakeCard, HEADER, NOBODY } from '../fake/card.ts'

const BUS = 0x1_2000_0000n
const frame = (size: number, first = 0) => Buffer.from(Array.from({ length: size }, (_, i) => (first + i * 7) & 0xff))

let card: FakeCard
beforeEach(() => {
  card = new FakeCard().start()
})

/** What core would have put there for the card to send. */
function fill(i: number, bytes: Buffer): void {
  const at = card.bytes(BUS + BigInt(UPLINK_TRANSMIT_AT + i * UPLINK_BUFFER), HEADER + bytes.length)
  at.fill(0xee, 0, HEADER)
  at.set(bytes, HEADER)
}

describe('a card that works', () => {
  test('gets its queues, every buffer for what comes, and no offloads', () => {
    expect(card.status).toBe(0b1111)
    expect(card.accepted).toBe(1n << 32n)
    expect(card.queues.map(({ size }) => size)).toEqual([UPLINK_RECEIVE, UPLINK_TRANSMIT])
    const buffers = Array.from({ length: UPLINK_RECEIVE }, () => card.take(0)!)
    expect(buffers.every(({ buffer, isWritable }) => isWritable && buffer.length === UPLINK_BUFFER)).toBe(true)
    expect(card.take(0)).toBeUndefined()
    expect(card.notified).toEqual([0])
  })

  test('brings frames in order, and has each buffer again', () => {
    for (let round = 0; round < 5 * UPLINK_RECEIVE; round++) {
      expect(card.arrive(frame(60 + (round % 1400), round))).toBe(true)
      expect(card.receive()).toEqual(frame(60 + (round % 1400), round))
    }
    expect(card.receive()).toBeUndefined()
  })

  test('does not get the buffer back that core still looks at', () => {
    for (let i = 0; i < UPLINK_RECEIVE; i++) card.arrive(frame(60, i))
    expect(card.receive()).toEqual(frame(60))
    expect(card.arrive(frame(60))).toBe(false)
    expect(card.receive()).toEqual(frame(60, 1))
    expect(card.arrive(frame(60))).toBe(true)
  })

  test('sends frames with a header that wants nothing, and says which are sent', () => {
    fill(3, frame(100))
    card.call.transmit(3, HEADER + 100)
    card.call.send()
    expect(card.notified).toEqual([0, 1])
    const { head, buffer, isWritable } = card.take(1)!
    expect([isWritable, buffer]).toEqual([false, Buffer.concat([Buffer.alloc(HEADER), frame(100)])])
    expect(card.call.reclaim() >>> 0).toBe(NOBODY)
    card.answer(1, head, 0)
    expect([card.call.reclaim(), card.call.reclaim() >>> 0]).toEqual([3, NOBODY])
  })

  test('is not asked to interrupt for what it has sent, and its interrupt is taken', () => {
    const available = card.bytes(card.queues[1].available, 2)
    expect(available.readUInt16LE(0)).toBe(1)
    card.arrive(frame(60))
    card.call.interrupt()
    expect(card.interruptStatus).toBe(0)
  })

  test('that does not look into the caches finds and leaves everything behind them', () => {
    card = new FakeCard({ isCoherent: false }).start()
    card.cleaned.length = 0
    fill(0, frame(100))
    card.call.transmit(0, HEADER + 100)
    const sent = 0xe000_0000 + UPLINK_TRANSMIT_AT
    expect(card.cleaned).toContainEqual([sent, HEADER + 100])
    card.arrive(frame(60))
    card.cleaned.length = 0
    card.receive()
    expect(card.cleaned.some(([, size]) => size === HEADER + 60)).toBe(true)
  })
})

describe('what cannot be driven is refused', () => {
  const REFUSED: [string, CardOptions][] = [
    ['a card that never ends its reset', { hangs: true }],
    ['a legacy card', { features: 0xffff_ffffn }],
    ['a card without a queue', { queueSizes: [256, 0] }],
    ['a card that sends fewer frames at once than core hands over', { queueSizes: [256, 64] }],
  ]
  test.each(REFUSED)('%s', (_, options) => {
    expect(new FakeCard(options).call.init(1000n)).toBe(0)
  })
})

describe('a card that lies ends the service, which begins anew', () => {
  const LIES: [string, () => void][] = [
    ['a chain that it does not have', () => card.answer(0, UPLINK_RECEIVE, 100)],
    ['more bytes than there is room for', () => card.answer(0, card.take(0)!.head, UPLINK_BUFFER + 1)],
    ['more answers than it has chains', () => card.bytes(card.queues[0].used, 4).writeUInt16LE(UPLINK_RECEIVE + 1, 2)],
  ]
  test.each(LIES)('%s', (_, lie) => {
    lie()
    expect(() => {
      card.receive()
      card.receive()
    }).toThrow(WebAssembly.RuntimeError)
    card.start()
    expect(card.arrive(frame(60))).toBe(true)
    expect(card.receive()).toEqual(frame(60))
  })

  test('a frame that it never got is not sent', () => {
    card.answer(1, 5, 0)
    expect(() => card.call.reclaim()).toThrow(WebAssembly.RuntimeError)
  })

  test('that it wants a reset', () => {
    card.interruptStatus = 2
    card.status |= 0x40
    expect(() => card.call.interrupt()).toThrow(WebAssembly.RuntimeError)
  })

  test('a frame shorter than its header has no bytes', () => {
    card.answer(0, card.take(0)!.head, 5)
    expect(card.receive()).toEqual(Buffer.alloc(0))
  })
})

test('what core may not ask for ends the service too', () => {
  for (const [buffer, size] of [
    [UPLINK_TRANSMIT, 100],
    [0, UPLINK_BUFFER + 1],
    [0, HEADER - 1],
  ] as const) {
    expect(() => card.call.transmit(buffer, size)).toThrow(WebAssembly.RuntimeError)
  }
})
