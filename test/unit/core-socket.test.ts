/** Packets of sockets as core carries them: to whom, in how many pieces, who waits for how long, and who hears of an end. */
import { beforeEach, describe, expect, test } from 'vitest'
import { MILLISECOND } from '../fake/control.ts'
import { OP } from '../fake/packet.ts'
import { A, B, BIG, back, bytes, C, FakeSockets, joined, packet, SECOND } from '../fake/socket.ts'

let net: FakeSockets

beforeEach(() => {
  net = joined(3)
})

describe('a packet', () => {
  test.each([[[]], [[1]], [[100, 1, 50]]])(
    'of pieces %j arrives whole, with its header, and the receiver hears of it',
    (cuts) => {
      net.wasTold(B)
      const sent = packet(A, B, OP.rw, { flags: 5, credit: 0x1234, forwarded: 9, payload: bytes(500) })
      expect(net.send(A, sent, cuts)).toEqual({ fate: 'sent', done: 500 })
      expect(net.wasTold(B)).toBe(true)
      expect(net.take(B)).toEqual([sent])
    },
  )

  test('of more bytes than a buffer has room for becomes several, in order', () => {
    net.open(B, [144, 144, 144])
    connectAnew()
    const payload = bytes(210)
    net.offer(B, [144, 144, 144])
    expect(net.send(A, packet(A, B, OP.rw, { payload }), [7, 99])).toEqual({ fate: 'sent', done: 210 })
    const parts = [payload.subarray(0, 100), payload.subarray(100, 200), payload.subarray(200)]
    expect(net.take(B)).toEqual(parts.map((part) => packet(A, B, OP.rw, { payload: Buffer.from(part) })))
  })

  test('finds the next buffer where one is too small, which is given back empty', () => {
    net.open(B, [BIG, 43, 44, 45])
    net.send(A, packet(A, B, OP.request))
    net.take(B)
    net.send(A, packet(A, B, OP.rw, { payload: bytes(1) }))
    expect(net.take(B)).toEqual([undefined, undefined, packet(A, B, OP.rw, { payload: bytes(1) })])
  })

  test.each([
    ['its own', () => packet(A, A, OP.request, { to: 3 + A })],
    ['nobody’s', () => packet(A, B, OP.request, { to: 77 })],
    ['the host’s', () => packet(A, B, OP.request, { to: 2 })],
    ['an unknown kind', () => packet(A, B, OP.request, { type: 2 })],
    ['an unknown operation', () => packet(A, B, 8)],
    ['no operation', () => packet(A, B, 0)],
    ['no connection', () => packet(A, B, OP.rw, { fromPort: 999, payload: bytes(3) })],
  ])('to %s comes back as a reset, and reaches nobody else', (_, make) => {
    const sent = make()
    expect(net.send(A, sent).fate).toBe('over')
    const reset = { from: sent.to, to: sent.from, fromPort: sent.toPort, toPort: sent.fromPort, op: OP.rst }
    expect(net.take(A)).toEqual([reset])
    expect([net.take(B), net.take(C)]).toEqual([[], []])
  })

  test('a reset is never answered by one', () => {
    expect(net.send(A, packet(A, B, OP.rst, { fromPort: 999 })).fate).toBe('over')
    expect(net.send(A, packet(A, B, OP.rst, { to: 77 })).fate).toBe('over')
    expect(net.take(A)).toEqual([])
  })
})

function connectAnew(): void {
  net.send(A, packet(A, B, OP.request))
  net.take(B)
}

describe('who may talk to whom', () => {
  test.each([[[2, 0]], [[0, 1]]])('peers %j: one that lists the other does not suffice', (peers) => {
    net = new FakeSockets(peers)
    for (const vm of [A, B]) net.open(vm, [BIG, BIG])
    expect(net.send(A, packet(A, B, OP.request)).fate).toBe('over')
    expect(net.send(B, packet(B, A, OP.request)).fate).toBe('over')
    expect(net.take(A)).toEqual([{ ...back(B, A, OP.rst) }])
    expect(net.take(B)).toEqual([{ ...back(A, B, OP.rst) }])
  })

  test('a VM that is not joined hears nothing', () => {
    net = new FakeSockets([2, 1, 0])
    for (const vm of [A, B, C]) net.open(vm, [BIG])
    expect(net.send(A, packet(A, C, OP.request)).fate).toBe('over')
    expect(net.take(C)).toEqual([])
  })

  test('so many connections between two, and no more; others have their own', () => {
    const fates = Array.from({ length: 120 }, (_, i) => {
      const { fate } = net.send(A, packet(A, B, OP.request, { fromPort: 2000 + i }))
      net.take(A)
      net.take(B)
      net.offer(A, [BIG]).offer(B, [BIG])
      return fate
    })
    expect(fates.filter((fate) => fate === 'sent')).toHaveLength(99)
    expect(net.send(A, packet(A, C, OP.request)).fate).toBe('sent')
    net.send(A, packet(A, B, OP.rst, { fromPort: 2000 }))
    net.offer(B, [BIG])
    expect(net.send(B, back(B, A, OP.request, { fromPort: 5 })).fate).toBe('sent')
  })
})

