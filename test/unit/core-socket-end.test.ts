/** Connections between VMs when one of the two ends: each of the others hears of it, once, connection by connection. */
import { beforeEach, describe, expect, test } from 'vitest'
import { ask, RESET, stop } from '../fake/asking.ts'
import { OP } from '../fake/packet.ts'
import { A, B, BIG, back, bytes, C, type FakeSockets, joined, packet } from '../fake/socket.ts'

let net: FakeSockets

beforeEach(() => {
  net = joined(3)
})

describe('the end of a VM or of its driver', () => {
  const ways: [string, () => void][] = [
    ['a driver’s reset', () => net.close(B)],
    ['a VM’s end', () => void ask(net.machine, stop(RESET), B)],
  ]
  test.each(ways)('%s resets its connections with each of the others, once', (_, end) => {
    net.connect(C, B)
    for (const vm of [A, C]) net.wasTold(vm)
    end()
    for (const vm of [A, C]) {
      expect(net.wasTold(vm)).toBe(true)
      expect(net.resets(vm)).toBe(false)
      expect(net.take(vm)).toEqual([back(B, vm, OP.rst)])
      expect(net.resets(vm)).toBe(false)
      expect(net.take(vm)).toEqual([])
    }
  })

  test('what was sent before arrives before the reset', () => {
    net.send(B, back(B, A, OP.rw, { payload: bytes(10) }))
    net.close(B)
    net.resets(A)
    expect(net.take(A).map((each) => each!.op)).toEqual([OP.rw, OP.rst])
  })

  test('resets wait for buffers, and all of them come', () => {
    for (let i = 0; i < 50; i++) {
      net.offer(B, [BIG])
      net.send(A, packet(A, B, OP.request, { fromPort: 2000 + i }))
      net.take(B)
    }
    net.take(A)
    net.close(A)
    net.open(A)
    for (let i = 0; i < 50; i++) {
      net.offer(B, [BIG])
      net.send(A, packet(A, B, OP.request, { fromPort: 3000 + i }))
      net.take(B)
      net.resets(B)
    }
    net.close(B)
    let resets = 0
    for (let turn = 0; turn < 100; turn++) {
      net.offer(A, [BIG])
      net.resets(A)
      resets += net.take(A).length
    }
    expect(resets).toBe(50)
  })

  test('a connection of the next life is another one', () => {
    net.close(B)
    net.open(B, [BIG, BIG])
    expect(net.send(A, packet(A, B, OP.rw, { payload: bytes(3) })).fate).toBe('over')
    expect(net.send(A, packet(A, B, OP.request)).fate).toBe('over')
    net.resets(A)
    net.take(A)
    expect(net.send(A, packet(A, B, OP.request)).fate).toBe('sent')
    expect(net.take(B)).toEqual([packet(A, B, OP.request)])
  })

  test('to a VM that is down nothing goes, and its buffers stay as they were', () => {
    net.close(B)
    expect(net.send(A, packet(A, B, OP.request, { fromPort: 5 })).fate).toBe('over')
    expect(net.take(A)).toEqual([back(B, A, OP.rst, { toPort: 5 })])
    expect(net.take(B)).toEqual([])
  })
})
