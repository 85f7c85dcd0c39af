/** The reader of GDB's packets: whatever comes, cut anywhere, whole packets come out as they were and nothing else does. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PACKET_MOST, PacketReader, packetOf } from '../../tool/debug/packet.ts'

function heard() {
  const seen = { packets: [] as string[], interrupts: 0, rejected: 0, again: 0 }
  const reader = new PacketReader({
    packet: (data) => seen.packets.push(data.toString('latin1')),
    interrupt: () => {
      seen.interrupts++
    },
    again: () => {
      seen.again++
    },
    accept: () => {},
    reject: () => {
      seen.rejected++
    },
  })
  return { reader, seen }
}

function read(...pieces: (string | Uint8Array)[]) {
  const { reader, seen } = heard()
  for (const piece of pieces) reader.feed(Buffer.from(piece as string, 'latin1'))
  return seen
}

test('what is sent is what is read, whatever its bytes and however it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), fc.array(fc.nat(30)), (packets, cuts) => {
      const whole = Buffer.concat(packets.map((packet) => packetOf(packet)))
      const pieces: Buffer[] = []
      let at = 0
      for (const length of cuts) {
        pieces.push(whole.subarray(at, at + length))
        at += length
      }
      const { packets: out, rejected } = read(...pieces, whole.subarray(at))
      expect(rejected).toBe(0)
      expect(out).toEqual(packets.map((packet) => Buffer.from(packet).toString('latin1')))
    }),
  )
})

test('after any bytes at all the next whole packet is read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (junk) => {
      expect(read(junk, packetOf('g')).packets.at(-1)).toBe('g')
    }),
  )
})

test('a byte that is another on the way is noticed', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 50 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (data, place, change) => {
        const sent = packetOf(data)
        const at = 1 + (place % (sent.length - 4))
        sent[at] = sent[at]! ^ change
        // A $ or # in the wrong place makes it another packet, which is wrong too.
        expect(read(sent).packets).toEqual([])
      },
    ),
  )
})

describe('a packet', () => {
  test.each([
    ['with a wrong sum', '$g#00'],
    ['with a sum that is no number', '$g#zz'],
    ['that ends in an escape', `$}#${(0x7d).toString(16)}`],
    ['that is too long', packetOf('x'.repeat(PACKET_MOST + 1))],
  ])('%s is asked for anew', (_, bytes) => {
    expect(read(bytes)).toMatchObject({ packets: [], rejected: 1 })
  })

  test('that another cuts off is forgotten', () => {
    expect(read('$half', packetOf('?'))).toMatchObject({ packets: ['?'], rejected: 0 })
  })

  test('as long as we said is read', () => {
    expect(read(packetOf('x'.repeat(PACKET_MOST))).packets[0]).toHaveLength(PACKET_MOST)
  })
})

test('Ctrl-C is one between packets only; a minus asks for the last answer', () => {
  expect(read('\x03-+', packetOf('a\x03b'))).toEqual({ packets: ['a\x03b'], interrupts: 1, rejected: 0, again: 1 })
})