describe('a receiver without buffers', () => {
  const rw = (length: number) => packet(A, B, OP.rw, { payload: bytes(length) })

  beforeEach(() => {
    net.open(B, [BIG])
    connectAnew()
  })

  test('holds the sender, which hears when there are some, and goes on where it was', () => {
    expect(net.send(A, rw(300))).toEqual({ fate: 'held', done: 0 })
    net.wasTold(A)
    net.offer(B, [144])
    expect(net.wasTold(A)).toBe(true)
    expect(net.send(A, rw(300))).toEqual({ fate: 'held', done: 100 })
    net.offer(B, [BIG])
    expect(net.wasTold(A)).toBe(true)
    expect(net.send(A, rw(200))).toEqual({ fate: 'sent', done: 200 })
    expect(net.take(B).map((each) => each!.payload!.length)).toEqual([100, 200])
  })

  test('is not waited for without end: both ends of the connection are reset, and others go on', () => {
    net.connect(A, C)
    expect(net.send(A, rw(300)).fate).toBe('held')
    net.machine.elapse(1900n * MILLISECOND)
    expect(net.send(A, rw(300)).fate).toBe('held')
    net.machine.elapse(200n * MILLISECOND)
    expect(net.send(A, rw(300)).fate).toBe('over')
    expect(net.take(A)).toEqual([back(B, A, OP.rst)])
    expect(net.send(A, rw(300)).fate).toBe('over')
    expect(net.send(A, packet(A, C, OP.rw, { payload: bytes(3) })).fate).toBe('sent')
    net.offer(B, [BIG])
    expect(net.resets(B)).toBe(false)
    expect(net.take(B)).toEqual([packet(A, B, OP.rst)])
  })

  test('is deaf then for a while, whatever it offers, and heard again after it', () => {
    net.send(A, rw(300))
    net.machine.elapse(3n * SECOND)
    net.send(A, rw(300))
    net.open(B, [BIG, BIG])
    net.offer(A, [BIG, BIG])
    expect(net.send(A, packet(A, B, OP.request, { fromPort: 5 })).fate).toBe('over')
    net.machine.elapse(21n * SECOND)
    expect(net.send(A, packet(A, B, OP.request, { fromPort: 5 })).fate).toBe('sent')
  })

  test('that takes a packet now and then is found out as well', () => {
    let held = 0n
    let taken = 0
    for (; taken < 1000 && net.send(A, rw(10)).fate === 'held'; taken++) {
      net.machine.elapse(SECOND / 4n)
      held += SECOND / 4n
      net.offer(B, [BIG])
      if (net.send(A, rw(10)).fate !== 'sent') break
      net.take(B)
    }
    expect(held / SECOND).toBeLessThan(4n)
  })

  test('that is slow, but keeps up, is never found out', () => {
    for (let i = 0; i < 2000; i++) {
      expect(net.send(A, rw(10)).fate).toBe('held')
      net.machine.elapse(20n * MILLISECOND)
      net.offer(B, [BIG])
      expect(net.send(A, rw(10)).fate).toBe('sent')
      net.take(B)
    }
  })

  test('a sender without room for its own reset waits for that', () => {
    net.open(A)
    expect(net.send(A, packet(A, B, OP.rw, { fromPort: 999, payload: bytes(3) })).fate).toBe('held')
    net.offer(A, [BIG])
    expect(net.send(A, packet(A, B, OP.rw, { fromPort: 999, payload: bytes(3) })).fate).toBe('over')
    expect(net.take(A)).toEqual([back(B, A, OP.rst, { toPort: 999 })])
  })
})

describe('what a compartment asks', () => {
  test('of a device that is no socket, or not there, is refused', () => {
    net.as(A, () => {
      expect(BigInt(net.machine.core.packetSend!(1, 4n, 0n, 0n, 0n, 0)) >> 32n).toBe(2n)
      expect(net.machine.core.packetResets!(9)).toBe(0)
    })
  })

  test('a frame from a socket’s port goes nowhere', () => {
    net.as(A, () => void net.machine.core.frameSend!(0, 0x4020_0000n, 100, 0n, 0, 0xffff_ffff_ffffn, 0n))
    expect([net.take(B), net.take(C)]).toEqual([[], []])
  })

  test('pieces that are not RAM spoil their packet alone', () => {
    net.as(A, () => void net.machine.core.frameGather!(0, 0x1000n, 8))
    expect(net.send(A, packet(A, B, OP.rw, { payload: bytes(8) })).fate).toBe('over')
    expect(net.send(A, packet(A, B, OP.rw, { payload: bytes(8) })).fate).toBe('sent')
  })
})
